"""Which parts of a policy name which others, and where: a part that others name isn't taken away,
and its new name is carried to them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dunwell.features.policy import wordings
from dunwell.features.policy.criteria import Place, written_leaves
from dunwell.features.policy.model import LetterTemplate, Policy

_EACH = "*"

_NAMING: Mapping[str, Sequence[tuple[str, str]]] = {
    "calendars": [("brands", "calendar")],
    "debt_classes": [
        ("scenarios", "debt_class"),
        ("eligibility", "debt_class"),
        ("pay_plan_types", "debt_classes.*"),
    ],
    "criteria": [
        ("profiles", "rule"),
        ("scenarios", "criteria"),
        ("severance_templates", "criteria"),
        ("eligibility", "condition"),
        ("to_do_types", "rule"),
    ],
    "profiles": [("scenarios", "profile")],
    "actions": [
        ("scenarios", "steps.*.action"),
        ("collection_substatuses", "actions.*"),
        ("experiments", "costs.*"),
    ],
    "scenarios": [
        ("eligibility", "scenarios.*"),
        ("experiments", "champion"),
        ("experiments", "challengers.*.scenario"),
        ("collection_substatuses", "scenarios.*"),
    ],
    "severance_templates": [("severance_templates", "reconnect")],
    "contact_types": [("actions", "contact_type")],
    "to_do_types": [("actions", "to_do_type"), ("severance_templates", "events.*.to_do_type")],
    "agents": [("agents", "supervisor")],
}
"""By the list of what is named: the lists whose parts name it, and the fields that do. Brands and
templates are named in ways of their own.
"""


@dataclass(frozen=True, slots=True)
class Reference:
    """A part that names another one."""

    noun: str
    part: Any
    place: Place
    """Where it does, in the policy."""


def to(policy: Policy, noun: str, part: Any) -> Iterator[Reference]:
    """Everything in the policy that names this part."""
    if noun == "templates":
        yield from _to_template(policy, part)
        return
    naming = _of_brands(policy) if noun == "brands" else _NAMING.get(noun, ())
    for other, path in naming:
        for index, each in enumerate(getattr(policy, other)):
            if noun == "brands" or _meet(part, each):
                for place, name in _values(each, path.split("."), (other, index)):
                    if name == part.name and _is_meant(policy, noun, part, each):
                        yield Reference(other, each, place)


def _of_brands(policy: Policy) -> Iterator[tuple[str, str]]:
    for noun in Policy.model_fields:
        parts = getattr(policy, noun)
        if isinstance(parts, list) and any(hasattr(each, "brand") for each in parts):
            yield noun, "brand"


def _meet(part: Any, other: Any) -> bool:
    """Whether one can name the other: it belongs to the same brand, or one of them to all."""
    brands = {getattr(part, "brand", None), getattr(other, "brand", None)} - {None}
    return len(brands) < 2  # noqa: PLR2004 - both the same


def _is_meant(policy: Policy, noun: str, part: Any, other: Any) -> bool:
    """A type of contacts has its class beside its name; without any type, people may write any."""
    if noun != "contact_types":
        return True
    return len(policy.contact_types) > 1 and other.contact_class == part.contact_class


def _values(value: Any, path: Sequence[str], place: Place) -> Iterator[tuple[Place, Any]]:
    """The names under a path, each with its place; of a condition, its criteria; of a table by
    name, its keys.
    """
    if value is None:
        return
    if not path:
        if isinstance(value, str):
            yield place, value
        else:
            for inner, leaf in written_leaves(value, place):
                yield (*inner, "criterion"), leaf.criterion
        return
    key, *rest = path
    if key != _EACH:
        yield from _values(getattr(value, key, None), rest, (*place, key))
    elif isinstance(value, dict):
        yield from ((place, name) for name in value)
    else:
        for index, each in enumerate(value):
            yield from _values(each, rest, (*place, index))


def _to_template(policy: Policy, template: LetterTemplate) -> Iterator[Reference]:
    if wordings.stands_in(policy, template):
        return
    for each in wordings.namings(policy):
        same_brand = template.brand is None or each.brand in {None, template.brand}
        if (each.kind, each.name) == (template.kind, template.name) and same_brand:
            noun, index = str(each.place[0]), each.place[1]
            part = policy.settings if noun == "settings" else getattr(policy, noun)[index]
            yield Reference(noun, part, each.place)


def renamed(policy: Policy, found: Sequence[Reference], before: str, after: str) -> Policy:
    """The policy with another name in these places."""
    data = policy.model_dump()
    for each in found:
        *path, last = each.place
        within: Any = data
        for key in path:
            within = within[key]
        if isinstance(within[last], dict):
            within[last] = {
                after if name == before else name: value for name, value in within[last].items()
            }
        else:
            within[last] = after
    return Policy.model_validate(data)
