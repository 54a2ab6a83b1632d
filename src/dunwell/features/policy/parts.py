"""The parts of a policy one by one: found, checked, put, moved and taken away.

Pure functions from one policy to the next, through the same models as the policy file. A part is
named by its noun and a short id that is made of its name, so that it can stand in an address.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args

from pydantic import Field, TypeAdapter, ValidationError

from dunwell.domain.errors import BadPolicy, NotFound, RuleViolation
from dunwell.features.policy import checks, references
from dunwell.features.policy.criteria import Form
from dunwell.features.policy.installation import ACTIONS_BY_HAND, PREDEFINED_ACTIONS
from dunwell.features.policy.model import Policy
from dunwell.features.policy.problems import Problem, Severity
from dunwell.features.policy.sentences import sentences
from dunwell.features.policy.settings import PolicySettings
from dunwell.features.policy.values import DEFAULT_BRAND, LONGEST

Key = tuple[str, ...]

SINGLE = ("settings", "aging_buckets")
"""The parts of which there is one."""

_OTHER_NAMES: Mapping[str, Key] = {
    "reason_codes": ("brand", "category", "code"),
    "contact_types": ("contact_class", "name"),
    "exchange_rates": ("source_currency", "target_currency", "valid_from"),
    "templates": ("brand", "kind", "name", "locale"),
}

FORMS: Mapping[str, Any] = {
    noun: get_args(field.annotation)[0]
    for noun, field in Policy.model_fields.items()
    if noun not in SINGLE
}
"""The lists of a policy, and what their parts are read as."""


def _named_by(noun: str) -> Key:
    form = FORMS[noun]
    branded = noun == "actions" or "brand" in form.model_fields
    return _OTHER_NAMES.get(noun) or (("brand", "name") if branded else ("name",))


NAMED_BY: Mapping[str, Key] = {noun: _named_by(noun) for noun in FORMS}
"""What names a part of each list; no brand: for every brand."""

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


@dataclass(frozen=True, slots=True)
class Use:
    """A part of the policy that refers to another."""

    noun: str
    id: str
    name: str


def key_of(noun: str, part: Any) -> Key:
    """What names the part, as texts."""
    return tuple(
        str(value) if (value := getattr(part, name)) is not None else "" for name in NAMED_BY[noun]
    )


def name_of(noun: str, part: Any) -> str:
    """The part's name for people, with its brand unless that is the default one."""
    brand, rest = "", list(key_of(noun, part))
    if NAMED_BY[noun][0] == "brand":
        brand, *rest = rest
    name = " / ".join(rest)
    return name if brand in {"", DEFAULT_BRAND} else f"{name} ({brand})"


def id_of(noun: str, part: Any) -> str:
    """A short id, the same for the same name."""
    return id_from(noun, key_of(noun, part))


def id_from(noun: str, key: Key) -> str:
    """The id of the part that has this name."""
    return hashlib.sha256(json.dumps([noun, *key]).encode()).hexdigest()[:12]


def find(policy: Policy, noun: str, part_id: str) -> Any:
    """The part with that id. Raises NotFound."""
    return find_list(policy, noun)[_position(policy, noun, part_id)]


def find_list(policy: Policy, noun: str) -> list[Any]:
    """The parts of one kind. Raises NotFound for a kind that there isn't."""
    if noun not in NAMED_BY:
        raise NotFound(f"A policy has no {noun!r}; it has {', '.join([*NAMED_BY, *SINGLE])}.")
    found: list[Any] = getattr(policy, noun)
    return found


def _position(policy: Policy, noun: str, part_id: str) -> int:
    for index, part in enumerate(find_list(policy, noun)):
        if id_of(noun, part) == part_id:
            return index
    nouns = words(noun)
    raise NotFound(f"There is no part {part_id!r} among the {nouns} of the draft.")


def words(noun: str) -> str:
    """The noun for people: `reason codes`."""
    return noun.replace("_", " ")


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
    position = None if part_id is None else _position(policy, noun, part_id)
    part = read(noun, data)
    if noun == "actions" and part.name.casefold() in PREDEFINED:
        raise RuleViolation(
            "predefined",
            f"{part.name!r} is a predefined action: it exists in every brand and can't be changed."
            " Give yours another name.",
        )
    new_id = id_of(noun, part)
    for index, other in enumerate(parts):
        if index != position and id_of(noun, other) == new_id:
            nouns = words(noun)
            raise RuleViolation(
                "name_in_use",
                f"There is one called {name_of(noun, part)!r} among the {nouns} already;"
                " take another name, or change that one.",
            )
    if position is None:
        parts.append(part)
        return policy.model_copy(update={noun: parts}), new_id
    before, parts[position] = parts[position], part
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
    position = _position(policy, noun, part_id)
    parts = list(find_list(policy, noun))
    part = parts.pop(position)
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
    position = _position(policy, noun, part_id)
    parts = list(find_list(policy, noun))
    parts.insert(max(0, min(to, len(parts) - 1)), parts.pop(position))
    return policy.model_copy(update={noun: parts})


def uses(policy: Policy, noun: str, part: Any) -> list[Use]:
    """The parts of the policy that refer to this one."""
    found = [
        Use(each.noun, "", words(each.noun))
        if each.noun in SINGLE
        else Use(each.noun, id_of(each.noun, each.part), name_of(each.noun, each.part))
        for each in references.to(policy, noun, part)
    ]
    return list(dict.fromkeys(found))


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


ORDER = "the order in which they are asked"


def changed_parts(before: Policy, after: Policy) -> list[tuple[str, str, str]]:
    """What differs between two policies: noun, id and name of each part; the order of profiles
    counts as one.
    """
    found = []
    for noun in NAMED_BY:
        old = {id_of(noun, part): part for part in getattr(before, noun)}
        new = {id_of(noun, part): part for part in getattr(after, noun)}
        for part_id in dict.fromkeys([*old, *new]):
            if old.get(part_id) != new.get(part_id):
                part = new.get(part_id) or old[part_id]
                found.append((noun, part_id, name_of(noun, part)))
        if noun == "profiles":
            stayed = [each for each in old if each in new]
            if stayed != [each for each in new if each in old]:
                found.append((noun, "", ORDER))
    found.extend(
        (noun, "", words(noun)) for noun in SINGLE if getattr(before, noun) != getattr(after, noun)
    )
    return found
