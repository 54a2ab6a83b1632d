"""The payments of a bill unit as they were received, with what of each was applied; and one that
somebody takes by hand, with its receipt.
"""

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import (
    Amount,
    Day,
    Given,
    HandleText,
    Line,
    Money,
    PathHandle,
    PathNumber,
    Shown,
)
from dunwell.domain.pages import START
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.care import receipts
from dunwell.features.receivables import payments

router = APIRouter(prefix="/bill-units/{bill_unit_no}/payments", tags=["payments"])
receipts_router = APIRouter(prefix="/bill-units/{bill_unit_no}/receipts", tags=["payments"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Cashier = Annotated[Caller, may(Permission.TAKE_PAYMENT)]


class ReceivedPayment(Shown):
    """One payment; a bounced one is followed by its reversal, a negative amount."""

    handle: HandleText
    payment_no: str | None
    paid_on: dt.date
    amount: Money
    unapplied: Money
    method: str | None
    bill_no: str | None
    reverses: str | None
    reversed: bool


class NewPayment(Given):
    """What somebody has paid: how, and on which day (none: today)."""

    amount: Amount
    method: Annotated[
        Line, Field(description="`cash`, `check` and so on.", max_length=payments.LONGEST_METHOD)
    ]
    paid_on: Day | None = None
    bill_no: Line | None = None
    reference: Line | None = None
    payer: Annotated[Line | None, Field(description="Who paid, if not the customer.")] = None


class Receipt(Shown):
    """A receipt that was given out for a payment."""

    handle: HandleText
    receipt_no: str
    bill_unit_no: str
    payment_no: str
    bill_no: str | None
    issued_on: dt.date
    paid_on: dt.date
    amount: Money
    method: str
    reference: str | None
    payer: str | None
    cashier: str


@router.get("")
def list_payments(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[ReceivedPayment]:
    """The payments of a bill unit, the newest first."""
    with caller.look() as operation:
        found = payments.payments(operation, bill_unit_no, limit=limit, cursor=after)
    return Page(items=[_shown(row) for row in found.items], next=found.next_cursor)


@router.post("", status_code=201, response_model=Receipt)
def take_payment(
    bill_unit_no: PathNumber, given: NewPayment, caller: Cashier, key: IdempotencyKey = None
) -> Response:
    """Record a payment that was taken by hand; the next night posts it. The answer is its receipt.
    With the same idempotency key it is one payment, also after the day for which keys are kept.
    """
    number = uuid.uuid4() if key is None else uuid.uuid5(_OF_KEYS, f"{caller.actor.name} {key}")

    def verb(operation: Operation) -> Receipt:
        received = payments.Received(
            given.amount,
            given.paid_on or operation.date,
            given.method,
            given.reference,
            given.bill_no,
        )
        made = receipts.take(operation, bill_unit_no, received, key=number.hex, payer=given.payer)
        return receipt_shown(made)

    return caller.once(verb, given)


_OF_KEYS = uuid.UUID("6f6f2a52-5f0e-4c1e-9d6e-0a9b7d7a3c11")
"""So that two callers' keys, even the same, are two payments."""


@receipts_router.get("")
def list_receipts(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[Receipt]:
    """The receipts that were given out, the newest first."""
    start = key_of(after, dt.date, int, first=START)
    with caller.look() as operation:
        found = receipts.receipts(operation, bill_unit_no, after=start, limit=limit + 1)
    shown, following = page(found, limit, lambda row: (row.issued_on, row.handle.id))
    return Page(items=[receipt_shown(row) for row in shown], next=following)


@receipts_router.get(
    "/{receipt}/document",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
def show_receipt(bill_unit_no: PathNumber, receipt: PathHandle, caller: Viewer) -> Response:
    """A receipt to be printed."""
    with caller.look() as operation:
        document = receipts.document(operation, bill_unit_no, receipt)
    return Response(document.content, media_type=document.media_type)


def receipt_shown(row: receipts.Receipt) -> Receipt:
    """A receipt as it is sent."""
    return Receipt.told(row)


def _shown(row: payments.Payment) -> ReceivedPayment:
    return ReceivedPayment.told(row)
