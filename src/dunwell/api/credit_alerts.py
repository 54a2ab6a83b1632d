"""Credit alerts, and the collection status that customer care sees of a bill unit."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import StringConstraints

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page
from dunwell.api.values import (
    Amount,
    Day,
    Flag,
    Given,
    HandleText,
    Line,
    Moment,
    Money,
    PathHandle,
    PathNumber,
    Reasoned,
    Shown,
    in_currency,
)
from dunwell.api.versions import Expected
from dunwell.domain.statuses import AlertActivity, AlertStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.crm import alert_queries, alerts, queries

router = APIRouter(tags=["credit alerts"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Worker = Annotated[Caller, may(Permission.WORK_ACTIONS)]

Note = Annotated[str, StringConstraints(max_length=alerts.LONGEST, pattern=r"^[^\x00]*$")]


class CollectionStatus(Shown):
    """What customer care sees of a bill unit; it is derived, and can't be set."""

    status: str
    substatus: str
    in_collections: bool
    since_on: dt.date | None
    case: HandleText | None
    description: str | None
    severity: int | None
    version: int


class NewAlert(Given):
    """What another system says. Sent again with the same source and number, it updates the alert,
    unless its time is older than what was heard.
    """

    bill_unit_no: Line
    source: Line
    their_id: Line
    reason: Line
    amount: Amount | None = None
    oldest_due_on: Day | None = None
    their_time: Moment | None = None


class Assignment(Given):
    """Whose it is to be; null: nobody's."""

    agent: Line | None
    note: Note | None = None


class NewActivity(Given):
    """What was done about it; a note says something and does nothing."""

    kind: AlertActivity
    note: Note = ""
    done_on: Day | None = None


class CreditAlert(Shown):
    """One credit alert. `amount` is what was owed when it was raised or reported last, and
    `overdue` what its open cases have overdue by now.
    """

    handle: HandleText
    version: int
    status: str
    account_no: str
    customer: str
    bill_unit_no: str
    brand: str
    source: str
    their_id: str | None
    reason: str
    amount: Money | None
    overdue: Money | None
    oldest_due_on: dt.date | None
    age_days: int | None
    raised_on: dt.date
    agent: str | None
    case: HandleText | None
    next_action: str | None
    next_due_on: dt.date | None
    closed_on: dt.date | None
    close_reason: str | None
    closed_by: str | None


class Activity(Shown):
    """What somebody did about it, or wrote."""

    kind: str
    done_on: dt.date
    recorded_at: dt.datetime
    note: str
    actor: str


class CaseAction(Shown):
    """An action of one of the bill unit's cases."""

    handle: HandleText
    version: int
    step: int
    action: str
    type: str
    status: str
    due_on: dt.date
    closed_on: dt.date | None
    case: HandleText


class WholeAlert(CreditAlert):
    """An alert, what was done about it, and what the cases of its bill unit plan and have done."""

    activities: list[Activity]
    planned: list[CaseAction]
    done: list[CaseAction]


@router.get("/bill-units/{bill_unit_no}/collection-status")
def show_collection_status(bill_unit_no: PathNumber, caller: Viewer) -> CollectionStatus:
    """A bill unit's collection status: green, yellow or red, with its substatus."""
    with caller.look() as operation:
        return CollectionStatus.model_validate(queries.collection_status(operation, bill_unit_no))


@dataclass(frozen=True, slots=True)
class Asked(alert_queries.Wanted):
    """Which alerts, as an address has it behind its question mark."""

    status: Annotated[AlertStatus | None, Query(description="Without: open and closed.")] = None
    agent: Annotated[Line | None, Query()] = None
    unassigned: Annotated[Flag, Query()] = False
    source: Annotated[Line | None, Query()] = None
    bill_unit_no: Annotated[Line | None, Query()] = None
    currency: Annotated[str | None, Query(pattern=r"^[A-Z]{3}$")] = None
    least_amount: Annotated[Decimal | None, Query(ge=0, max_digits=19, decimal_places=4)] = None


@router.get("/credit-alerts")
def list_credit_alerts(
    caller: Viewer,
    wanted: Annotated[Asked, Depends(Asked)],
    limit: Limit = 100,
    after: After = None,
) -> Page[CreditAlert]:
    """Credit alerts, the newest first."""
    with caller.look() as operation:
        found = alert_queries.alerts(operation, wanted, limit=limit, cursor=after)
    return Page(items=[shown(each) for each in found.items], next=found.next_cursor)


@router.post("/credit-alerts", status_code=201, response_model=WholeAlert)
def report_credit_alert(given: NewAlert, caller: Worker, _key: IdempotencyKey = None) -> Response:
    """Report an alert of another system's, or say something newer about one."""

    def verb(operation: Operation) -> WholeAlert:
        told = given.model_dump()
        bill_unit_no = told.pop("bill_unit_no")
        handle = alerts.report(operation, bill_unit_no, alerts.Report(**told))
        return whole(alert_queries.read(operation, str(handle)))

    return caller.once(verb, given)


@router.get("/credit-alerts/{alert}", response_model=WholeAlert)
def show_credit_alert(alert: PathHandle, caller: Viewer) -> Response:
    """One alert with its activities and the actions of its cases; its version as `ETag`."""
    with caller.look() as operation:
        found = whole(alert_queries.alert(operation, alert))
    return repeats.response(found, 200)


@router.post("/credit-alerts/{alert}/assign", response_model=WholeAlert)
def assign_credit_alert(
    alert: PathHandle,
    given: Assignment,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Give an open alert to an agent, or to nobody."""

    def verb(operation: Operation) -> WholeAlert:
        alerts.assign(operation, alert, given.agent, note=given.note, expected_version=version)
        return whole(alert_queries.read(operation, alert))

    return caller.once(verb, given, status=200)


@router.post("/credit-alerts/{alert}/activities", response_model=WholeAlert)
def record_activity(
    alert: PathHandle,
    given: NewActivity,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Record what was done about an open alert, or a note."""

    def verb(operation: Operation) -> WholeAlert:
        alerts.record(
            operation,
            alert,
            given.kind,
            note=given.note,
            done_on=given.done_on,
            expected_version=version,
        )
        return whole(alert_queries.read(operation, alert))

    return caller.once(verb, given, status=200)


@router.post("/credit-alerts/{alert}/close", response_model=WholeAlert)
def close_credit_alert(
    alert: PathHandle,
    given: Reasoned,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Close an open alert; whoever reported it hears of it by the event `credit_alert_closed`."""

    def verb(operation: Operation) -> WholeAlert:
        alerts.close(
            operation, alert, reason=given.reason, note=given.note, expected_version=version
        )
        return whole(alert_queries.read(operation, alert))

    return caller.once(verb, given, status=200)


def whole(found: alert_queries.WholeAlert) -> WholeAlert:
    """An alert as it is shown alone."""
    return WholeAlert.model_validate(
        {
            **dict(shown(found.alert)),
            "activities": [Activity.model_validate(each) for each in found.activities],
            "planned": [CaseAction.model_validate(each) for each in found.planned],
            "done": [CaseAction.model_validate(each) for each in found.done],
        }
    )


def shown(found: alert_queries.Alert) -> CreditAlert:
    """An alert as it stands in lists."""
    return CreditAlert.told(found, **in_currency(found.currency, overdue=found.overdue_amount))
