"""One part of a policy is put, moved or taken away, and what is wrong then.

Pure functions from one policy to the next, through the same models as the policy file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from dunwell.domain.errors import BadPolicy, RuleViolation
from dunwell.features.policy import checks, references
from dunwell.features.policy.criteria import Form
from dunwell.features.policy.installation import ACTIONS_BY_HAND, PREDEFINED_ACTIONS
from dunwell.features.policy.model import Policy
from dunwell.features.policy.parts import (
    FORMS,
    NAMED_BY,
    SINGLE,
    Use,
    find_list,
    id_of,
    name_of,
    place_of,
    uses,
    words,
)
from dunwell.features.policy.problems import Problem, Severity
from dunwell.features.policy.sentences import sentences
from dunwell.features.policy.settings import PolicySettings
from dunwell.features.policy.values import LONGEST

PREDEFINED = frozenset(name.casefold() for name in (PREDEFINED_ACTIONS | ACTIONS_BY_HAND).values())


class BadPart(BadPolicy):
    """A part can't be read as what it shall be; `found` are its problems, placed within it."""

    code = "bad_part"

    def __init__(self, found: Sequence[Problem]) -> None:
        super().__init__([str(problem) for problem in found])
        self.found = tuple(found)


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem beside the part and the field that it is about."""

    severity: Severity
    noun: str
    id: str
    name: str
    field: str
    """`steps.2.action`; empty: the part as a whole."""
    message: str


@cache
def _reader(noun: str) -> TypeAdapter[Any]:
    return TypeAdapter(PolicySettings if noun == "settings" else FORMS[noun])


def read(noun: str, data: Mapping[str, Any]) -> Any:
    """Data as a part of the policy. Raises BadPart with every problem that its form has."""
    given = dict(data)
    try:
        return _reader(noun).validate_python(given)
    except ValidationError as failure:
        raise BadPart(sentences(failure, given)) from failure
    except RecursionError as failure:
        nested = Problem(Severity.ERROR, (), "nested too deeply — make conditions flatter")
        raise BadPart([nested]) from failure


def put(
    policy: Policy, noun: str, data: Mapping[str, Any], *, part_id: str | None = None
) -> tuple[Policy, str]:
    """The policy with a new part, or with this one in place of the part of that id; and its id.

    A new name is carried to the parts that refer to the old one. Raises BadPart for data that
    can't be read, RuleViolation for a name that another part has.
    """
    if noun in SINGLE:
        return _put_single(policy, noun, data), ""
    parts = list(find_list(policy, noun))
    place = None if part_id is None else place_of(policy, noun, part_id)
    part = read(noun, data)
    if noun == "actions" and part.name.casefold() in PREDEFINED:
        raise RuleViolation(
            "predefined",
            f"{part.name!r} is a predefined action: it exists in every brand and can't be changed."
            " Give yours another name.",
        )
    new_id = id_of(noun, part)
    for index, other in enumerate(parts):
        if index != place and id_of(noun, other) == new_id:
            nouns = words(noun)
            raise RuleViolation(
                "name_in_use",
                f"There is one called {name_of(noun, part)!r} among the {nouns} already;"
                " take another name, or change that one.",
            )
    if place is None:
        parts.append(part)
        return policy.model_copy(update={noun: parts}), new_id
    before, parts[place] = parts[place], part
    changed = policy.model_copy(update={noun: parts})
    if new_id != part_id:
        changed = _renamed(changed, noun, before, part)
    return changed, new_id


def _put_single(policy: Policy, noun: str, data: Mapping[str, Any]) -> Policy:
    if noun == "settings":
        return policy.model_copy(update={noun: read(noun, data)})
    try:
        buckets = _BUCKETS.validate_python(dict(data))
    except ValidationError as failure:
        raise BadPart(sentences(failure, dict(data))) from failure
    return policy.model_copy(update={noun: buckets.aging_buckets})


class Buckets(Form):
    """The boundaries as a form of their own."""

    aging_buckets: list[Annotated[int, Field(ge=1, le=LONGEST)]] = Field(min_length=1)


_BUCKETS = TypeAdapter(Buckets)


def remove(policy: Policy, noun: str, part_id: str) -> Policy:
    """The policy without the part. Raises RuleViolation while others refer to it."""
    place = place_of(policy, noun, part_id)
    parts = list(find_list(policy, noun))
    part = parts.pop(place)
    users = uses(policy, noun, part)
    if users:
        named = _named(users)
        raise RuleViolation(
            "in_use",
            f"{name_of(noun, part)!r} can't be removed: it is used by {len(users)} other parts of"
            f" the policy ({named}). Change those first.",
        )
    return policy.model_copy(update={noun: parts})


def move(policy: Policy, noun: str, part_id: str, to: int) -> Policy:
    """The policy with the part at another place of its list; for profiles this is the order in
    which they are asked.
    """
    place = place_of(policy, noun, part_id)
    parts = list(find_list(policy, noun))
    parts.insert(max(0, min(to, len(parts) - 1)), parts.pop(place))
    return policy.model_copy(update={noun: parts})


MOST_NAMED = 5


def _named(users: Sequence[Use]) -> str:
    """Some of them for people: `scenarios: low, high; settings`."""
    names: dict[str, list[str]] = {}
    for use in users[:MOST_NAMED]:
        names.setdefault(use.noun, []).append(use.name)
    return "; ".join(
        words(noun) if noun in SINGLE else f"{words(noun)}: {', '.join(found)}"
        for noun, found in names.items()
    )


_NOT_CARRIED = {"templates"}
_NEVER_RENAMED = {"criteria", "contact_types"}


def _renamed(policy: Policy, noun: str, before: Any, after: Any) -> Policy:
    """The policy with its references to a part carried to the part's new name."""
    found = list(references.to(policy, noun, before))
    if not found or noun in _NOT_CARRIED:
        return policy
    moved = noun != "brands" and getattr(before, "brand", None) != getattr(after, "brand", None)
    if noun in _NEVER_RENAMED or moved:
        named = _named(uses(policy, noun, before))
        raise RuleViolation(
            "in_use",
            f"{name_of(noun, before)!r} can't get another name or brand while others refer to it"
            f" ({named}); add a new one, change those, then remove this one.",
        )
    return references.renamed(policy, found, before.name, after.name)


