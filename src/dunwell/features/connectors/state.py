"""How far each connector has come, and how its last run went."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow, class_row
from psycopg.types.json import Jsonb

from dunwell.db import statements

_STATE = statements.load(__package__, "state.sql")

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
    """What it brought and couldn't be taken, until everything was fetched anew and could be."""

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


def keep_problem(connection: Connection, name: str, problem: str | None) -> None:
    """What somebody has to put right; none: all is in."""
    _STATE["keep_problem"].run(connection, {"name": name, "problem": problem})


def units(connection: Connection, bill_unit_nos: Sequence[str]) -> set[tuple[int, int]]:
    """Where the bill units are."""
    found = _STATE["units"].run(connection, {"numbers": list(bill_unit_nos)})
    return {(account_id, number) for account_id, number in found}
