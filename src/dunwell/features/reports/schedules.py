"""Scheduled reports: who gets which report when, and as what file.

What is sent is made with the rights that its maker has on that day, for the brands that they saw
when they made it. `sending` does it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import BadInput, Conflict, NotFound
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.events import log
from dunwell.features.letters.rules import email_address
from dunwell.features.reports import exporting, preparing, registry, running
from dunwell.features.reports.report import Asked

_SCHEDULES = statements.load(__package__, "schedules.sql")

LONGEST_NAME = 100
MOST_RECIPIENTS = 20
FREQUENCIES = {"night": None, "week": 7, "month": 31}
"""How often, and the highest number of its day."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall be sent, when and to whom."""

    name: str
    report: str
    recipients: Sequence[str]
    form: str = "pdf"
    frequency: str = "night"
    on_day: int | None = None
    """The weekday (1 is Monday) or the day of the month; the 31st is a month's last day."""
    brand: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A report that is sent."""

    id: int
    name: str
    report: str
    format: str
    frequency: str
    on_day: int | None
    recipients: tuple[str, ...]
    brand: str | None
    currency: str | None
    made_by: str
    status: str
    created_at: dt.datetime
    sent_for: dt.date | None
    sent_at: dt.datetime | None
    message: str | None


def create(operation: Operation, wish: Wish) -> int:
    """Have a report sent from the next night on that makes it due; its number.

    Raises BadInput, Conflict if there is one of that name, NotFound, Forbidden.
    """
    row = _write(operation, "create", wish)
    if row is None:
        raise _taken(wish)
    _tell(operation, wish.name, "made")
    return int(row[0])


def change(operation: Operation, schedule_id: int, wish: Wish) -> None:
    """Have it sent otherwise, with the rights of who changes it.

    Raises BadInput, Conflict if there is another one of that name, NotFound, Forbidden.
    """
    get(operation, schedule_id)
    if _write(operation, "change", wish, id=schedule_id) is None:
        raise _taken(wish)
    _tell(operation, wish.name, "changed")


def _taken(wish: Wish) -> Conflict:
    return Conflict(f"There is a scheduled report {wish.name!r} already; choose another name.")


def _write(operation: Operation, name: str, wish: Wish, **more: Any) -> tuple[Any, ...] | None:
    operation.actor.require(Permission.READ_REPORTS)
    _check(wish)
    running.check_names(operation, Asked(brand=wish.brand, currency=wish.currency))
    actor = operation.actor
    given = {
        "name": wish.name,
        "brands": None if actor.brands is None else Jsonb(sorted(actor.brands)),
        "report": wish.report,
        "parameters": Jsonb({"brand": wish.brand, "currency": wish.currency}),
        "format": wish.form,
        "frequency": wish.frequency,
        "on_day": wish.on_day,
        "recipients": Jsonb(list(wish.recipients)),
        "person_id": actor.person_id,
        "made_by": actor.name,
        "sent_for": _last_night(operation),
    }
    return _SCHEDULES[name].run(operation.connection, {**given, **more}).fetchone()


def listed(operation: Operation) -> list[Schedule]:
    """The scheduled reports of one's brands, by name."""
    operation.actor.require(Permission.READ_REPORTS)
    return _read(operation, None)


def get(operation: Operation, schedule_id: int) -> Schedule:
    """One of them. Raises NotFound."""
    operation.actor.require(Permission.READ_REPORTS)
    found = _read(operation, schedule_id)
    if not found:
        raise NotFound(f"There is no scheduled report {schedule_id}.")
    return found[0]


def pause(operation: Operation, schedule_id: int) -> None:
    """Send nothing until it is resumed."""
    _change(operation, schedule_id, "paused")


def resume(operation: Operation, schedule_id: int) -> None:
    """Send again, from the next night on that makes it due."""
    _change(operation, schedule_id, "active")


def delete(operation: Operation, schedule_id: int) -> None:
    """Send it no more."""
    schedule = get(operation, schedule_id)
    _SCHEDULES["delete"].run(operation.connection, {"id": schedule_id})
    _tell(operation, schedule.name, "deleted")


def _change(operation: Operation, schedule_id: int, status: str) -> None:
    schedule = get(operation, schedule_id)
    given = {"id": schedule_id, "status": status, "sent_for": _last_night(operation)}
    _SCHEDULES["set_status"].run(operation.connection, given)
    _tell(operation, schedule.name, status)


def _read(operation: Operation, schedule_id: int | None) -> list[Schedule]:
    with operation.connection.cursor(row_factory=dict_row) as fetching:
        rows = fetching.execute(_SCHEDULES["listed"].render(), {"id": schedule_id}).fetchall()
    actor = operation.actor
    return [
        _schedule(row)
        for row in rows
        if actor.brands is None
        or (row["brands"] is not None and actor.brands >= set(row["brands"]))
    ]


def _schedule(row: dict[str, Any]) -> Schedule:
    del row["brands"]
    parameters = row.pop("parameters")
    return Schedule(
        **{**row, "recipients": tuple(row["recipients"])},
        brand=parameters["brand"],
        currency=parameters["currency"],
    )


def _last_night(operation: Operation) -> dt.date:
    """What was due up to then isn't sent any more."""
    prepared = preparing.prepared_until(operation.connection)
    return prepared or operation.date - dt.timedelta(days=1)


def _tell(operation: Operation, name: str, change: str) -> None:
    facts = {"schedule": name, "change": change}
    log.record(
        operation.connection,
        operation.date,
        "report_schedule_changed",
        facts,
        actor=operation.actor.name,
    )


def _check(wish: Wish) -> None:
    if not wish.name.strip() or len(wish.name) > LONGEST_NAME or not wish.name.isprintable():
        raise BadInput(f"A scheduled report's name has 1 to {LONGEST_NAME} printable characters.")
    registry.find(wish.report)
    if wish.form not in exporting.FORMATS:
        raise BadInput(f"The format is {wish.form!r}; it can be {', '.join(exporting.FORMATS)}.")
    if wish.frequency not in FREQUENCIES:
        raise BadInput(f"It is sent every {wish.frequency!r}; it can be {', '.join(FREQUENCIES)}.")
    most = FREQUENCIES[wish.frequency]
    if most is None and wish.on_day is not None:
        raise BadInput(
            "A report of every night is sent on no day in particular; leave the day out."
        )
    if most is not None and not 1 <= (wish.on_day or 0) <= most:
        raise BadInput(f"The day of the {wish.frequency} is {wish.on_day}; it can be 1 to {most}.")
    if not 1 <= len(wish.recipients) <= MOST_RECIPIENTS:
        raise BadInput(f"A report goes to 1 to {MOST_RECIPIENTS}, not {len(wish.recipients)}.")
    for recipient in wish.recipients:
        if email_address(recipient) != recipient:
            raise BadInput(f"{recipient!r} can't be used as an e-mail address.")
