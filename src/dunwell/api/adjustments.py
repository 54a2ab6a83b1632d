"""Adjustments: asked for, waiting for a second person, approved, rejected, withdrawn."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page
from dunwell.api.values import (
    Amount,
    Given,
    HandleText,
    Line,
    Money,
    PathHandle,
    PathNumber,
    Shown,
    Text,
)
from dunwell.api.versions import Expected
from dunwell.domain.statuses import AdjustmentDirection
from dunwell.features.access.actor import Permission
from dunwell.features.care import adjusting, queries

router = APIRouter(tags=["adjustments"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Adjuster = Annotated[Caller, may(Permission.ADJUST)]
Approver = Annotated[Caller, may(Permission.APPROVE_ADJUSTMENTS)]

OF = "/bill-units/{bill_unit_no}/adjustments"
ONE = "/adjustments/{adjustment}"


class NewAdjustment(Given):
    """What is asked for; `bill_no` names the bill that it is about."""

    direction: AdjustmentDirection
    amount: Amount
    reason: Line
    bill_no: Line | None = None
    note: Text | None = None


class Approval(Given):
    """What the second person says about it."""

    note: Text | None = None


class Rejection(Given):
    """Why it is rejected."""

    note: Annotated[Text, Field(min_length=1)]


class Nothing(Given):
    """Nothing more is needed."""


class Adjustment(Shown):
    """What was asked for, and what became of it; `number` is that of the credit or item."""

    handle: HandleText
    account_no: str
    customer: str
    bill_unit_no: str
    bill_no: str | None
    dispute: HandleText | None
    direction: str
    amount: Money
    status: str
    version: int
    reason: str
    note: str | None
    requested_by: str
    requested_on: dt.date
    requested_at: dt.datetime
    decided_by: str | None
    decided_on: dt.date | None
    decision_note: str | None
    number: str | None


@router.get(OF)
def list_adjustments(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[Adjustment]:
    """What was asked for of a bill unit, the newest first."""
    with caller.look() as operation:
        found = queries.adjustments(operation, bill_unit_no, limit=limit, cursor=after)
    return Page(items=[shown(row) for row in found.items], next=found.next_cursor)


@router.post(OF, status_code=201, response_model=Adjustment)
def request_adjustment(
    bill_unit_no: PathNumber, given: NewAdjustment, caller: Adjuster, _key: IdempotencyKey = None
) -> Response:
    """Ask for an adjustment: `posted` within the limit of the caller's roles, else `waiting` for a
    second person.
    """
    wanted = adjusting.Wanted(**dict(given))
    return caller.once(
        lambda operation: shown(adjusting.request(operation, bill_unit_no, wanted)), given
    )


@router.get("/adjustments")
def list_waiting_adjustments(
    caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[Adjustment]:
    """What waits for a second person, the oldest first."""
    with caller.look() as operation:
        found = queries.waiting(operation, limit=limit, cursor=after)
    return Page(items=[shown(row) for row in found.items], next=found.next_cursor)


@router.get(ONE, response_model=Adjustment)
def show_adjustment(adjustment: PathHandle, caller: Viewer) -> Response:
    """One adjustment, its version as `ETag`."""
    with caller.look() as operation:
        return repeats.response(shown(queries.show(operation, adjustment)), 200)


@router.post(f"{ONE}/approve", response_model=Adjustment)
def approve_adjustment(
    adjustment: PathHandle,
    given: Approval,
    caller: Approver,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Approve what somebody else asked for; it is posted."""
    return caller.once(
        lambda operation: shown(
            adjusting.approve(operation, adjustment, version=version, note=given.note)
        ),
        given,
        status=200,
    )


@router.post(f"{ONE}/reject", response_model=Adjustment)
def reject_adjustment(
    adjustment: PathHandle,
    given: Rejection,
    caller: Approver,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Reject what somebody else asked for."""
    return caller.once(
        lambda operation: shown(
            adjusting.reject(operation, adjustment, version=version, note=given.note)
        ),
        given,
        status=200,
    )


@router.post(f"{ONE}/withdraw", response_model=Adjustment)
def withdraw_adjustment(
    adjustment: PathHandle,
    given: Nothing,
    caller: Adjuster,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Withdraw what the caller asked for."""
    return caller.once(
        lambda operation: shown(adjusting.withdraw(operation, adjustment, version=version)),
        given,
        status=200,
    )


def shown(row: queries.Adjustment) -> Adjustment:
    """An adjustment as it is sent."""
    return Adjustment.told(row)
