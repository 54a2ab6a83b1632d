"""Reading credit alerts: the list that is worked off, and one alert with all that belongs to it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import planner, statements
from dunwell.domain import handles, pages
from dunwell.domain.errors import BadInput, NotFound
from dunwell.domain.handles import Handle
from dunwell.domain.pages import Page
from dunwell.domain.statuses import AlertStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find

_ALERTS = statements.load(__package__, "alerts.sql")

_ORDER = "credit alerts"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert in the list. `amount` is what was owed when it was raised or last reported."""

    handle: Handle
    version: int
    status: str
    account_no: str
    customer: str
    bill_unit_no: str
    brand: str
    source: str
    their_id: str | None
    reason: str
    amount: Decimal | None
    currency: str
    oldest_due_on: dt.date | None
    raised_on: dt.date
    age_days: int | None
    """Days since the oldest debt was due; while it is open."""
    agent: str | None
    case: str | None
    overdue_amount: Decimal | None
    """What its open cases had overdue the last night."""
    next_action: str | None
    next_due_on: dt.date | None
    closed_on: dt.date | None
    close_reason: str | None
    closed_by: str | None


@dataclass(frozen=True, slots=True)
class Activity:
    """What somebody did about it, or wrote."""

    kind: str
    done_on: dt.date
    recorded_at: dt.datetime
    note: str
    actor: str


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An action of a case: planned, or done by now."""

    handle: str
    version: int
    step: int
    action: str
    type: str
    status: str
    due_on: dt.date
    closed_on: dt.date | None
    case: str


@dataclass(frozen=True, slots=True)
class WholeAlert:
    """An alert with its activities, and the actions of its bill unit's cases."""

    alert: Alert
    activities: tuple[Activity, ...]
    planned: tuple[PlannedAction, ...]
    done: tuple[PlannedAction, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alerts; everything that is given must hold."""

    status: str | None = AlertStatus.OPEN
    agent: str | None = None
    unassigned: bool = False
    source: str | None = None
    bill_unit_no: str | None = None
    currency: str | None = None
    least_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """By what the list can be narrowed."""

    agents: tuple[str, ...]
    sources: tuple[str, ...]


def alerts(
    operation: Operation,
    wanted: Wanted | None = None,
    *,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Alert]:
    """The alerts that are wanted, the newest first. Raises NotFound, BadInput."""
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    wanted = wanted or Wanted()
    if wanted.status is not None and wanted.status not in list(AlertStatus):
        raise BadInput(f"An alert is open or closed, not {wanted.status!r}.")
    given = _narrowed(operation, wanted)
    if cursor is not None:
        names = ("after_day", "after_account", "after_id")
        given |= dict(zip(names, pages.decode(_ORDER, cursor, dt.date, int, int), strict=True))
    with planner.without(operation.connection):
        found = _alerts(operation, most=limit + 1, **given)
    return pages.page(
        found,
        limit,
        lambda each: (each.raised_on, each.handle.account_id, each.handle.id),
        _ORDER,
    )


def alert(operation: Operation, handle: str) -> WholeAlert:
    """One alert with all that belongs to it. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    return read(operation, handle)


def read(operation: Operation, handle: str) -> WholeAlert:
    """The same for whoever has just changed it, and need not have the permission to view."""
    row = handles.parse(handle, "credit alert")
    key = {"account_id": row.account_id, "id": row.id}
    found = _alerts(operation, most=1, **key)
    if not found:
        raise NotFound(f"There is no credit alert {handle!r}.")
    actions = tuple(PlannedAction(**each) for each in _rows(operation, "actions", **key))
    return WholeAlert(
        found[0],
        tuple(Activity(**each) for each in _rows(operation, "activities", **key)),
        tuple(each for each in actions if each.closed_on is None),
        tuple(each for each in actions if each.closed_on is not None),
    )


def choices(operation: Operation) -> Choices:
    """By what the actor's list can be narrowed."""
    operation.actor.require(Permission.VIEW)
    seen = {"brands": operation.actor.brand_ids}
    found = _ALERTS["choices"].run(operation.connection, seen).fetchall()
    return Choices(
        tuple(name for kind, name in found if kind == "agent"),
        tuple(name for kind, name in found if kind == "source"),
    )


def _narrowed(operation: Operation, wanted: Wanted) -> dict[str, Any]:
    unit = None if wanted.bill_unit_no is None else find(operation, wanted.bill_unit_no)
    agent_id = None
    if wanted.agent is not None:
        row = _ALERTS["agent"].run(operation.connection, {"name": wanted.agent}).fetchone()
        if row is None:
            raise NotFound(f"There is no agent {wanted.agent!r}.")
        agent_id = row[0]
    return {
        "status": wanted.status,
        "agent_id": agent_id,
        "unassigned": wanted.unassigned,
        "source": wanted.source,
        "currency": wanted.currency,
        "least_amount": wanted.least_amount,
        **({} if unit is None else {"account_id": unit.account_id, "bill_unit_id": unit.id}),
    }


def _alerts(operation: Operation, **given: Any) -> list[Alert]:
    parameters = {
        **dict.fromkeys(_ALERTS["list"].parameters),
        "business_date": operation.date,
        "brands": operation.actor.brand_ids,
        "unassigned": False,
        **given,
    }
    return [
        Alert(handle=Handle(row.pop("account_id"), row.pop("id")), **row)
        for row in _rows(operation, "list", **parameters)
    ]


def _rows(operation: Operation, name: str, /, **given: Any) -> list[dict[str, Any]]:
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_ALERTS[name].render(), given).fetchall()
