"""What nights did: their stored reports, the newest first, page by page, and one of them.

A night's report is about every brand at once, so it is for those who see every brand.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from dunwell.db import statements
from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Operation, Permission

_HISTORY = statements.load(__package__, "history.sql")

NEWEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Run:
    """One night; `broken off` when nobody works on it any more."""

    id: int
    business_date: dt.date
    status: str
    full_night: bool
    policy_version: int
    started_at: dt.datetime
    finished_at: dt.datetime | None
    slices_done: int
    report: dict[str, Any] | None
    """As `engine.report` writes it; amounts are decimal texts."""


def nights(operation: Operation, *, before: int = NEWEST, limit: int = 100) -> list[Run]:
    """The nights before this one's number, the newest first."""
    return _runs(operation, before=before, limit=limit, id=None)


def night(operation: Operation, number: int) -> Run:
    """One night. Raises NotFound."""
    found = _runs(operation, before=NEWEST, limit=1, id=number)
    if not found:
        raise NotFound(f"There is no run {number}.")
    return found[0]


def _runs(operation: Operation, **given: Any) -> list[Run]:
    operation.actor.require(Permission.VIEW, everywhere=True)
    with operation.connection.cursor(row_factory=class_row(Run)) as cursor:
        return cursor.execute(_HISTORY["nights"].render(), given).fetchall()
