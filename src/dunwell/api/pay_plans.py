"""Pay plans: made, changed, cancelled or denied; each with what is paid and what it insulates."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.contacts import Contact
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
    Text,
    Whole,
)
from dunwell.api.versions import Expected
from dunwell.domain.errors import BadInput
from dunwell.domain.pages import START
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.pay_plans import queries, service
from dunwell.features.pay_plans.rules import (
    LONGEST_DAYS,
    MOST_PAYMENTS,
    ScheduledPayment,
    Terms,
)

router = APIRouter(prefix="/bill-units/{bill_unit_no}/pay-plans", tags=["pay plans"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Planner = Annotated[Caller, may(Permission.PROMISE_TO_PAY)]

Apart = Annotated[Whole | None, Field(ge=1, le=LONGEST_DAYS)]


class GivenPayment(Given):
    """An amount to be paid by a day."""

    due_on: Day
    amount: Amount


class GivenTerms(Given):
    """So much in so many payments, so many days or months apart."""

    total: Amount
    number: Annotated[Whole, Field(ge=1, le=MOST_PAYMENTS)]
    first_on: Day
    interval_days: Apart = None
    interval_months: Apart = None


class GivenSchedule(Given):
    """When how much is to be paid: by terms, or payment by payment."""

    reason: Line
    terms: GivenTerms | None = None
    payments: Annotated[
        list[GivenPayment] | None, Field(min_length=1, max_length=MOST_PAYMENTS)
    ] = None


class NewPayPlan(GivenSchedule):
    """A plan of one of the policy's types; a third party's names its payer."""

    type: Line
    payer: Line | None = None


class Why(Given):
    """Why a plan is cancelled."""

    reason: Line


class NewDenial(Given):
    """Why a plan is denied, and what else was said."""

    reason: Line
    text: Text = ""


class Payment(Shown):
    """One scheduled payment; `met_on` is the night that found it paid."""

    due_on: dt.date
    amount: Money
    met_on: dt.date | None


class PayPlan(Shown):
    """A pay plan; without debt classes it covers all. `remaining` is what it still insulates."""

    handle: HandleText
    bill_unit_no: str
    type: str
    status: str
    version: int
    made_on: dt.date
    ended_on: dt.date | None
    ended_reason: str | None
    third_party: bool
    payer: str | None
    grace_days: int
    debt_classes: list[str]
    total: Money
    paid: Money
    remaining: Money
    actor: str
    payments: list[Payment]


@router.get("")
def list_pay_plans(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[PayPlan]:
    """The pay plans of a bill unit, the newest first, those that have ended too."""
    start = key_of(after, dt.date, int, first=START)
    with caller.look() as operation:
        found = queries.pay_plans(operation, bill_unit_no, after=start, limit=limit + 1)
    shown, following = page(found, limit, lambda plan: (plan.made_on, plan.handle.id))
    return Page(items=[_shown(plan) for plan in shown], next=following)


@router.post("", status_code=201, response_model=PayPlan)
def make_pay_plan(
    bill_unit_no: PathNumber, given: NewPayPlan, caller: Planner, _key: IdempotencyKey = None
) -> Response:
    """Make a pay plan; it insulates its payments' worth of debt from the next night on."""

    def verb(operation: Operation) -> PayPlan:
        made = service.make(
            operation,
            bill_unit_no,
            given.type,
            _payments(given),
            payer=given.payer,
            reason=given.reason,
        )
        return _plan(operation, bill_unit_no, str(made))

    return caller.once(verb, given)


@router.post("/denials", status_code=201, response_model=Contact)
def deny_pay_plan(
    bill_unit_no: PathNumber, given: NewDenial, caller: Planner, _key: IdempotencyKey = None
) -> Response:
    """Deny a pay plan; the denial is a customer contact and is counted."""
    return caller.once(
        lambda operation: Contact.model_validate(
            service.deny(operation, bill_unit_no, reason=given.reason, text=given.text)
        ),
        given,
    )


@router.get("/{plan}", response_model=PayPlan)
def show_pay_plan(bill_unit_no: PathNumber, plan: PathHandle, caller: Viewer) -> Response:
    """One pay plan, its version as `ETag`."""
    with caller.look() as operation:
        return repeats.response(_plan(operation, bill_unit_no, plan), 200)


@router.post("/{plan}/change", response_model=PayPlan)
def change_pay_plan(
    bill_unit_no: PathNumber,
    plan: PathHandle,
    given: GivenSchedule,
    caller: Planner,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Put other payments in the place of those that aren't met yet."""

    def verb(operation: Operation) -> PayPlan:
        service.change(
            operation, bill_unit_no, plan, _payments(given), version=version, reason=given.reason
        )
        return _plan(operation, bill_unit_no, plan)

    return caller.once(verb, given, status=200)


@router.post("/{plan}/cancel", response_model=PayPlan)
def cancel_pay_plan(
    bill_unit_no: PathNumber,
    plan: PathHandle,
    given: Why,
    caller: Planner,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Cancel an active pay plan."""

    def verb(operation: Operation) -> PayPlan:
        service.cancel(operation, bill_unit_no, plan, reason=given.reason, version=version)
        return _plan(operation, bill_unit_no, plan)

    return caller.once(verb, given, status=200)


def _payments(given: GivenSchedule) -> Terms | list[ScheduledPayment]:
    if (given.terms is None) == (given.payments is None):
        raise BadInput("Give either the terms or the payments of the pay plan.")
    if given.terms is not None:
        return Terms(**dict(given.terms))
    return [ScheduledPayment(each.due_on, each.amount) for each in given.payments or ()]


def _plan(operation: Operation, bill_unit_no: str, handle: str) -> PayPlan:
    return _shown(queries.pay_plan(operation, bill_unit_no, handle))


def _shown(plan: queries.PayPlan) -> PayPlan:
    payments = [Payment.told(each, plan.currency) for each in plan.payments]
    return PayPlan.told(plan, payments=payments)
