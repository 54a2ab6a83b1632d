"""Severance: the processes of service agreements, and what the field system has to do for them. It
is told by events (`field_activity_*`) and may read what is outstanding; right before it carries an
activity out it asks for its release, and afterwards it answers.
"""

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import (
    Day,
    Flag,
    Given,
    HandleText,
    Money,
    PathHandle,
    PathNumber,
    Reasoned,
    Shown,
    Text,
    in_currency,
)
from dunwell.api.versions import Expected
from dunwell.domain import handles
from dunwell.engine import field_work
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.severance import queries, service
from dunwell.features.severance.queries import Row

router = APIRouter(tags=["severance"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Worker = Annotated[Caller, may(Permission.WORK_ACTIONS)]
Manager = Annotated[Caller, may(Permission.MANAGE_CASES)]


class SeveranceEvent(Shown):
    """One event of a process; it has a date once all those that it comes after are closed."""

    event: HandleText
    name: str
    type: str
    activity: str | None
    status: str
    after: list[str]
    days: int
    due_on: dt.date | None
    sent_on: dt.date | None
    closed_on: dt.date | None
    outcome: str | None
    message: str | None
    refusals: int
    version: int


class Severance(Shown):
    """The process of one service agreement; a debt of the class that falls to `ends_at` ends it,
    if it cancels itself.
    """

    severance: HandleText
    bill_unit_no: str
    account_no: str
    service_agreement_no: str
    agreement_type: str
    template: str
    purpose: str
    status: str
    started_on: dt.date
    ended_on: dt.date | None
    end_reason: str | None
    cut_on: dt.date | None
    auto_cancel: bool
    reconnects: str | None
    arrears: Money
    ends_at: Money
    version: int
    events: list[SeveranceEvent]


class Outstanding(Shown):
    """What somebody outside has to do, and where; `executing` was released already."""

    event: HandleText
    severance: HandleText
    name: str
    activity: str | None
    status: str
    due_on: dt.date
    sent_on: dt.date
    bill_unit_no: str
    account_no: str
    service_agreement_no: str
    agreement_type: str
    premise_no: str | None
    premise_address: str | None
    parameters: dict[str, str | int | bool]
    version: int


class Released(Shown):
    """Whether the activity may be carried out now; if not, why."""

    go: bool
    reason: str | None


class Cancelling(Reasoned):
    """Why a process is cancelled."""

    reconnect: Annotated[
        Flag, Field(description="After a cut, begin the reconnection that the policy names.")
    ] = True


class Answer(Given):
    """What came of a field activity."""

    outcome: Literal["done", "could_not", "rescheduled", "refused"]
    message: Text | None = None
    due_on: Annotated[Day | None, Field(description="The new day, if rescheduled.")] = None


@router.get("/severances")
def list_severances(
    caller: Viewer,
    status: Annotated[
        Literal["active", "completed", "cancelled"] | None, Query(description="None: any.")
    ] = None,
    limit: Limit = 100,
    after: After = None,
) -> Page[Severance]:
    """Severance processes with their events, by account."""
    with caller.look() as operation:
        found = queries.processes(operation, status=status, limit=limit, cursor=after)
    return Page(items=[_process(row) for row in found.items], next=found.next_cursor)


@router.get("/bill-units/{bill_unit_no}/severances")
def list_bill_unit_severances(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[Severance]:
    """A bill unit's severance processes, the newest last."""
    (last,) = key_of(after, int, first=[None])
    with caller.look() as operation:
        found = queries.of_bill_unit(operation, bill_unit_no, after=last, limit=limit + 1)
    shown, following = page(
        found, limit, lambda row: [handles.parse(row["severance"], "severance").id]
    )
    return Page(items=[_process(row) for row in shown], next=following)


@router.get("/severances/{severance}", response_model=Severance)
def get_severance(severance: PathHandle, caller: Viewer) -> Response:
    """One severance process with its events, its version as `ETag`."""
    with caller.look() as operation:
        return repeats.response(_process(queries.process(operation, severance)), 200)


@router.post("/severances/{severance}/cancel", response_model=Severance)
def cancel_severance(
    severance: PathHandle,
    given: Cancelling,
    caller: Manager,
    expected: Expected = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Cancel an active process; what the field system has of it is recalled."""

    def verb(operation: Operation) -> Severance:
        service.cancel(
            operation,
            severance,
            reason=given.reason,
            note=given.note,
            reconnect=given.reconnect,
            expected_version=expected,
        )
        return _process(queries.read(operation, severance))

    return caller.once(verb, given, status=200)


@router.post("/severance-events/{event}/complete", response_model=Severance)
def complete_severance_event(
    event: PathHandle,
    given: Reasoned,
    caller: Worker,
    expected: Expected = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Complete a to-do, a generic event or one that failed."""

    def verb(operation: Operation) -> Severance:
        found = service.complete_event(
            operation, event, reason=given.reason, note=given.note, expected_version=expected
        )
        return _process(queries.read(operation, found))

    return caller.once(verb, given, status=200)


@router.get("/field-activities")
def list_field_activities(
    caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[Outstanding]:
    """What the field system has to carry out and to answer."""
    with caller.look() as operation:
        found = queries.outstanding(operation, limit=limit, cursor=after)
    items = [Outstanding.model_validate(row) for row in found.items]
    return Page(items=items, next=found.next_cursor)


@router.post("/field-activities/{event}/release", response_model=Released)
def release_field_activity(
    event: PathHandle, caller: Worker, _key: IdempotencyKey = None
) -> Response:
    """Ask, right before it is carried out, whether it still may be: the customer may have paid, or
    a protection may stand against a cut. Without `go` it must not be.
    """

    def verb(operation: Operation) -> Released:
        found = field_work.release(operation, event)
        return Released(go=found.go, reason=found.reason)

    return caller.once(verb, None, status=200)


@router.post("/field-activities/{event}/answer", response_model=Severance)
def answer_field_activity(
    event: PathHandle, given: Answer, caller: Worker, _key: IdempotencyKey = None
) -> Response:
    """Say what came of a field activity."""

    def verb(operation: Operation) -> Severance:
        found = service.answer(
            operation, event, given.outcome, message=given.message, due_on=given.due_on
        )
        return _process(queries.read(operation, found))

    return caller.once(verb, given, status=200)


def _process(row: Row) -> Severance:
    amounts = in_currency(row["currency"], arrears=row["arrears"], ends_at=row["cancel_amount"])
    return Severance.model_validate({**row, **amounts})
