"""The payments of a bill unit as they were received, with what of each was applied."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter

from dunwell.api.caller import Caller, may
from dunwell.api.pages import After, Limit, Page
from dunwell.api.values import HandleText, Money, PathNumber, Shown
from dunwell.features.access.actor import Permission
from dunwell.features.receivables import payments

router = APIRouter(prefix="/bill-units/{bill_unit_no}/payments", tags=["payments"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


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


@router.get("")
def list_payments(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[ReceivedPayment]:
    """The payments of a bill unit, the newest first."""
    with caller.look() as operation:
        found = payments.payments(operation, bill_unit_no, limit=limit, cursor=after)
    return Page(items=[_shown(row) for row in found.items], next=found.next_cursor)


def _shown(row: payments.Payment) -> ReceivedPayment:
    fields = {name: getattr(row, name) for name in ReceivedPayment.model_fields}
    amount = Money(amount=row.amount, currency=row.currency)
    unapplied = Money(amount=row.unapplied, currency=row.currency)
    return ReceivedPayment.model_validate({**fields, "amount": amount, "unapplied": unapplied})
