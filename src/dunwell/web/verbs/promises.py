"""Promises to pay: made with a look at the schedule first, changed by the instalment, revoked. To
complete, cancel or reschedule an instalment is in `actions`.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field as Bounds

from dunwell.features.access.actor import Permission
from dunwell.features.payments import methods
from dunwell.features.policy.reasons import Category
from dunwell.features.promises import instalments, queries, service
from dunwell.features.promises.instalments import UNCHANGED, Unchanged
from dunwell.features.promises.rules import LONGEST_DAYS, MOST_INSTALMENTS, Instalment, Terms
from dunwell.web import formats, forms, words
from dunwell.web.languages import N_, _
from dunwell.web.verbs.actions import of_instalment
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


class Promising(Why):
    """What was agreed: so many instalments, or so much each; the days between them."""

    number: Annotated[int, Bounds(ge=1, le=MOST_INSTALMENTS)] | None = None
    amount: forms.Amount | None = None
    interval_days: Annotated[int, Bounds(ge=0, le=LONGEST_DAYS)] | None = None
    first_on: dt.date | None = None
    payment_method_id: Annotated[int, Bounds(ge=1)] | None = None


class Changing(Why):
    """Another amount, another way to pay, or both; what is empty stays."""

    amount: forms.Amount | None = None
    payment_method: forms.Line | None = None


class Adding(Why):
    """An instalment more."""

    due_on: dt.date
    amount: forms.Amount


def _make(asked: Asked, given: Promising) -> str:
    if given.payment_method_id is not None:
        methods.find(asked.operation, asked.number, given.payment_method_id)
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
        payment_method_id=given.payment_method_id,
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
        payment_method_id=UNCHANGED,
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
        payment_method_id=_method(asked, given.payment_method),
        **of_instalment(asked, given.reason),
    )
    return _("The instalment is changed.")


def _method(asked: Asked, chosen: str | None) -> int | Unchanged | None:
    """The number of the method that was chosen; none: the customer pays."""
    if chosen is None:
        return UNCHANGED
    if chosen == BY_CUSTOMER:
        return None
    number = int(chosen) if chosen.isdecimal() else 0
    return int(methods.find(asked.operation, asked.number, number)["id"])


def _ways(asked: Asked) -> list[tuple[str, str]]:
    """The registered payment methods, as people know them."""
    return [
        (
            str(row["id"]),
            f"{row['brand'] or words.word('pay_type', row['kind'])} …{row['last_four']}",
        )
        for row in methods.listed(asked.operation, asked.number)
    ]


def _terms(asked: Asked) -> list[Field]:
    known = _ways(asked)
    ways = [("", _("the customer pays")), *known]
    return [
        entry("number", _("Instalments"), FEW, type="number", min=1, max=MOST_INSTALMENTS),
        entry("amount", _("or each of"), inputmode="decimal", autocomplete="off"),
        entry("interval_days", _("Days between"), A_MONTH, type="number", min=0, max=LONGEST_DAYS),
        entry("first_on", _("First on"), asked.today + A_WEEK, type="date", min=asked.today),
        *([entry("payment_method_id", _("Collected from"), choices=ways)] if known else []),
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
        ways = [("", _("as it is")), (BY_CUSTOMER, _("the customer pays")), *_ways(asked)]
        fields.append(entry("payment_method", _("Collected from"), choices=ways))
    return fields


def _amount() -> Field:
    return entry("amount", _("Amount"), inputmode="decimal", required=True, autocomplete="off")


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
        fields=lambda asked: [day(asked), _amount()],
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
