"""A promise to pay from the task list: agreed in a few figures, shown as a schedule before it is
made, and taken back. Single instalments are tasks like others.
"""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.domain.errors import DunwellError
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import queries
from dunwell.features.cases.states import CaseState
from dunwell.features.payments import methods
from dunwell.features.promises import queries as promise_queries
from dunwell.features.promises import service
from dunwell.features.promises.rules import LONGEST_DAYS, MOST_INSTALMENTS, Terms
from dunwell.web import forms
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields, Form
from dunwell.web.languages import _
from dunwell.web.tasks import Handle, Look, View, in_figures, task_page
from dunwell.web.tasks_verbs import Moved, done, moves

router = APIRouter(prefix="/tasks")

Promiser = Annotated[Caller, may(Permission.PROMISE_TO_PAY)]

Days = Annotated[int | None, Field(ge=0, le=LONGEST_DAYS)]

A_MONTH = 30


class Agreed(forms.Given):
    """What was agreed: so many instalments, or so much each; the days between them."""

    number: Annotated[int | None, Field(ge=1, le=MOST_INSTALMENTS)] = None
    amount: forms.Amount | None = None
    interval_days: Days = None
    first_on: dt.date | None = None
    payment_method_id: Annotated[int | None, Field(ge=1)] = None
    reason: forms.Line

    def terms(self) -> Terms:
        """As the service takes them."""
        return Terms(
            number=self.number,
            amount=self.amount,
            interval_days=self.interval_days,
            first_on=self.first_on,
        )


class Revocation(forms.Given):
    """Why a promise is taken back."""

    reason: forms.Line


@router.get("/{action}/promise")
def ask_promise(action: Handle, caller: Promiser, view: Look) -> Response:
    """The form, with the schedule of three monthly instalments to begin with."""
    with caller.look() as operation:
        first = operation.date + dt.timedelta(days=7)
    values: dict[str, Any] = {"number": 3, "interval_days": A_MONTH, "first_on": first}
    return _form(caller, action, view, Form(values))


@router.post("/{action}/promise")
def make_promise(action: Handle, caller: Promiser, view: Look, fields: Fields) -> Response:
    """Make it; or, with `preview`, show the form again with its schedule."""
    if fields.pop("preview", None):
        return _form(caller, action, view, Form(fields))
    form = forms.read(Agreed, fields)
    if form.given is None:
        return _form(caller, action, view, form)
    try:
        with caller.change() as operation:
            _make(operation, action, form.given)
    except DunwellError as failure:
        form.refuse(failure)
        return _form(caller, action, view, form)
    return done(caller, action, view, _("The promise is made."))


@router.post("/{action}/promise/revoke")
def revoke_promise(action: Handle, caller: Promiser, view: Look, fields: Fields) -> Response:
    """Take the promise back; the other actions start again the next day."""
    form = forms.read(Revocation, fields)
    if form.given is None:
        return _form(caller, action, view, form)
    try:
        with caller.change() as operation:
            _state, case = queries.action_state(operation, action)
            service.revoke(
                operation,
                case.bill_unit_no,
                debt_class=case.debt_class,
                reason=form.given.reason,
            )
    except DunwellError as failure:
        form.refuse(failure)
        return _form(caller, action, view, form)
    return done(caller, action, view, _("The promise is revoked."))


def _make(operation: Operation, action: str, given: Agreed) -> CaseState:
    _state, case = queries.action_state(operation, action)
    if given.payment_method_id is not None:
        methods.find(operation, case.bill_unit_no, given.payment_method_id)
    service.make(
        operation,
        case.bill_unit_no,
        given.terms(),
        payment_method_id=given.payment_method_id,
        debt_class=case.debt_class,
        reason=given.reason,
    )
    return case


def _form(caller: Caller, action: str, view: View, form: Form[Any]) -> Response:
    schedule, moved, hindrance = _foresee(caller, action, form)
    return task_page(
        caller,
        action,
        view,
        template="tasks/promise.html",
        block="work",
        status=form.status,
        form=form,
        verb="promise",
        schedule=schedule,
        moved=moved,
        hindrance=hindrance,
    )


def _foresee(
    caller: Caller, action: str, form: Form[Any]
) -> tuple[list[dict[str, Any]] | None, list[Moved] | None, str | None]:
    """The instalments, what becomes of the other actions, or what forbids it."""
    given = forms.read(Agreed, {**form.values, "reason": "?"}).given
    if given is None:
        return None, None, None
    try:
        with caller.preview() as operation:
            _state, before = queries.action_state(operation, action)
            case = _make(operation, action, given)
            _state, after = queries.action_state(operation, action)
            promised = promise_queries.promises(operation, case.bill_unit_no)
    except DunwellError as failure:
        return None, None, failure.message
    others = [each for each in moves(before, after) if not each.action.is_instalment]
    return in_figures(promised[0]["instalments"]), others, None
