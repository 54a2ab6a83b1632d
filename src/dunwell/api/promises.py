"""Promises to pay: made, changed instalment by instalment, and revoked.

At most one promise of a bill unit and debt class is active; its verbs stand under
`promises/active`. An instalment has a version of its own: `If-Match` is compared with that.
"""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.values import (
    LARGEST,
    Amount,
    Flag,
    Given,
    Line,
    Money,
    PathId,
    PathNumber,
    Shown,
    Whole,
)
from dunwell.api.versions import Expected
from dunwell.domain.errors import BadInput, NotFound
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.payments import methods
from dunwell.features.promises import queries, service
from dunwell.features.promises.rules import LONGEST_DAYS, MOST_INSTALMENTS, Instalment, Terms
from dunwell.features.promises.service import UNCHANGED

router = APIRouter(prefix="/bill-units/{bill_unit_no}/promises", tags=["promises to pay"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Promiser = Annotated[Caller, may(Permission.PROMISE_TO_PAY)]

DebtClass = Annotated[
    Line | None, Query(description="Needed if the bill unit is in collections for several.")
]
MethodId = Annotated[
    Whole | None, Field(ge=1, le=LARGEST, description="Null: the customer pays by themselves.")
]
Days = Annotated[Whole | None, Field(ge=0, le=LONGEST_DAYS)]


class GivenInstalment(Given):
    """An amount promised for a day."""

    due_on: dt.date
    amount: Amount


class GivenTerms(Given):
    """A number of instalments or the amount of each; days between them, or from first to last."""

    number: Annotated[Whole | None, Field(ge=1, le=MOST_INSTALMENTS)] = None
    amount: Amount | None = None
    interval_days: Days = None
    total_days: Days = None
    first_on: Annotated[dt.date | None, Field(description="Null: today.")] = None


class Why(Given):
    """Why something is done to a promise."""

    reason: Line


class NewPromise(Why):
    """A promise of the overdue balance: by terms, or instalment by instalment."""

    terms: GivenTerms | None = None
    instalments: Annotated[
        list[GivenInstalment] | None, Field(min_length=1, max_length=MOST_INSTALMENTS)
    ] = None
    payment_method_id: MethodId = None


class NewInstalment(Why):
    """An instalment that is added; without a payment method it is collected like the others."""

    due_on: dt.date
    amount: Amount
    payment_method_id: MethodId = None


class ChangedInstalment(Why):
    """What an instalment is instead; only what is sent changes."""

    amount: Amount | None = None
    payment_method_id: MethodId = None
    following: Annotated[Flag, Field(description="And all that follow it.")] = False


class NewDate(Why):
    """When an instalment is due instead."""

    due_on: dt.date


class StepDate(Given):
    """One instalment of several, and when it is due instead."""

    step: Annotated[Whole, Field(ge=1, le=LARGEST)]
    due_on: dt.date


class NewDates(Why):
    """When several instalments are due instead; all move, or none."""

    instalments: Annotated[list[StepDate], Field(min_length=1, max_length=MOST_INSTALMENTS)]


class ShownInstalment(Shown):
    """One instalment; `step` names it, `version` is what `If-Match` is compared with."""

    step: int
    version: int
    due_on: dt.date
    amount: str
    status: str
    closed_on: dt.date | None
    payment_method_id: int | None


class Promise(Shown):
    """What was promised for a case; amounts of instalments are in its currency."""

    promise_id: int
    case_id: int
    debt_class: str
    status: str
    made_on: dt.date
    until: dt.date | None
    ended_on: dt.date | None
    total: Money
    payment_method_id: int | None
    actor: str
    instalments: list[ShownInstalment]


class Promises(Shown):
    """The newest first."""

    items: list[Promise]


@router.get("")
def list_promises(bill_unit_no: PathNumber, caller: Viewer) -> Promises:
    """The promises of a bill unit, those that have ended too."""
    with caller.look() as operation:
        found = queries.promises(operation, bill_unit_no)
    return Promises(items=[_shown(row) for row in found])


@router.post("", status_code=201, response_model=Promise)
def make_promise(
    bill_unit_no: PathNumber,
    given: NewPromise,
    caller: Promiser,
    debt_class: DebtClass = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Promise the overdue balance; the other actions start again after the last instalment."""
    terms = _terms(given)

    def verb(operation: Operation) -> None:
        _check_method(operation, bill_unit_no, given.payment_method_id)
        service.make(
            operation,
            bill_unit_no,
            terms,
            payment_method_id=given.payment_method_id,
            debt_class=debt_class,
            reason=given.reason,
        )

    return _once(caller, bill_unit_no, debt_class, given, verb, status=201)


@router.post("/active/revoke", response_model=Promise)
def revoke_promise(
    bill_unit_no: PathNumber,
    given: Why,
    caller: Promiser,
    debt_class: DebtClass = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Take the active promise back; the other actions start again the next day."""
    return _once(
        caller,
        bill_unit_no,
        debt_class,
        given,
        lambda operation: service.revoke(
            operation, bill_unit_no, debt_class=debt_class, reason=given.reason
        ),
    )


@router.post("/active/instalments", status_code=201, response_model=Promise)
def add_instalment(
    bill_unit_no: PathNumber,
    given: NewInstalment,
    caller: Promiser,
    debt_class: DebtClass = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Add an instalment to the active promise, whose total grows by it."""
    sent = "payment_method_id" in given.model_fields_set

    def verb(operation: Operation) -> None:
        _check_method(operation, bill_unit_no, given.payment_method_id)
        service.add_instalment(
            operation,
            bill_unit_no,
            Instalment(given.due_on, given.amount),
            payment_method_id=given.payment_method_id if sent else UNCHANGED,
            debt_class=debt_class,
            reason=given.reason,
        )

    return _once(caller, bill_unit_no, debt_class, given, verb, status=201)


@router.post("/active/instalments/reschedule", response_model=Promise)
def reschedule_instalments(
    bill_unit_no: PathNumber,
    given: NewDates,
    caller: Promiser,
    debt_class: DebtClass = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Put several open instalments on other days, all or none."""
    dates = {each.step: each.due_on for each in given.instalments}
    if len(dates) != len(given.instalments):
        raise BadInput("An instalment stands twice in the list; name each one once.")
    return _once(
        caller,
        bill_unit_no,
        debt_class,
        given,
        lambda operation: service.reschedule(
            operation, bill_unit_no, dates, debt_class=debt_class, reason=given.reason
        ),
    )


@router.patch("/active/instalments/{step}", response_model=Promise)
def change_instalment(
    bill_unit_no: PathNumber,
    step: PathId,
    given: ChangedInstalment,
    caller: Promiser,
    version: Expected,
    debt_class: DebtClass = None,
) -> Response:
    """Change the amount or the payment method of an open instalment, or of all that follow, too.
    The payment method takes the permission `update_payment` besides.
    """
    sent = given.model_fields_set
    with caller.change() as operation:
        _check_method(operation, bill_unit_no, given.payment_method_id)
        service.change_instalment(
            operation,
            bill_unit_no,
            step,
            amount=UNCHANGED if given.amount is None else given.amount,
            payment_method_id=given.payment_method_id if "payment_method_id" in sent else UNCHANGED,
            following=given.following,
            version=version,
            debt_class=debt_class,
            reason=given.reason,
        )
        promise = _current(operation, bill_unit_no, debt_class)
    return repeats.response(promise, 200)


@router.post("/active/instalments/{step}/reschedule", response_model=Promise)
def reschedule_instalment(
    bill_unit_no: PathNumber,
    step: PathId,
    given: NewDate,
    caller: Promiser,
    version: Expected,
    debt_class: DebtClass = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Put an open instalment on another day."""
    return _once(
        caller,
        bill_unit_no,
        debt_class,
        given,
        lambda operation: service.reschedule(
            operation,
            bill_unit_no,
            {step: given.due_on},
            version=version,
            debt_class=debt_class,
            reason=given.reason,
        ),
    )


@router.post("/active/instalments/{step}/complete", response_model=Promise)
def complete_instalment(
    bill_unit_no: PathNumber,
    step: PathId,
    given: Why,
    caller: Promiser,
    version: Expected,
    debt_class: DebtClass = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Take an open instalment as paid, before its payment is seen."""
    return _close(
        caller, service.complete_instalment, bill_unit_no, step, given, version, debt_class
    )


@router.post("/active/instalments/{step}/cancel", response_model=Promise)
def cancel_instalment(
    bill_unit_no: PathNumber,
    step: PathId,
    given: Why,
    caller: Promiser,
    version: Expected,
    debt_class: DebtClass = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Let the customer off an open instalment; with the last one the promise is revoked."""
    return _close(caller, service.cancel_instalment, bill_unit_no, step, given, version, debt_class)


def _close(
    caller: Caller,
    verb: Callable[..., None],
    bill_unit_no: str,
    step: int,
    given: Why,
    version: int | None,
    debt_class: str | None,
) -> Response:
    return _once(
        caller,
        bill_unit_no,
        debt_class,
        given,
        lambda operation: verb(
            operation,
            bill_unit_no,
            step,
            version=version,
            debt_class=debt_class,
            reason=given.reason,
        ),
    )


def _once(
    caller: Caller,
    bill_unit_no: str,
    debt_class: str | None,
    given: Given,
    verb: Callable[[Operation], None],
    *,
    status: int = 200,
) -> Response:
    def answer(operation: Operation) -> Promise:
        verb(operation)
        return _current(operation, bill_unit_no, debt_class)

    return caller.once(answer, given, status=status)


def _current(operation: Operation, bill_unit_no: str, debt_class: str | None) -> Promise:
    """The active promise, or the one that a verb has just ended."""
    found = [
        row
        for row in queries.promises(operation, bill_unit_no)
        if debt_class in (None, row["debt_class"])
    ]
    return _shown(
        max(
            found,
            key=lambda row: (
                row["status"] == "active",
                row["ended_on"] or dt.date.min,
                row["promise_id"],
            ),
        )
    )


def _shown(row: dict[str, Any]) -> Promise:
    total = Money(amount=row["total"], currency=row["currency"])
    return Promise.model_validate({**row, "total": total})


def _terms(given: NewPromise) -> Terms | list[Instalment]:
    if (given.terms is None) == (given.instalments is None):
        raise BadInput("Give either the terms or the instalments of the promise.")
    if given.terms is not None:
        return Terms(**dict(given.terms))
    return [Instalment(each.due_on, each.amount) for each in given.instalments or ()]


def _check_method(operation: Operation, bill_unit_no: str, number: int | None) -> None:
    if number is None:
        return
    if number not in {row["id"] for row in methods.listed(operation, bill_unit_no)}:
        raise NotFound(f"The bill unit {bill_unit_no!r} has no payment method {number}.")
