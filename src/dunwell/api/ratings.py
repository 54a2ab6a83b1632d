"""A customer's credit rating and cash-only score, and the demerits that make them."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from dunwell.api import versions
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.values import (
    Day,
    Given,
    HandleText,
    Line,
    PathHandle,
    PathNumber,
    Reasoned,
    Shown,
    Whole,
)
from dunwell.api.versions import Seen
from dunwell.domain.statuses import DemeritKind
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.ratings import queries, service

router = APIRouter(prefix="/bill-units/{bill_unit_no}/rating", tags=["credit rating"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Manager = Annotated[Caller, may(Permission.MANAGE_CASES)]


class NewDemerit(Given):
    """Points to be added, from today or another day on."""

    kind: DemeritKind
    points: Annotated[Whole, Field(ge=-service.MOST_POINTS, le=service.MOST_POINTS)]
    reason: Line
    since: Annotated[Day | None, Field(description="Null: today.")] = None
    until: Annotated[Day | None, Field(description="The last day; null: for good.")] = None


class Demerit(Shown):
    """Points that count from a day on; `source` is action, pay_plan, severance or person."""

    handle: HandleText
    bill_unit_no: str | None
    kind: str
    points: int
    effective_from: dt.date
    effective_until: dt.date | None
    in_effect: bool
    source: str
    reason: str
    actor: str


class Rating(Shown):
    """Where the customer stands on a day, against the policy's thresholds."""

    account_no: str
    date: dt.date
    credit_rating: int
    credit_rating_threshold: int
    is_poor: bool
    cash_only_score: int
    cash_only_threshold: int
    is_cash_only: bool
    demerits: list[Demerit]


@router.get("")
def show_rating(
    bill_unit_no: PathNumber,
    caller: Viewer,
    response: Response,
    date: Annotated[Day | None, Query(description="Null: today.")] = None,
) -> Rating:
    """The credit rating and the cash-only score of the bill unit's customer."""
    with caller.look() as operation:
        shown = Rating.model_validate(queries.rating(operation, bill_unit_no, date=date))
    versions.show(response, shown.demerits)
    return shown


@router.post("/demerits", status_code=201, response_model=Demerit)
def add_demerit(
    bill_unit_no: PathNumber,
    given: NewDemerit,
    caller: Manager,
    seen: Seen,
    _key: IdempotencyKey = None,
) -> Response:
    """Add a demerit to the customer's credit rating or cash-only score."""

    def verb(operation: Operation) -> Demerit:
        seen.check(operation, lambda: _demerits(operation, bill_unit_no))
        return Demerit.model_validate(service.add_demerit(operation, bill_unit_no, **dict(given)))

    return caller.once(verb, given)


@router.post("/demerits/{demerit}/end", response_model=Demerit)
def end_demerit(
    bill_unit_no: PathNumber,
    demerit: PathHandle,
    given: Reasoned,
    caller: Manager,
    seen: Seen,
    _key: IdempotencyKey = None,
) -> Response:
    """Let a demerit count no longer."""

    def verb(operation: Operation) -> Demerit:
        seen.check(operation, lambda: _demerits(operation, bill_unit_no))
        ended = service.end_demerit(operation, bill_unit_no, demerit, **dict(given))
        return Demerit.model_validate(ended)

    return caller.once(verb, given, status=200)


def _demerits(operation: Operation, bill_unit_no: str) -> list[Demerit]:
    return Rating.model_validate(queries.rating(operation, bill_unit_no)).demerits
