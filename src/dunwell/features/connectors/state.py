"""How far each connector has come, and how its last run went."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import TupleRow, class_row
from psycopg.types.json import Jsonb

from dunwell.db import statements

_STATE = statements.load(__package__, "state.sql")

MOST_UNTAKEN = 1_000
"""Beyond so many rows, only fetching everything settles a problem."""

Connection = psycopg.Connection[TupleRow]


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a connector."""

    cursor: Any = None
    ran_at: dt.datetime | None = None
    failures: int = 0
    """How often it has failed in a row."""
    message: str | None = None
    """Why it failed last."""
    problem: str | None = None
    """What it brought and couldn't be taken, until it could."""

    def is_due(self, every: dt.timedelta, now: dt.datetime) -> bool:
        """Whether it is time to fetch again; after failures it takes longer, up to a day."""
        if self.ran_at is None:
            return True
        pause = min(every * 2 ** min(self.failures, 10), max(every, dt.timedelta(days=1)))
        return bool(now >= self.ran_at + pause)


def read(connection: Connection, name: str) -> State:
    """What is known of a connector; one that never ran has a state too."""
    with connection.cursor(row_factory=class_row(State)) as cursor:
        return cursor.execute(_STATE["read"].render(), {"name": name}).fetchone() or State()


def keep_cursor(connection: Connection, name: str, cursor: Any) -> None:
    """From here the next run goes on."""
    _STATE["keep_cursor"].run(connection, {"name": name, "cursor": Jsonb(cursor)})


def note(connection: Connection, name: str, now: dt.datetime, message: str | None) -> None:
    """A run has ended, well or with a message."""
    _STATE["note"].run(connection, {"name": name, "now": now, "message": message})


@dataclass(slots=True)
class Weighed:
    """Rows that were brought, by kind and name: those that were taken, and those that couldn't."""

    taken: set[str] = field(default_factory=set)
    untaken: set[str] = field(default_factory=set)
    all_known: bool = True
    """Whether what couldn't be taken is all in `untaken`; a file's rows aren't."""


def weigh(connection: Connection, name: str, problem: str | None, rows: Weighed) -> None:
    """Keep what somebody has to put right, until each of its rows was taken after all: told again,
    as a webhook is, or fetched with everything else.
    """
    given = {"name": name}
    _STATE["know"].run(connection, given)
    row = _STATE["lock_problem"].run(connection, given).fetchone()
    before, known = row or (None, None)
    left: set[str] | None = rows.untaken if rows.all_known else None
    if before is not None:
        left = None if left is None or known is None else left | (set(known) - rows.taken)
    if left is not None and len(left) > MOST_UNTAKEN:
        left = None
    if problem is None and (before is None or left is None):
        # nothing is missing; or something is, and nobody knows which rows
        return
    told = (problem or before) if left is None or left else None
    kept = None if left is None or told is None else Jsonb(sorted(left))
    _STATE["keep_problem"].run(connection, {**given, "problem": told, "untaken": kept})


def settled(connection: Connection, name: str) -> None:
    """Everything was fetched, and all of it is in."""
    _STATE["keep_problem"].run(connection, {"name": name, "problem": None, "untaken": None})


def units(connection: Connection, bill_unit_nos: Sequence[str]) -> set[tuple[int, int]]:
    """Where the bill units are."""
    found = _STATE["units"].run(connection, {"numbers": list(bill_unit_nos)})
    return {(account_id, number) for account_id, number in found}
