"""Promises to pay: made with a look at the schedule first, changed by the instalment, revoked."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field as Bounds

from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Permission
from dunwell.features.payments import methods
from dunwell.features.promises import queries, service
from dunwell.features.promises.rules import LONGEST_DAYS, MOST_INSTALMENTS, Instalment, Terms
from dunwell.features.promises.service import UNCHANGED
from dunwell.web import formats, forms
from dunwell.web.bill_units.verbs import Asked, Field, Verb, entry
from dunwell.web.languages import N_, _

MAY = Permission.PROMISE_TO_PAY


class Why(forms.Given):
    """A promise takes a reason, without reason codes."""

    reason: forms.Line


class Promising(Why):
    """A number of instalments or the amount of each, and the days between them."""

    number: Annotated[int, Bounds(ge=1, le=MOST_INSTALMENTS)] | None = None
    amount: forms.Amount | None = None
    interval_days: Annotated[int, Bounds(ge=0, le=LONGEST_DAYS)] | None = None
    first_on: dt.date | None = None
    payment_method_id: int | None = None


class Rescheduling(Why):
    """Another day."""

    due_on: dt.date


class Changing(Why):
    """Another amount."""

    amount: forms.Amount


class Adding(Why):
    """An instalment more."""

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
        payment_method_id=given.payment_method_id,
        reason=given.reason,
    )
    promise = _active(asked)
    return _("Promised until %(date)s; the other actions wait until then.") % {
        "date": formats.date(promise["until"])
    }


def _preview(asked: Asked, given: Promising) -> Mapping[str, Any]:
    _make(asked, given)
    return {"schedule": _active(asked)}


def _active(asked: Asked) -> Mapping[str, Any]:
    found = queries.promises(asked.operation, asked.number)
    return next(each for each in found if each["status"] == "active")


def _revoke(asked: Asked, given: Why) -> str:
    service.revoke(asked.operation, asked.number, reason=given.reason)
    return _("The promise is revoked; its actions start again tomorrow.")


def _add(asked: Asked, given: Adding) -> str:
    service.add_instalment(
        asked.operation,
        asked.number,
        Instalment(given.due_on, given.amount),
        payment_method_id=UNCHANGED,
        reason=given.reason,
    )
    return _("The promise has an instalment more.")


def _reschedule(asked: Asked, given: Rescheduling) -> str:
    service.reschedule(
        asked.operation, asked.number, {_step(asked): given.due_on}, reason=given.reason
    )
    return _("The instalment is due on %(date)s.") % {"date": formats.date(given.due_on)}


def _change(asked: Asked, given: Changing) -> str:
    service.change_instalment(
        asked.operation, asked.number, _step(asked), amount=given.amount, reason=given.reason
    )
    return _("The instalment has another amount.")


def _complete(asked: Asked, given: Why) -> str:
    service.complete_instalment(asked.operation, asked.number, _step(asked), reason=given.reason)
    return _("The instalment counts as paid.")


def _cancel(asked: Asked, given: Why) -> str:
    service.cancel_instalment(asked.operation, asked.number, _step(asked), reason=given.reason)
    return _("The instalment is cancelled.")


def _step(asked: Asked) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", asked.of):
        raise NotFound(_("There is no such instalment."))
    return int(asked.of)


def _terms(asked: Asked) -> list[Field]:
    known = methods.listed(asked.operation, asked.number)
    ways = [("", _("the customer pays"))] + [
        (row["id"], " ".join(filter(None, (row["kind"], row["brand"], row["last_four"]))))
        for row in known
    ]
    return [
        entry("number", _("Number of instalments"), inputmode="numeric", value=1),
        entry("amount", _("or the amount of each"), inputmode="decimal"),
        entry("interval_days", _("Days between them"), inputmode="numeric", value=30),
        entry("first_on", _("The first is due on"), type="date", value=asked.today),
        entry("payment_method_id", _("Collected from"), choices=ways),
    ]


def _day(asked: Asked) -> Field:
    return entry("due_on", _("Due on"), type="date", min=asked.today, required=True)


def _amount() -> Field:
    return entry("amount", _("Amount"), inputmode="decimal", required=True)


VERBS = (
    Verb(
        "promise",
        N_("Promise to pay"),
        MAY,
        Promising,
        _make,
        fields=_terms,
        explains=lambda _asked: _(
            "The whole overdue balance is promised; the case's other actions wait until the last"
            " instalment is due."
        ),
        about="promises/schedule.html",
        look=lambda _asked: {"schedule": None},
        preview=_preview,
        back_to="promises",
        key="p",
    ),
    Verb("revoke", N_("Revoke the promise"), MAY, Why, _revoke, back_to="promises", grave=True),
    Verb(
        "add_instalment",
        N_("Add an instalment"),
        MAY,
        Adding,
        _add,
        fields=lambda asked: [_day(asked), _amount()],
        back_to="promises",
    ),
)
OF_INSTALMENT = (
    Verb(
        "move_instalment",
        N_("Another day"),
        MAY,
        Rescheduling,
        _reschedule,
        fields=lambda asked: [_day(asked)],
        back_to="promises",
    ),
    Verb(
        "change_instalment",
        N_("Another amount"),
        MAY,
        Changing,
        _change,
        fields=lambda _asked: [_amount()],
        back_to="promises",
    ),
    Verb("complete_instalment", N_("Take as paid"), MAY, Why, _complete, back_to="promises"),
    Verb("cancel_instalment", N_("Cancel"), MAY, Why, _cancel, back_to="promises", grave=True),
)
