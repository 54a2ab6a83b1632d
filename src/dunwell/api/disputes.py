"""Disputes: raised on a bill, and resolved."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Response

from dunwell.api import versions
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
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
from dunwell.api.versions import Seen
from dunwell.domain.pages import START
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.care import disputing, queries

router = APIRouter(prefix="/bill-units/{bill_unit_no}/disputes", tags=["disputes"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Disputer = Annotated[Caller, may(Permission.DISPUTE)]


class NewDispute(Given):
    """Which bill is contested, how much of it (none: all), and why."""

    bill_no: Line
    reason: Line
    amount: Amount | None = None
    note: Text | None = None


class Resolution(Given):
    """How much is granted, and why."""

    reason: Line
    granted: Amount = Decimal(0)
    note: Text | None = None


class Dispute(Shown):
    """A contested part of a bill; `resolved_on` is the first day on which it was over. `granting`
    waits for somebody's approval.
    """

    handle: HandleText
    bill_unit_no: str
    bill_no: str
    amount: Money
    disputed_on: dt.date
    resolved_on: dt.date | None
    reason: str | None
    note: str | None
    raised_by: str | None
    resolved_by: str | None
    outcome: str | None
    granting: Money | None


@router.get("")
def list_disputes(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[Dispute]:
    """The disputes of a bill unit, the newest first; those that files stated, too."""
    start = key_of(after, dt.date, int, first=START)
    with caller.look() as operation:
        found = queries.disputes(operation, bill_unit_no, after=start, limit=limit + 1)
    rows, following = page(found, limit, lambda row: (row.disputed_on, row.handle.id))
    return Page(items=[shown(row) for row in rows], next=following)


@router.post("", status_code=201, response_model=Dispute)
def raise_dispute(
    bill_unit_no: PathNumber, given: NewDispute, caller: Disputer, _key: IdempotencyKey = None
) -> Response:
    """Put part of a bill under dispute; it isn't collected until that is over."""
    return caller.once(
        lambda operation: shown(
            disputing.raise_dispute(
                operation,
                bill_unit_no,
                given.bill_no,
                reason=given.reason,
                amount=given.amount,
                note=given.note,
            )
        ),
        given,
    )


@router.get("/{dispute}")
def show_dispute(
    bill_unit_no: PathNumber, dispute: PathHandle, caller: Viewer, response: Response
) -> Dispute:
    """One dispute."""
    with caller.look() as operation:
        found = shown(queries.dispute_of(operation, bill_unit_no, dispute))
    versions.show(response, found)
    return found


@router.post("/{dispute}/resolve", response_model=Dispute)
def resolve_dispute(
    bill_unit_no: PathNumber,
    dispute: PathHandle,
    given: Resolution,
    caller: Disputer,
    seen: Seen,
    _key: IdempotencyKey = None,
) -> Response:
    """End a dispute. What is granted is credited, above the caller's limit once a second person
    has approved; until then the dispute goes on.
    """

    def verb(operation: Operation) -> Dispute:
        seen.check(operation, lambda: shown(queries.dispute_of(operation, bill_unit_no, dispute)))
        return shown(
            disputing.resolve_dispute(
                operation,
                bill_unit_no,
                dispute,
                granted=given.granted,
                reason=given.reason,
                note=given.note,
            )
        )

    return caller.once(verb, given, status=200)


def shown(row: queries.Dispute) -> Dispute:
    """A dispute as it is sent."""
    return Dispute.told(row)
