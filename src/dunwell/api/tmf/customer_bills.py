"""TMF678, customer bills: a bill unit's bills with what is left of them; to read."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Response

from dunwell.api.caller import Caller, may
from dunwell.api.tmf.shapes import (
    ByAccount,
    Entity,
    Fields,
    Money,
    Part,
    Reference,
    described,
    gathered,
    href,
    one,
)
from dunwell.api.values import PathNumber
from dunwell.features.access.actor import Permission
from dunwell.features.receivables import bills, owing
from dunwell.features.receivables.bills import Bill

API = "customerBillManagement"

router = APIRouter(prefix=f"/{API}/v4", tags=["TMF678 customer bills"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


STATES = ("new", "onHold", "sent", "partiallyPaid", "settled")
"""Those of TMF678 that a bill can have here."""


class CustomerBill(Entity):
    """A bill; `state` is `new`, `sent`, `onHold` (disputed), `partiallyPaid` or `settled`."""

    bill_no: str | None = None
    bill_date: str | None = None
    payment_due_date: str | None = None
    category: str | None = None
    state: str | None = None
    amount_due: Money | None = None
    remaining_amount: Money | None = None
    tax_included_amount: Money | None = None
    billing_account: Reference | None = None


@router.get("/customerBill", **described(CustomerBill))
def list_customer_bills(caller: Viewer, part: Part, account: ByAccount) -> Response:
    """The bills of a bill unit, the one due last first."""
    with caller.look() as operation:
        found = gathered(
            lambda limit, after: bills.bills(operation, account, limit=limit, cursor=after),
            part.needed,
        )
        return part.answer([_shown(each, account, operation.date) for each in found])


@router.get("/customerBill/{id}", response_model=CustomerBill)
def show_customer_bill(id: PathNumber, caller: Viewer, fields: Fields = None) -> Response:  # noqa: A002 - TMF's name
    """One bill; a correction shows the bill that it corrects."""
    with caller.look() as operation:
        account, number = owing.of_bill(operation, id)
        (found,) = bills.bills(operation, account, bill_no=number).items
        return one(_shown(found, account, operation.date), fields)


def _shown(bill: Bill, account: str, today: dt.date) -> CustomerBill:
    total = bill.corrections[-1]["amount"] if bill.corrections else bill.amount
    amount = Money.of(total, bill.currency)
    return CustomerBill(
        id=bill.bill_no,
        href=href(API, "customerBill", bill.bill_no),
        type="CustomerBill",
        bill_no=bill.bill_no,
        bill_date=_moment(bill.issued_on),
        payment_due_date=_moment(bill.due_on),
        category="normal",
        state=_state(bill, today),
        amount_due=amount,
        remaining_amount=Money.of(bill.open_amount, bill.currency),
        tax_included_amount=amount,
        billing_account=Reference(
            id=account,
            href=href("accountManagement", "billingAccount", account),
            type="BillingAccountRef",
            referred_type="BillingAccount",
        ),
    )


def _state(bill: Bill, today: dt.date) -> str:
    if bill.issued_on > today:
        return "new"
    if bill.open_amount <= 0:
        return "settled"
    if bill.disputed(today):
        return "onHold"
    billed = sum((Decimal(each["amount"]) for each in bill.items), Decimal())
    return "partiallyPaid" if bill.open_amount < billed else "sent"


def _moment(day: dt.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
