"""What was done to a person, by whom and why, with what each change gave or took: read from the
log, where `people` writes it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.features.access import people
from dunwell.features.access.actor import Operation

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


def history(operation: Operation, person_id: int) -> list[Step]:
    """Everything that was done to a person, the newest first. Raises NotFound."""
    people.get(operation, person_id)
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_PEOPLE["history"].render(), {"id": person_id}).fetchall()
    return list(reversed(list(_steps(rows))))


def _steps(rows: Iterable[dict[str, Any]]) -> Iterable[Step]:
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
        known |= now
        yield Step(row["recorded_at"], row["actor"], row["kind"], data.get("reason"), differences)
