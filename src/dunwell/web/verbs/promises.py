"""Promises to pay: made with a look at the schedule first, changed by the instalment, revoked. To
complete, cancel or reschedule an instalment is in `actions`.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field as Bounds

from dunwell.features.access.actor import Permission
from dunwell.features.policy.reasons import Category
from dunwell.features.promises import instalments, queries, service
from dunwell.features.promises.instalments import UNCHANGED, Unchanged
from dunwell.features.promises.rules import LONGEST_DAYS, MOST_INSTALMENTS, Instalment, Terms
from dunwell.web import formats, forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs import payment_methods
from dunwell.web.verbs.actions import of_instalment
from dunwell.web.verbs.payment_methods import Paying
from dunwell.web.verbs.verb import Asked, Field, Of, Verb, day, entry

MAY = (Permission.PROMISE_TO_PAY,)
A_WEEK = dt.timedelta(days=7)
A_MONTH = 30
FEW = 3
"""Instalments to begin with."""
BY_CUSTOMER = "customer"
"""Instead of a payment method: the customer pays by themselves."""


class Why(forms.Given):
    """Why something is done to a promise."""

    reason: forms.Line


class Promising(Why, Paying):
    """What was agreed: so many instalments, or so much each; the days between them."""

    number: Annotated[int, Bounds(ge=1, le=MOST_INSTALMENTS)] | None = None
    amount: forms.Amount | None = None
    interval_days: Annotated[int, Bounds(ge=0, le=LONGEST_DAYS)] | None = None
    first_on: dt.date | None = None


class Changing(Why, Paying):
    """Another amount, another way to pay, or both; what is empty stays."""

    amount: forms.Amount | None = None


class Adding(Why, Paying):
    """An instalment more; without a payment method it is collected like the others."""

    due_on: dt.date
    amount: forms.Amount


def _make(asked: Asked, given: Promising) -> str:
    service.make(
        asked.operation,
        asked.number,
        Terms(
            # the number is filled in beforehand; an amount means that it doesn't count
            number=None if given.amount is not None else given.number,
            amount=given.amount,
            interval_days=given.interval_days,
            first_on=given.first_on,
        ),
        payment_method_id=payment_methods.chosen(asked, given),
        debt_class=asked.case.debt_class,
        reason=given.reason,
    )
    return _("Promised until %(date)s; the other actions wait until then.") % {
        "date": formats.date(_active(asked)["until"])
    }


def _schedule(asked: Asked) -> Mapping[str, Any]:
    return {"schedule": _active(asked)}


def _active(asked: Asked) -> dict[str, Any]:
    """The promise that is kept for the case, with amounts as numbers."""
    found = queries.promises(asked.operation, asked.number)
    promise = next(
        each
        for each in found
        if each["status"] == "active" and each["case_id"] == asked.case.handle.id
    )
    return in_figures(promise)


def in_figures(promise: Mapping[str, Any]) -> dict[str, Any]:
    """A promise with amounts that can be written as people here write them."""
    return {
        **promise,
        "total": Decimal(promise["total"]),
        "instalments": [
            {**each, "amount": Decimal(each["amount"])} for each in promise["instalments"]
        ],
    }


def _revoke(asked: Asked, given: Why) -> str:
    service.revoke(
        asked.operation, asked.number, debt_class=asked.case.debt_class, reason=given.reason
    )
    return _("The promise is revoked; its actions start again tomorrow.")


def _add(asked: Asked, given: Adding) -> str:
    instalments.add(
        asked.operation,
        asked.number,
        Instalment(given.due_on, given.amount),
        payment_method_id=_method(asked, given),
        debt_class=asked.case.debt_class,
        reason=given.reason,
    )
    return _("The promise has an instalment more.")


def _change(asked: Asked, given: Changing) -> str:
    instalments.change(
        asked.operation,
        asked.number,
        asked.action.step,
        amount=UNCHANGED if given.amount is None else given.amount,
        payment_method_id=_method(asked, given),
        **of_instalment(asked, given.reason),
    )
    return _("The instalment is changed.")


def _method(asked: Asked, given: Paying) -> int | Unchanged | None:
    """The number of the method that was chosen; none: the customer pays."""
    if given.payment_method is None:
        return UNCHANGED
    if given.payment_method == BY_CUSTOMER:
        return None
    return payment_methods.chosen(asked, given)


def _collected_from(asked: Asked, *others: tuple[str, str]) -> list[Field]:
    return payment_methods.fields(asked, _("Collected from"), *others)


def _terms(asked: Asked) -> list[Field]:
    return [
        entry("number", _("Instalments"), FEW, type="number", min=1, max=MOST_INSTALMENTS),
        entry("amount", _("or each of"), inputmode="decimal", autocomplete="off"),
        entry("interval_days", _("Days between"), A_MONTH, type="number", min=0, max=LONGEST_DAYS),
        entry("first_on", _("First on"), asked.today + A_WEEK, type="date", min=asked.today),
        *_collected_from(asked, ("", _("the customer pays"))),
    ]


def _changes(asked: Asked) -> list[Field]:
    """The way to pay is for those who may change it."""
    fields = [
        entry(
            "amount",
            _("Another amount"),
            inputmode="decimal",
            autocomplete="off",
            hint=_("empty: as it is"),
        )
    ]
    if Permission.UPDATE_PAYMENT in asked.operation.actor.permissions:
        as_it_is, by_customer = ("", _("as it is")), (BY_CUSTOMER, _("the customer pays"))
        fields += _collected_from(asked, as_it_is, by_customer)
    return fields


def _one_more(asked: Asked) -> list[Field]:
    amount = entry("amount", _("Amount"), inputmode="decimal", required=True, autocomplete="off")
    like_others, by_customer = ("", _("like the others")), (BY_CUSTOMER, _("the customer pays"))
    return [day(asked), amount, *_collected_from(asked, like_others, by_customer)]


PROMISE = Verb(
    "promise",
    N_("Promise to pay"),
    MAY,
    Promising,
    _make,
    of=Of.CASE,
    fields=_terms,
    explains=lambda _asked: _(
        "The whole overdue balance is promised; the case's other actions wait until the last"
        " instalment is due."
    ),
    category=Category.PROMISE,
    reason=N_("agreed with the customer"),
    why=N_("What was agreed"),
    foreseen=True,
    outcome=_schedule,
    back_to="promises",
    key="p",
)
REVOKE = Verb(
    "revoke",
    N_("Revoke the promise"),
    MAY,
    Why,
    _revoke,
    of=Of.CASE,
    category=Category.PROMISE,
    why=N_("Why it is revoked"),
    foreseen=True,
    back_to="promises",
    grave=True,
)
VERBS = (
    PROMISE,
    REVOKE,
    Verb(
        "add_instalment",
        N_("Add an instalment"),
        MAY,
        Adding,
        _add,
        of=Of.CASE,
        fields=_one_more,
        category=Category.PROMISE,
        foreseen=True,
        outcome=_schedule,
        back_to="promises",
    ),
)
CHANGE = Verb(
    "change_instalment",
    N_("Change"),
    MAY,
    Changing,
    _change,
    of=Of.ACTION,
    fields=_changes,
    category=Category.PAYMENT_DETAILS,
    back_to="promises",
)
OF_INSTALMENT = (CHANGE,)
