"""The instalments of the active promise to pay: added, changed, put on other days, and closed.

An instalment has a version of its own, with which `If-Match` is compared; what concerns several
compares with what `GET …/promises` has shown.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey
from dunwell.api.payments import OnTheSpot, number_of
from dunwell.api.promises import (
    DebtClass,
    MethodId,
    Promise,
    Promiser,
    Why,
    current,
    once,
    read,
)
from dunwell.api.values import LARGEST, Amount, Day, Flag, Given, PathId, PathNumber, Whole
from dunwell.api.versions import Expected, Seen
from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Operation
from dunwell.features.promises import instalments
from dunwell.features.promises.instalments import UNCHANGED, Unchanged
from dunwell.features.promises.rules import MOST_INSTALMENTS, Instalment

router = APIRouter(
    prefix="/bill-units/{bill_unit_no}/promises/active/instalments", tags=["promises to pay"]
)


class NewInstalment(Why):
    """An instalment that is added; without a payment method it is collected like the others."""

    due_on: Day
    amount: Amount
    payment_method_id: MethodId = None
    new_payment_method: OnTheSpot = None


class ChangedInstalment(Why):
    """What an instalment is instead; only what is sent changes."""

    amount: Amount | None = None
    payment_method_id: MethodId = None
    new_payment_method: OnTheSpot = None
    following: Annotated[Flag, Field(description="And all that follow it.")] = False


class NewDate(Why):
    """When an instalment is due instead."""

    due_on: Day


class StepDate(Given):
    """One instalment of several, and when it is due instead."""

    step: Annotated[Whole, Field(ge=1, le=LARGEST)]
    due_on: Day


class NewDates(Why):
    """When several instalments are due instead; all move, or none."""

    instalments: Annotated[list[StepDate], Field(min_length=1, max_length=MOST_INSTALMENTS)]


@router.post("", status_code=201, response_model=Promise)
def add_instalment(
    bill_unit_no: PathNumber,
    given: NewInstalment,
    caller: Promiser,
    seen: Seen,
    debt_class: DebtClass = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Add an instalment to the active promise, whose total grows by it."""

    def verb(operation: Operation) -> None:
        seen.check(operation, lambda: read(operation, bill_unit_no))
        instalments.add(
            operation,
            bill_unit_no,
            Instalment(given.due_on, given.amount),
            payment_method_id=_method(caller, operation, bill_unit_no, given),
            debt_class=debt_class,
            reason=given.reason,
        )

    return once(caller, bill_unit_no, debt_class, given, verb, status=201)


@router.post("/reschedule", response_model=Promise)
def reschedule_instalments(
    bill_unit_no: PathNumber,
    given: NewDates,
    caller: Promiser,
    seen: Seen,
    debt_class: DebtClass = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Put several open instalments on other days, all or none."""
    dates = {each.step: each.due_on for each in given.instalments}
    if len(dates) != len(given.instalments):
        raise BadInput("An instalment stands twice in the list; name each one once.")

    def verb(operation: Operation) -> None:
        seen.check(operation, lambda: read(operation, bill_unit_no))
        instalments.reschedule(
            operation, bill_unit_no, dates, debt_class=debt_class, reason=given.reason
        )

    return once(caller, bill_unit_no, debt_class, given, verb)


@router.patch("/{step}", response_model=Promise)
def change_instalment(
    bill_unit_no: PathNumber,
    step: PathId,
    given: ChangedInstalment,
    caller: Promiser,
    version: Expected,
    debt_class: DebtClass = None,
) -> Response:
    """Change the amount or the payment method of an open instalment, or of all that follow, too.
    The payment method takes the permission `update_payment` besides, a new one `register_card`.
    """
    with caller.change() as operation:
        instalments.change(
            operation,
            bill_unit_no,
            step,
            amount=UNCHANGED if given.amount is None else given.amount,
            payment_method_id=_method(caller, operation, bill_unit_no, given),
            following=given.following,
            version=version,
            debt_class=debt_class,
            reason=given.reason,
        )
        promise = current(operation, bill_unit_no, debt_class)
    return repeats.response(promise, 200)


@router.post("/{step}/reschedule", response_model=Promise)
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
    return once(
        caller,
        bill_unit_no,
        debt_class,
        given,
        lambda operation: instalments.reschedule(
            operation,
            bill_unit_no,
            {step: given.due_on},
            version=version,
            debt_class=debt_class,
            reason=given.reason,
        ),
    )


@router.post("/{step}/complete", response_model=Promise)
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
    return _close(caller, instalments.complete, bill_unit_no, step, given, version, debt_class)


@router.post("/{step}/cancel", response_model=Promise)
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
    return _close(caller, instalments.cancel, bill_unit_no, step, given, version, debt_class)


def _method(
    caller: Caller,
    operation: Operation,
    bill_unit_no: str,
    given: NewInstalment | ChangedInstalment,
) -> int | Unchanged | None:
    """The method that is named or registered on the spot; what isn't sent stays as it is."""
    named, new = given.payment_method_id, given.new_payment_method
    if new is None and "payment_method_id" not in given.model_fields_set:
        return UNCHANGED
    return number_of(caller, operation, bill_unit_no, named, new)


def _close(
    caller: Caller,
    verb: Callable[..., None],
    bill_unit_no: str,
    step: int,
    given: Why,
    version: int | None,
    debt_class: str | None,
) -> Response:
    return once(
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
