"""Promises to pay: made, looked at, and revoked; `instalments` changes one.

At most one promise of a bill unit and debt class is active; its verbs stand under
`promises/active`.
"""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from dunwell.api import versions
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.payments import OnTheSpot, number_of
from dunwell.api.values import (
    LARGEST,
    Amount,
    Day,
    Given,
    Line,
    Money,
    PathNumber,
    Shown,
    Whole,
)
from dunwell.api.versions import Seen
from dunwell.domain.errors import BadInput
from dunwell.domain.pages import START
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.promises import queries, service
from dunwell.features.promises.rules import LONGEST_DAYS, MOST_INSTALMENTS, Instalment, Terms

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

    due_on: Day
    amount: Amount


class GivenTerms(Given):
    """A number of instalments or the amount of each; days between them, or from first to last."""

    number: Annotated[Whole | None, Field(ge=1, le=MOST_INSTALMENTS)] = None
    amount: Amount | None = None
    interval_days: Days = None
    total_days: Days = None
    first_on: Annotated[Day | None, Field(description="Null: today.")] = None


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
    new_payment_method: OnTheSpot = None


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


@router.get("")
def list_promises(
    bill_unit_no: PathNumber,
    caller: Viewer,
    response: Response,
    limit: Limit = 100,
    after: After = None,
) -> Page[Promise]:
    """The promises of a bill unit, the newest first, those that have ended too; the `ETag` is that
    of all together.
    """
    start = key_of(after, dt.date, int, first=START)
    with caller.look() as operation:
        found = queries.promises(operation, bill_unit_no, after=start, limit=limit + 1)
        versions.show(response, read(operation, bill_unit_no))
    shown, following = page(found, limit, lambda row: (row["made_on"], row["promise_id"]))
    return Page(items=[_shown(row) for row in shown], next=following)


def read(operation: Operation, bill_unit_no: str) -> list[Promise]:
    """All promises of a bill unit, as they are sent: what a change may have been decided on."""
    return [_shown(row) for row in queries.promises(operation, bill_unit_no)]


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
        named, new = given.payment_method_id, given.new_payment_method
        service.make(
            operation,
            bill_unit_no,
            terms,
            payment_method_id=number_of(caller, operation, bill_unit_no, named, new),
            debt_class=debt_class,
            reason=given.reason,
        )

    return once(caller, bill_unit_no, debt_class, given, verb, status=201)


@router.post("/active/revoke", response_model=Promise)
def revoke_promise(
    bill_unit_no: PathNumber,
    given: Why,
    caller: Promiser,
    seen: Seen,
    debt_class: DebtClass = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Take the active promise back; the other actions start again the next day."""

    def verb(operation: Operation) -> None:
        seen.check(operation, lambda: read(operation, bill_unit_no))
        service.revoke(operation, bill_unit_no, debt_class=debt_class, reason=given.reason)

    return once(caller, bill_unit_no, debt_class, given, verb)


def once(
    caller: Caller,
    bill_unit_no: str,
    debt_class: str | None,
    given: Given,
    verb: Callable[[Operation], None],
    *,
    status: int = 200,
) -> Response:
    """Do it to the promise, once for each key; answered with the promise as it is then."""

    def answer(operation: Operation) -> Promise:
        verb(operation)
        return current(operation, bill_unit_no, debt_class)

    return caller.once(answer, given, status=status)


def current(operation: Operation, bill_unit_no: str, debt_class: str | None) -> Promise:
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
