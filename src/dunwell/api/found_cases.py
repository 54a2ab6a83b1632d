"""Bill units in collections, found by every criterion, and given to an agent many at once."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page
from dunwell.api.values import (
    Amount,
    Day,
    HandleText,
    Line,
    Money,
    Reasoned,
    Shown,
    in_currency,
)
from dunwell.features.access.actor import Permission
from dunwell.features.cases import assigning, searching
from dunwell.features.cases.search_ways import Order
from dunwell.features.cases.searching import Criteria

router = APIRouter(tags=["cases"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Assigner = Annotated[Caller, may(Permission.ASSIGN)]

Days = Annotated[int | None, Query(ge=0, le=36_500)]


class FoundCase(Shown):
    """A bill unit in collections, for one debt class."""

    case: HandleText
    version: int
    bill_unit_no: str
    account_no: str
    name: str
    company: str | None
    profile: str
    scenario: str
    debt_class: str
    agent: str | None
    overdue: Money
    overdue_date: dt.date
    days_overdue: int
    entered_on: dt.date


class NewAssignment(Reasoned):
    """Who works on which bill units."""

    bill_unit_nos: Annotated[list[Line], Field(min_length=1, max_length=assigning.MOST)]
    agent: Annotated[Line | None, Field(description="Null: nobody.")]


class Assignment(Shown):
    """Who works on which bill units from now on."""

    agent: str | None
    bill_unit_nos: list[str]
    cases: Annotated[list[HandleText], Field(description="Those that had another agent before.")]


@dataclass(frozen=True, slots=True)
class Asked(Criteria):
    """The criteria as an address has them, behind its question mark."""

    bill_unit_no: Annotated[Line | None, Query()] = None
    bill_unit_status: Annotated[Line | None, Query()] = None
    pay_type: Annotated[Line | None, Query()] = None
    billed_from: Annotated[Day | None, Query()] = None
    billed_until: Annotated[Day | None, Query()] = None
    account_no: Annotated[Line | None, Query()] = None
    account_status: Annotated[Line | None, Query()] = None
    company: Annotated[Line | None, Query(description="How its name begins.")] = None
    name: Annotated[Line | None, Query(description="How it begins.")] = None
    agent: Annotated[Line | None, Query()] = None
    scenario: Annotated[Line | None, Query()] = None
    profile: Annotated[Line | None, Query()] = None
    debt_class: Annotated[Line | None, Query()] = None
    currency: Annotated[Line | None, Query()] = None
    overdue_amount_from: Annotated[Amount | None, Query()] = None
    overdue_amount_until: Annotated[Amount | None, Query()] = None
    days_overdue_from: Days = None
    days_overdue_until: Days = None
    assigned: Annotated[bool | None, Query(description="Whether it has an agent.")] = None


@router.get("/cases")
def search_cases(
    caller: Viewer,
    criteria: Annotated[Asked, Depends(Asked)],
    limit: Limit = 100,
    after: After = None,
    order: Order = Order.AMOUNT,
) -> Page[FoundCase]:
    """The bill units in collections that meet every criterion that is given; ranges include their
    ends.
    """
    with caller.look() as operation:
        found = searching.search(operation, criteria, order=order, limit=limit, cursor=after)
    return Page(items=[_found(row) for row in found.items], next=found.next_cursor)


@router.post("/cases/assign", response_model=Assignment)
def assign_cases(given: NewAssignment, caller: Assigner, _key: IdempotencyKey = None) -> Response:
    """Give the open cases of bill units to an agent, with their tasks; all or none."""

    def verb(operation: Any) -> Assignment:
        done = assigning.assign(
            operation, given.bill_unit_nos, given.agent, reason=given.reason, note=given.note
        )
        return Assignment(
            agent=done.agent, bill_unit_nos=list(done.bill_units), cases=list(done.cases)
        )

    return caller.once(verb, given, status=200)


def _found(row: searching.Found) -> FoundCase:
    return FoundCase.told(row, **in_currency(row.currency, overdue=row.overdue_amount))
