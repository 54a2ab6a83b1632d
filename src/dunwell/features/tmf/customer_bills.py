"""TMF678: how bills look as customer bills."""

import datetime as dt
from decimal import Decimal

from dunwell.features.receivables.bills import Bill
from dunwell.features.tmf.shapes import (
    Entity,
    Money,
    Reference,
    href,
    moment,
)

API = "customerBillManagement"


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


def customer_bill(bill: Bill, account: str, today: dt.date) -> CustomerBill:
    """A bill of a bill unit."""
    total = bill.corrections[-1]["amount"] if bill.corrections else bill.amount
    amount = Money.of(total, bill.currency)
    return CustomerBill(
        id=bill.bill_no,
        href=href(API, "customerBill", bill.bill_no),
        type="CustomerBill",
        bill_no=bill.bill_no,
        bill_date=moment(bill.issued_on),
        payment_due_date=moment(bill.due_on),
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
