"""Taking a payment from the task list: recorded once, whatever the browser sends twice, and posted
by the next night.
"""

import datetime as dt
import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.domain.errors import DunwellError
from dunwell.features.access.actor import Permission
from dunwell.features.cases import queries
from dunwell.features.receivables import payments
from dunwell.web import forms
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields, Form
from dunwell.web.languages import N_, _
from dunwell.web.tasks import Handle, Look, View, task_page
from dunwell.web.tasks_verbs import done

router = APIRouter(prefix="/tasks")

Cashier = Annotated[Caller, may(Permission.TAKE_PAYMENT)]

METHODS = {
    "cash": N_("cash"),
    "card": N_("card"),
    "check": N_("check"),
    "bank_transfer": N_("bank transfer"),
    "other": N_("other"),
}


class Taken(forms.Given):
    """What the customer paid."""

    amount: forms.Amount
    paid_on: dt.date
    method: forms.Line
    reference: forms.Line | None = None
    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


@router.get("/{action}/payment")
def ask_payment(action: Handle, caller: Cashier, view: Look) -> Response:
    """The form; its key makes it one payment."""
    with caller.look() as operation:
        values: dict[str, Any] = {"paid_on": operation.date}
    return _form(caller, action, view, Form(values))


@router.post("/{action}/payment")
def take_payment(action: Handle, caller: Cashier, view: Look, fields: Fields) -> Response:
    """Record it."""
    form = forms.read(Taken, fields)
    if form.given is None:
        return _form(caller, action, view, form)
    given = form.given
    received = payments.Received(given.amount, given.paid_on, given.method, given.reference)
    try:
        with caller.change() as operation:
            _state, case = queries.action_state(operation, action)
            payments.take_payment(operation, case.bill_unit_no, received, key=given.key)
    except DunwellError as failure:
        form.refuse(failure)
        return _form(caller, action, view, form)
    return done(caller, action, view, _("The payment is recorded; the next night posts it."))


def _form(caller: Caller, action: str, view: View, form: Form[Any]) -> Response:
    form.values.setdefault("key", secrets.token_urlsafe(16))
    return task_page(
        caller,
        action,
        view,
        template="tasks/payment.html",
        block="work",
        status=form.status,
        form=form,
        verb="payment",
        ways=[(value, _(title)) for value, title in METHODS.items()],
    )
