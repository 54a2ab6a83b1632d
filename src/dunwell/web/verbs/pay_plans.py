"""Pay plans: made by terms, changed, denied, cancelled."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

from pydantic import Field as Bounds

from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Permission
from dunwell.features.pay_plans import queries, service
from dunwell.features.pay_plans.rules import LONGEST_DAYS, MOST_PAYMENTS, Terms
from dunwell.features.policy import queries as policies
from dunwell.features.policy.reasons import Category
from dunwell.web import formats, forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Field, Of, Verb, entry

MAY = (Permission.PROMISE_TO_PAY,)
A_FEW = 3


class Why(forms.Given):
    """Why something is done to a pay plan."""

    reason: forms.Line


class Paying(Why):
    """So much in so many payments; a month apart unless days are given."""

    total: forms.Amount
    number: Annotated[int, Bounds(ge=1, le=MOST_PAYMENTS)]
    first_on: dt.date
    interval_days: Annotated[int, Bounds(ge=1, le=LONGEST_DAYS)] | None = None

    @property
    def terms(self) -> Terms:
        """As the service takes them."""
        return Terms(
            total=self.total,
            number=self.number,
            first_on=self.first_on,
            interval_days=self.interval_days,
            interval_months=None if self.interval_days else 1,
        )


class Planning(Paying):
    """Of which type, and who pays if it isn't the customer."""

    type: forms.Line
    payer: forms.Line | None = None


def _make(asked: Asked, given: Planning) -> str:
    service.make(
        asked.operation,
        asked.number,
        given.type,
        given.terms,
        payer=given.payer,
        reason=given.reason,
    )
    return _("The pay plan is made; what it covers isn't chased while it is kept.")


def _change(asked: Asked, given: Paying) -> str:
    service.change(
        asked.operation,
        asked.number,
        asked.member or "",
        given.terms,
        reason=given.reason,
        version=asked.version,
    )
    return _("The pay plan is changed; what was met stays.")


def _deny(asked: Asked, given: Why) -> str:
    service.deny(asked.operation, asked.number, reason=given.reason)
    return _("The denial is recorded.")


def _cancel(asked: Asked, given: Why) -> str:
    service.cancel(
        asked.operation,
        asked.number,
        asked.member or "",
        reason=given.reason,
        version=asked.version,
    )
    return _("The pay plan is cancelled; its debt is chased again.")


def _owed(asked: Asked) -> str:
    """What is overdue, as people here write it."""
    total = sum((case.overdue_amount for case in asked.cases), Decimal(0))
    return "".join(formats.amount(total, asked.cases[0].currency)) if total else ""


def _fields(asked: Asked) -> list[Field]:
    types = policies.objects(
        asked.operation.connection, "pay_plan_type", asked.operation.actor.sees
    )
    return [
        entry("type", _("Type"), choices=[(each.name, each.name) for each in types], required=True),
        *_payments(asked, _owed(asked)),
        entry("payer", _("Somebody else who pays")),
    ]


def _remaining(asked: Asked) -> list[Field]:
    """What the plan still spares, to be paid otherwise."""
    plan = _plan(asked)
    left = [
        each.due_on for each in plan.payments if each.met_on is None and each.due_on >= asked.today
    ]
    total = "".join(formats.amount(plan.remaining, plan.currency))
    return _payments(asked, total, len(left) or A_FEW, min(left, default=None))


def _plan(asked: Asked) -> queries.PayPlan:
    for plan in queries.pay_plans(asked.operation, asked.number):
        if str(plan.handle) == asked.member:
            return plan
    raise NotFound(_("There is no such pay plan."))


def _payments(
    asked: Asked, total: str, number: int = A_FEW, first_on: dt.date | None = None
) -> list[Field]:
    return [
        entry("total", _("In all"), total, inputmode="decimal", required=True),
        entry("number", _("Payments"), number, inputmode="numeric", required=True),
        entry(
            "first_on",
            _("The first is due on"),
            first_on or asked.today,
            type="date",
            min=asked.today,
            required=True,
        ),
        entry(
            "interval_days",
            _("Days between them"),
            inputmode="numeric",
            hint=_("empty: a month"),
        ),
    ]


VERBS = (
    Verb(
        "pay_plan",
        N_("Make a pay plan"),
        MAY,
        Planning,
        _make,
        fields=_fields,
        explains=lambda _asked: _(
            "What is to be paid on a plan isn't chased while it is kept; a payment missed beyond"
            " its grace breaks it."
        ),
        category=Category.PAY_PLAN,
        back_to="pay-plans",
    ),
)
DENIAL = (
    Verb(
        "deny_pay_plan",
        N_("Deny a pay plan"),
        MAY,
        Why,
        _deny,
        explains=lambda _asked: _("A customer contact records it, and alerts count it."),
        category=Category.PAY_PLAN,
        back_to="contacts",
    ),
)
OF_PAY_PLAN = (
    Verb(
        "change_pay_plan",
        N_("Change the plan"),
        MAY,
        Paying,
        _change,
        of=Of.ROW,
        version=lambda asked: _plan(asked).version,
        fields=_remaining,
        explains=lambda _asked: _("These take the place of the payments that aren't met yet."),
        category=Category.PAY_PLAN,
        back_to="pay-plans",
    ),
    Verb(
        "cancel_pay_plan",
        N_("Cancel the plan"),
        MAY,
        Why,
        _cancel,
        of=Of.ROW,
        version=lambda asked: _plan(asked).version,
        category=Category.PAY_PLAN,
        back_to="pay-plans",
        grave=True,
    ),
)
