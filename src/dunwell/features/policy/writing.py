"""Carries out the changes of a policy, in an order that keeps every reference whole.

What cases may have used (scenarios, actions, their profiles, agencies) is retired, what nobody
used is deleted; a changed scenario or action is a new row beside the retired or deleted old one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import RuleViolation
from dunwell.features.policy import calendars, wordings
from dunwell.features.policy.comparison import Change, ChangeKind
from dunwell.features.policy.rows import NOUNS, Row, Rows

RETIRABLE = {
    "scenario": "used_scenarios",
    "action": "used_actions",
    "profile": "used_profiles",
    "agency": "used_agencies",
    "experiment": "used_experiments",
}
"""The nouns that are kept for the cases that used them, and the statement that tells which are."""

_GUARDED = {
    "brand": "uses_of_brand",
    "debt class": "uses_of_debt_class",
    "agent": "uses_of_agent",
    "template": "uses_of_template",
}

_LEAVING = (ChangeKind.CHANGED, ChangeKind.DELETED, ChangeKind.RETIRED)

_REMOVED_LAST = (
    "template",
    "setting",
    "severance template",
    "moratorium",
    "experiment",
    "agency",
    "reason code",
    "contact type",
    "pay plan type",
    "to-do type",
    "collection substatus",
    "agent",
    "exchange rate",
    "criterion",
    "debt class",
    "brand",
    "calendar",
)


@dataclass(frozen=True, slots=True)
class Writer:
    """One change of policy in the caller's transaction."""

    connection: psycopg.Connection[TupleRow]
    stored: Rows
    wanted: Rows
    changes: list[Change]
    # nouns and ids of what must be retired instead of deleted
    used: frozenset[tuple[str, int]]

    def _run(self, statement: str, /, **parameters: Any) -> psycopg.Cursor[TupleRow]:
        return statements.load(__package__, "writing.sql")[statement].run(
            self.connection, parameters
        )

    def write(self, version: int) -> None:
        """Remove what is gone, put what is new or changed, and order the scenarios."""
        for noun in ("scenario", "action", "profile"):
            for change in self._of(noun, *_LEAVING):
                if _is_replaced(change):
                    self._remove(change, version)
                else:
                    self._run("free_default", id=self.stored.ids[noun, change.key])
        for noun in NOUNS:
            for change in self._of(noun, ChangeKind.ADDED, ChangeKind.CHANGED):
                self._put(change, self.wanted[noun][change.key], version)
        for noun in _REMOVED_LAST:
            for change in self._of(noun, ChangeKind.DELETED, ChangeKind.RETIRED):
                self._remove(change, version)
        self._run("rank_scenarios")

    def _of(self, noun: str, *kinds: ChangeKind) -> list[Change]:
        return [change for change in self.changes if change.noun == noun and change.kind in kinds]

    def _remove(self, change: Change, version: int) -> None:
        number = self.stored.ids[change.noun, change.key]
        verb = "retire" if (change.noun, number) in self.used else "delete"
        self._run(
            f"{verb}_{_statement(change.noun)}",
            id=number,
            version=version,
            name=change.key[-1],
        )

    def _put(self, change: Change, row: Row, version: int) -> None:
        given: dict[str, Any] = {"row": Jsonb(row), "version": version}
        key = change.key
        match change.noun:
            case "aging buckets":
                self._run("clear_aging_buckets")
            case (
                "profile"
                | "action"
                | "scenario"
                | "agency"
                | "experiment"
                | "severance template"
                | "moratorium"
            ):
                given |= {"brand": key[0], "name": key[1]}
            case "reason code":
                given |= {"brand": key[0], "category": key[1], "name": key[2]}
            case "contact type":
                given |= {"category": key[0], "name": key[1]}
            case "template":
                given |= {"brand": key[0], "kind": key[1], "name": key[2], "locale": key[3]}
            case "exchange rate":
                given |= {"source": key[0], "target": key[1], "valid_from": key[2]}
            case _:
                given |= {"name": key[0]}
        cursor = self._run(f"put_{_statement(change.noun)}", **given)
        after: Callable[[int], object] | None = {
            "calendar": lambda number: calendars.rebuild(self.connection, number),
            "scenario": lambda number: self._run("put_steps", id=number, **given),
        }.get(change.noun)
        if after is not None:
            returned = cursor.fetchone()
            assert returned is not None, f"{change.noun} {change.name} refers to nothing"
            after(returned[0])


