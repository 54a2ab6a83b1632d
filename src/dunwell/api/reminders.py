"""Invoice reminders: the billing system claims those of the invoices that it prints, and confirms
each with the invoice's number.
"""

import datetime as dt
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Given, Line, PathId, PathNumber, Shown, Whole
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.letters import reminders

router = APIRouter(tags=["invoice reminders"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Deliverer = Annotated[Caller, may(Permission.DELIVER)]


class Reminder(Shown):
    """Words for a bill unit's next invoice."""

    id: int
    account_no: str
    bill_unit_no: str
    made_on: dt.date
    template: str
    content: str | None
    status: str
    claimed_at: dt.datetime | None
    invoice_no: str | None
    message: str | None


class Reminders(Shown):
    """Those that were claimed."""

    items: list[Reminder]


class Claim(Given):
    """Which reminders: those of one bill unit, or as many as there is room for."""

    bill_unit_no: Line | None = None
    most: Annotated[Whole, Field(ge=1, le=10_000)] = 1_000


class Confirmation(Given):
    """The invoice on which a reminder was printed."""

    invoice_no: Line


@router.get("/invoice-reminders")
def list_reminders(
    caller: Viewer,
    limit: Limit = 100,
    after: After = None,
    bill_unit_no: Annotated[Line | None, Query()] = None,
    everything: Annotated[
        bool, Query(description="Also those that are confirmed, withdrawn or in error.")
    ] = False,
) -> Page[Reminder]:
    """Reminders that wait for an invoice or are claimed for one."""
    account, number = key_of(after, int, int, first=[0, 0])
    with caller.look() as operation:
        found = reminders.listed(
            operation,
            bill_unit_no,
            everything=everything,
            after=(account, number),
            most=limit + 1,
        )
    shown, following = page(found, limit, lambda row: [row["account_id"], row["id"]])
    return Page(items=[Reminder.model_validate(row) for row in shown], next=following)


@router.post("/invoice-reminders/claim", response_model=Reminders)
def claim_reminders(given: Claim, caller: Deliverer, _key: IdempotencyKey = None) -> Response:
    """Take reminders for the invoices that are printed now; nobody else gets them."""

    def verb(operation: Operation) -> Reminders:
        rows = reminders.claim(operation, given.bill_unit_no, most=given.most)
        return Reminders(items=[Reminder.model_validate(row) for row in rows])

    return caller.once(verb, given, status=200)


@router.post(
    "/bill-units/{bill_unit_no}/invoice-reminders/{reminder_id}/confirm", response_model=Reminder
)
def confirm_reminder(
    bill_unit_no: PathNumber,
    reminder_id: PathId,
    given: Confirmation,
    caller: Deliverer,
    _key: IdempotencyKey = None,
) -> Response:
    """Say on which invoice a reminder was printed; saying it again changes nothing."""
    return _change(
        caller,
        bill_unit_no,
        reminder_id,
        lambda operation: reminders.confirm(operation, bill_unit_no, reminder_id, given.invoice_no),
        given,
    )


@router.post(
    "/bill-units/{bill_unit_no}/invoice-reminders/{reminder_id}/release", response_model=Reminder
)
def release_reminder(
    bill_unit_no: PathNumber, reminder_id: PathId, caller: Deliverer, _key: IdempotencyKey = None
) -> Response:
    """Give back a claimed reminder whose invoice didn't come about."""
    return _change(
        caller,
        bill_unit_no,
        reminder_id,
        lambda operation: reminders.release(operation, bill_unit_no, reminder_id),
    )


def _change(
    caller: Caller,
    bill_unit_no: str,
    reminder_id: int,
    change: Callable[[Operation], None],
    given: Given | None = None,
) -> Response:
    def verb(operation: Operation) -> Reminder:
        change(operation)
        found = reminders.listed(operation, bill_unit_no, everything=True)
        return Reminder.model_validate(next(row for row in found if row["id"] == reminder_id))

    return caller.once(verb, given, status=200)