def findings(policy: Policy) -> list[Finding]:
    """Everything that is wrong with the policy, by `policy check`'s rules, beside its field."""
    return [_finding(policy, problem) for problem in checks.check(policy)]


def of_part(
    policy: Policy, noun: str, data: Mapping[str, Any], *, part_id: str | None = None
) -> list[Finding]:
    """What would be wrong with a part if it were put so; nothing is changed."""
    try:
        changed, new_id = put(policy, noun, data, part_id=part_id)
    except BadPart as failure:
        return [
            Finding(each.severity, noun, part_id or "", "", _dotted(each.place), each.message)
            for each in failure.found
        ]
    except RuleViolation as failure:
        field = "code" if noun == "reason_codes" else "name"
        return [Finding(Severity.ERROR, noun, part_id or "", "", field, failure.message)]
    return [each for each in findings(changed) if each.noun == noun and each.id == new_id]


def _finding(policy: Policy, problem: Problem) -> Finding:
    match problem.place:
        case (str(noun), int(index), *rest) if noun in NAMED_BY:
            part = getattr(policy, noun)[index]
            shown = (noun, id_of(noun, part), name_of(noun, part))
            return Finding(problem.severity, *shown, _dotted(rest), problem.message)
        case (str(noun), *rest):
            return Finding(problem.severity, noun, "", words(noun), _dotted(rest), problem.message)
        case _:
            return Finding(problem.severity, "", "", "policy", "", problem.message)


def _dotted(place: Any) -> str:
    return ".".join(map(str, place))
