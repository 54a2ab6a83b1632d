"""Nights that somebody asked for over the API: written down, and run by whoever has time.

The wish is a row, so it outlives the server that took it (decision 0161). The worker looks for
such rows every few seconds, each server does so after it took one and when it starts, and a lock
lets one of them at it. What a dead process left `running` is taken up again; a night goes on where
it stopped.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog
from pluggy import PluginManager
from psycopg.rows import TupleRow, class_row, dict_row

from dunwell.db import locks, statements
from dunwell.db.database import Database
from dunwell.domain.errors import Conflict, DunwellError, NotFound
from dunwell.engine import night
from dunwell.engine.night import Night
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.events import log

_ASKED = statements.load(__package__, "asked.sql")

MOST_ATTEMPTS = 3
"""A night whose process died so often isn't begun again by itself."""

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Request:
    """A night that was asked for: queued, running, completed or failed."""

    id: int
    business_date: dt.date
    full_night: bool
    workers: int
    status: str
    asked_by: str
    asked_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    run: int | None
    """The run that it became, or that had been there already."""
    message: str | None


def ask(operation: Operation, wanted: Night) -> int:
    """Have a night run soon; the number of the request. Raises BadInput."""
    operation.actor.require(Permission.RUN_NIGHT, everywhere=True)
    night.check(operation.connection, wanted.date)
    given = {
        "business_date": wanted.date,
        "full_night": wanted.full,
        "workers": wanted.workers,
        "asked_by": operation.actor.name,
    }
    row = _ASKED["ask"].run(operation.connection, given).fetchone()
    assert row is not None
    return int(row[0])


def request(operation: Operation, number: int) -> Request:
    """What became of one. Raises NotFound."""
    operation.actor.require(Permission.VIEW, everywhere=True)
    with operation.connection.cursor(row_factory=class_row(Request)) as cursor:
        found = cursor.execute(_ASKED["request"].render(), {"id": number}).fetchone()
    if found is None:
        raise NotFound(f"No run was asked for with the number {number}.")
    return found


def work_off(database: Database, plugins: PluginManager, *, slice_width: int) -> bool:
    """Run what was asked for, the oldest first; whether something still waits, for a run that is
    going on or in another process's hands.
    """
    with database.connect(autocommit=True) as keeper:
        if _ASKED["is_waiting"].run(keeper).fetchone() is None:
            return False
        taken = keeper.execute("select pg_try_advisory_lock(%s)", [locks.ASKED]).fetchone()
        if taken != (True,):
            return True
        while (row := _take(keeper)) is not None:
            wanted = Night(
                row["business_date"],
                full=row["full_night"],
                workers=row["workers"],
                slice_width=slice_width,
            )
            try:
                _run(database, plugins, wanted, row)
            except Conflict:
                _ASKED["put_back"].run(keeper, {"id": row["id"]})
                return True
            except Exception as failure:
                expected = isinstance(failure, DunwellError)
                logger.exception("night failed", date=str(wanted.date), exc_info=not expected)
                message = failure.message if isinstance(failure, DunwellError) else repr(failure)
                _end(keeper, row, "failed", message)
            else:
                _end(keeper, row, "completed", None)
    return False


def _take(keeper: psycopg.Connection[TupleRow]) -> dict[str, Any] | None:
    with keeper.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_ASKED["take"].render()).fetchone()


def _run(database: Database, plugins: PluginManager, wanted: Night, row: dict[str, Any]) -> None:
    if row["attempts"] > MOST_ATTEMPTS:
        raise RuntimeError(f"The process that ran it died {MOST_ATTEMPTS} times; see its log.")
    night.run(database, plugins, wanted)


def _end(
    keeper: psycopg.Connection[TupleRow], row: dict[str, Any], status: str, message: str | None
) -> None:
    with keeper.transaction():
        _ASKED["end"].run(keeper, {"id": row["id"], "status": status, "message": message})
        if message is not None:
            facts = {"message": message, "attempts": row["attempts"], "asked_by": row["asked_by"]}
            log.record(keeper, row["business_date"], "night_failed", facts, actor="worker")
