"""What was done to a person, by whom and why, with what each change gave or took: read from the
log, where `people` writes it.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row, dict_row

from dunwell.db import statements
from dunwell.domain.errors import NotFound
from dunwell.features.access import people
from dunwell.features.access.actor import Operation, Permission

_PEOPLE = statements.load(__package__, "people.sql")

RIGHTS = ("name", "roles", "granted", "denied", "brands", "agent")


@dataclass(frozen=True, slots=True)
class Difference:
    """One of a person's facts before and after; none where it wasn't known."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done to a person."""

    at: dt.datetime
    actor: str
    kind: str
    reason: str | None
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Lately:
    """One thing that was done to somebody."""

    at: dt.datetime
    actor: str
    kind: str
    reason: str | None
    person: int
    login: str


def history(operation: Operation, person_id: int) -> list[Step]:
    """Everything that was done to a person, the newest first. Raises NotFound."""
    return [step for step, _rights in reversed(list(_steps(_rows(operation, person_id))))]


def rights_after(operation: Operation, person_id: int, number: int) -> dict[str, Any]:
    """What the person might do after so many of these steps, by the names of `RIGHTS`. Raises
    NotFound.
    """
    steps = list(_steps(_rows(operation, person_id)))
    if not 1 <= number <= len(steps):
        raise NotFound(f"There are {len(steps)} changes of this person, and no number {number}.")
    return steps[number - 1][1]


def lately(operation: Operation, *, limit: int = 20) -> list[Lately]:
    """What was done to anybody, the newest first."""
    operation.actor.require(Permission.ADMINISTER, everywhere=True)
    with operation.connection.cursor(row_factory=class_row(Lately)) as cursor:
        return cursor.execute(_PEOPLE["lately"].render(), {"limit": limit}).fetchall()


def _rows(operation: Operation, person_id: int) -> list[dict[str, Any]]:
    people.get(operation, person_id)
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_PEOPLE["history"].render(), {"id": person_id}).fetchall()


def _steps(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[Step, dict[str, Any]]]:
    """Each step, and the rights after it."""
    known: dict[str, Any] = {}
    for row in rows:
        data = row["data"]
        now = {name: data[name] for name in RIGHTS if name in data}
        added = row["kind"] == "person_added"
        differences = [
            Difference(name, known.get(name), value)
            for name, value in now.items()
            if known.get(name) != value and (name in known or (added and value))
        ]
        known = known | now
        step = Step(row["recorded_at"], row["actor"], row["kind"], data.get("reason"), differences)
        yield step, known
