"""Whether the scheduled nights come off: what is due, late or failed."""

import datetime as dt
from dataclasses import dataclass

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements
from dunwell.engine.timing import Timetable, pause
from dunwell.features.events import log
from dunwell.features.policy.today import time_zone
from dunwell.settings import Settings

_WATCH = statements.load(__package__, "watch.sql")

ACTOR = "worker"


@dataclass(frozen=True, slots=True)
class Nights:
    """How the nights stand at a moment; everything that a metric needs."""

    last_night: dt.date | None
    """The newest business date whose night is completed."""
    due: dt.date | None
    """The one that should be running or done by now."""
    seconds_since_due: float
    is_late: bool
    failures: int
    """How often the due night has broken off."""
    retry_at: dt.datetime | None
    message: str | None


def timetable(connection: psycopg.Connection[TupleRow], settings: Settings) -> Timetable:
    """The installation's hour, in the time zone that the default brand has now."""
    grace = dt.timedelta(minutes=settings.night_grace)
    return Timetable(settings.night_at, time_zone(connection), grace)


def nights(
    connection: psycopg.Connection[TupleRow],
    settings: Settings,
    now: dt.datetime,
    since: dt.datetime | None = None,
) -> Nights:
    """How the nights stand; `since`: since when somebody watches (default: always)."""
    table = timetable(connection, settings)
    ((last_night,),) = _WATCH["last_night"].run(connection).fetchall()
    day = table.due(now, last_night, since or dt.datetime.min.replace(tzinfo=dt.UTC))
    if day is None:
        return Nights(last_night, None, 0.0, False, 0, None, None)
    row = _WATCH["noticed"].run(connection, {"business_date": day}).fetchone()
    attempts, _, _, retry_at, message = row or (0, None, None, None, None)
    return Nights(
        last_night=last_night,
        due=day,
        seconds_since_due=(now - table.due_at(day)).total_seconds(),
        is_late=table.is_late(day, now),
        failures=attempts,
        retry_at=retry_at,
        message=message,
    )


def note_failure(
    connection: psycopg.Connection[TupleRow], day: dt.date, message: str, now: dt.datetime
) -> None:
    """A night broke off: remember when to try again, and say so in the log."""
    row = _WATCH["noticed"].run(connection, {"business_date": day}).fetchone()
    attempts = (row[0] if row else 0) + 1
    retry_at = now + pause(attempts)
    given = {"business_date": day, "now": now, "retry_at": retry_at, "message": message}
    _WATCH["failed"].run(connection, given)
    facts = {"message": message, "attempts": attempts, "retry_at": retry_at.isoformat()}
    log.record(connection, day, "night_failed", facts, actor=ACTOR)


def note_lateness(
    connection: psycopg.Connection[TupleRow],
    settings: Settings,
    now: dt.datetime,
    since: dt.datetime | None = None,
) -> bool:
    """If a night is late, say so in the log, once; whether it was said now."""
    standing = nights(connection, settings, now, since)
    if standing.due is None or not standing.is_late:
        return False
    given = {"business_date": standing.due, "now": now}
    if _WATCH["late"].run(connection, given).fetchone() is None:
        return False
    due_at = timetable(connection, settings).due_at(standing.due)
    facts = {"due_at": due_at.isoformat(), "minutes": int(standing.seconds_since_due // 60)}
    log.record(connection, standing.due, "night_late", facts, actor=ACTOR)
    return True
