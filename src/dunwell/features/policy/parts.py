"""The parts of a policy one by one: what they are called, where they stand, and who refers to them.

A part is named by its noun and a short id that is made of its name, so that it can stand in an
address. `editing` puts, moves and removes them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from dunwell.domain.errors import NotFound
from dunwell.features.policy import references
from dunwell.features.policy.model import Policy
from dunwell.features.policy.values import DEFAULT_BRAND

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
    return find_list(policy, noun)[place_of(policy, noun, part_id)]


def find_list(policy: Policy, noun: str) -> list[Any]:
    """The parts of one kind. Raises NotFound for a kind that there isn't."""
    if noun not in NAMED_BY:
        raise NotFound(f"A policy has no {noun!r}; it has {', '.join([*NAMED_BY, *SINGLE])}.")
    found: list[Any] = getattr(policy, noun)
    return found


def place_of(policy: Policy, noun: str, part_id: str) -> int:
    """Where the part with that id stands in its list. Raises NotFound."""
    for index, part in enumerate(find_list(policy, noun)):
        if id_of(noun, part) == part_id:
            return index
    nouns = words(noun)
    raise NotFound(f"There is no part {part_id!r} among the {nouns} of the draft.")


def words(noun: str) -> str:
    """The noun for people: `reason codes`."""
    return noun.replace("_", " ")


def uses(policy: Policy, noun: str, part: Any) -> list[Use]:
    """The parts of the policy that refer to this one."""
    found = [
        Use(each.noun, "", words(each.noun))
        if each.noun in SINGLE
        else Use(each.noun, id_of(each.noun, each.part), name_of(each.noun, each.part))
        for each in references.to(policy, noun, part)
    ]
    return list(dict.fromkeys(found))


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