def _statement(noun: str) -> str:
    return noun.replace(" ", "_").replace("-", "_")


def _is_replaced(change: Change) -> bool:
    """Whether the row goes, though another of the same name may come; only a profile that keeps
    its currency is changed in place.
    """
    return (
        change.noun != "profile"
        or change.kind is not ChangeKind.CHANGED
        or any(field.name == "currency" for field in change.fields)
    )


def prepare(
    connection: psycopg.Connection[TupleRow], stored: Rows, wanted: Rows, changes: list[Change]
) -> Writer:
    """Look up what is in use: removed parts that cases used become retired ones."""
    used: set[tuple[str, int]] = set()
    sql = statements.load(__package__, "writing.sql")
    for noun, statement in RETIRABLE.items():
        ids = [
            stored.ids[noun, change.key]
            for change in changes
            if change.noun == noun and change.kind is not ChangeKind.ADDED
        ]
        if ids:
            rows = sql[statement].run(connection, {"ids": ids})
            used.update((noun, number) for (number,) in rows)
    known = [
        replace(change, kind=ChangeKind.RETIRED)
        if change.kind is ChangeKind.DELETED
        and (change.noun, stored.ids[change.noun, change.key]) in used
        else change
        for change in changes
    ]
    return Writer(connection, stored, wanted, known, frozenset(used))


def refuse_what_is_in_use(writer: Writer) -> None:
    """`RuleViolation` if a brand, debt class, agent or template that is still needed would go."""
    sql = statements.load(__package__, "writing.sql")
    for change in writer.changes:
        if change.kind is not ChangeKind.DELETED or change.noun not in _GUARDED:
            continue
        if change.noun == "template" and wordings.ships(*change.key[1:]):
            continue
        number = writer.stored.ids[change.noun, change.key]
        rows = sql[_GUARDED[change.noun]].run(writer.connection, {"id": number, "most": MANY})
        counts = counted([(count, what) for count, what in rows if count])
        if counts:
            raise RuleViolation(
                "in_use",
                f"The {change.noun} {change.name!r} is still in use ({counts}); keep it in the"
                " policy.",
            )


MANY = 1000
"""How many uses are counted; nobody waits for the rest to be."""


def counted(counts: list[tuple[int, str]]) -> str:
    """How many of what, for people: `bills: 1000+, cases: 1`."""
    return ", ".join(f"{what}: {count}{'+' if count == MANY else ''}" for count, what in counts)


_GUARDED_LISTS = {
    "brands": "brand",
    "debt_classes": "debt class",
    "agents": "agent",
    "templates": "template",
}


def uses(
    connection: psycopg.Connection[TupleRow], noun: str, key: tuple[str, ...]
) -> list[tuple[int, str]]:
    """What in the database keeps a part of one of the policy's lists from being removed: how many
    of what. Nothing for a part that isn't in force, or is of a kind that may always go.
    """
    guarded = _GUARDED_LISTS.get(noun)
    if guarded is None:
        return []
    if noun == "templates" and wordings.ships(*key[1:]):
        return []
    for number, name, _ in statements.load(__package__, "rows.sql")[guarded.replace(" ", "_")].run(
        connection
    ):
        if tuple(name) == key:
            sql = statements.load(__package__, "writing.sql")[_GUARDED[guarded]]
            rows = sql.run(connection, {"id": number, "most": MANY})
            return [(count, what) for count, what in rows if count]
    return []
