"""Taking a payment: recorded once, whatever the browser sends twice; the next night posts it."""

import datetime as dt
import secrets
from typing import Annotated

from pydantic import Field as Bounds

from dunwell.features.access.actor import Permission
from dunwell.features.receivables import payments
from dunwell.features.receivables import queries as receivables
from dunwell.web import forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Field, Verb, entry

METHODS = {
    "cash": N_("cash"),
    "card": N_("card"),
    "check": N_("check"),
    "bank_transfer": N_("bank transfer"),
    "other": N_("other"),
}


class Taken(forms.Given):
    """What the customer paid; the key makes it one payment."""

    amount: forms.Amount
    paid_on: dt.date
    method: forms.Line
    reference: forms.Line | None = None
    key: Annotated[str, Bounds(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


def _take(asked: Asked, given: Taken) -> str:
    received = payments.Received(given.amount, given.paid_on, given.method, given.reference)
    payments.take_payment(asked.operation, asked.number, received, key=given.key)
    return _("The payment is recorded; the next night posts it.")


def _fields(asked: Asked) -> list[Field]:
    currency = receivables.bill_unit(asked.operation, asked.number)["currency"]
    return [
        entry("key", "", secrets.token_urlsafe(16), type="hidden"),
        entry(
            "amount",
            _("Amount in %(currency)s") % {"currency": currency},
            inputmode="decimal",
            required=True,
            autocomplete="off",
        ),
        entry("paid_on", _("Paid on"), asked.today, type="date", required=True, max=asked.today),
        entry("method", _("Paid by"), choices=[(each, _(said)) for each, said in METHODS.items()]),
        entry(
            "reference", _("Reference"), maxlength=200, hint=_("such as the number of the check")
        ),
    ]


PAYMENT = Verb(
    "payment",
    N_("Take a payment"),
    (Permission.TAKE_PAYMENT,),
    Taken,
    _take,
    fields=_fields,
    back_to="payments",
    key="y",
)
VERBS = (PAYMENT,)
