"""What applying a policy would change: by noun and name, field by field.

The same comparison is shown by `policy diff` and carried out by `policy apply`, so that the one
can't promise what the other doesn't do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dunwell.features.policy.rows import NOUNS, Key, Row, Rows
from dunwell.features.policy.values import DEFAULT_BRAND


class ChangeKind(StrEnum):
    """What happens to a part of the policy."""

    ADDED = "added"
    CHANGED = "changed"
    # gone from the policy, but kept because cases use it
    RETIRED = "retired"
    DELETED = "deleted"


_OF_BRANDS = frozenset(
    {
        *("profile", "scenario", "agency", "action", "reason code"),
        *("severance template", "moratorium", "experiment", "template"),
    }
)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; none where the part wasn't or won't be there."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the policy that is added, changed, retired or deleted."""

    kind: ChangeKind
    noun: str
    key: Key
    fields: tuple[FieldChange, ...]

    @property
    def name(self) -> str:
        """The part's name, with its brand unless that is the default one."""
        if self.noun in _OF_BRANDS:
            brand, *rest = self.key
            name = " / ".join(rest)
            return name if brand in {"", DEFAULT_BRAND} else f"{name} ({brand})"
        return " / ".join(self.key) or self.noun

    def as_json(self) -> dict[str, Any]:
        """For machines: `{change, noun, name, fields: [{name, before, after}]}`."""
        return {
            "change": self.kind.value,
            "noun": self.noun,
            "name": self.name,
            "fields": [
                {"name": field.name, "before": field.before, "after": field.after}
                for field in self.fields
            ],
        }


def changes(stored: Rows, wanted: Rows) -> list[Change]:
    """What must change for the stored rows to become the wanted ones."""
    found = [change for noun in NOUNS for change in _of_noun(noun, stored, wanted)]
    return [change for change in found if not _stays(change, stored, wanted)]


def _of_noun(noun: str, stored: Rows, wanted: Rows) -> Iterator[Change]:
    before, after = stored[noun], wanted[noun]
    for key, row in before.items():
        if key not in after:
            yield Change(ChangeKind.DELETED, noun, key, _fields(row, {}))
    for key, row in after.items():
        if key not in before:
            yield Change(ChangeKind.ADDED, noun, key, _fields({}, row))
            continue
        fields = _fields(before[key], row)
        if noun == "scenario":
            fields += _of_what_it_uses(key, row, stored, wanted)
        if fields:
            yield Change(ChangeKind.CHANGED, noun, key, fields)


def _fields(before: Row, after: Row) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, before.get(name), after.get(name))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    )


def _of_what_it_uses(key: Key, row: Row, stored: Rows, wanted: Rows) -> tuple[FieldChange, ...]:
    """A scenario refers to rows that never change: when one is replaced, so is the scenario."""
    profile = (key[0], row["profile"])
    found = []
    if profile in stored["profile"]:
        before, after = stored["profile"][profile], wanted["profile"][profile]
        if before["currency"] != after["currency"]:
            found.append(FieldChange("currency", before["currency"], after["currency"]))
    names = dict.fromkeys(step["action"] for step in row["steps"])
    for brand, name in [(brand, name) for name in names for brand in ("", key[0])]:
        old = stored["action"].get((brand, name))
        new = wanted["action"].get((brand, name))
        if old != new:
            found.append(FieldChange(f"action {name}", old, new))
    return tuple(found)


def _stays(change: Change, stored: Rows, wanted: Rows) -> bool:
    """The default profile of a brand and currency stays until another takes its place."""
    if change.noun != "profile" or change.kind is not ChangeKind.DELETED:
        return False
    row = stored["profile"][change.key]
    replaced = any(
        key[0] == change.key[0] and each["default"] and each["currency"] == row["currency"]
        for key, each in wanted["profile"].items()
    )
    return row["default"] and not replaced and (change.key[0],) in wanted["brand"]
