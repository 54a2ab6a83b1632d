"""TMF676: how payments look. `status` is `done`, or `canceled` once it has come back."""

from decimal import Decimal

from pydantic import Field

from dunwell.features.receivables.payments import Payment as Found
from dunwell.features.tmf.shapes import (
    Entity,
    Money,
    Reference,
    Resource,
    href,
    moment,
)

API = "paymentManagement"


class PaymentMethod(Resource):
    """How it was paid."""

    name: str
    type: str = Field(default="PaymentMethod", alias="@type")


class PaymentItem(Resource):
    """The bill that the payment names."""

    id: str
    item: Reference


class Payment(Entity):
    """A payment."""

    correlator_id: str | None = None
    account: Reference | None = None
    amount: Money | None = None
    total_amount: Money | None = None
    payment_date: str | None = None
    payment_method: PaymentMethod | None = None
    payment_item: list[PaymentItem] | None = None
    status: str | None = None


def payment(found: Found, account: str) -> Payment:
    """A payment of a bill unit."""
    handle = str(found.handle)
    amount = Money.of(abs(Decimal(found.amount)), found.currency)
    named = (
        [
            PaymentItem(
                id="1",
                item=Reference(
                    id=found.bill_no,
                    href=href("customerBillManagement", "customerBill", found.bill_no),
                    referred_type="CustomerBill",
                ),
            )
        ]
        if found.bill_no
        else None
    )
    return Payment(
        id=handle,
        href=href(API, "payment", handle),
        type="Payment",
        correlator_id=found.payment_no,
        account=Reference(
            id=account,
            href=href("accountManagement", "billingAccount", account),
            type="AccountRef",
            referred_type="BillingAccount",
        ),
        amount=amount,
        total_amount=amount,
        payment_date=moment(found.paid_on),
        payment_method=PaymentMethod(name=found.method or "unknown"),
        payment_item=named,
        status="canceled" if found.reversed else "done",
    )
