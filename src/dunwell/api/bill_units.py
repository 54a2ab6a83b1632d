"""Bill units: the billing relationships of the customers, what they owe, and why they are, or
aren't, in collections.
"""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query

from dunwell.api.caller import Caller, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Day, Line, Money, PathNumber, Shown
from dunwell.domain.errors import BadInput
from dunwell.engine import explain
from dunwell.features.access.actor import Permission
from dunwell.features.policy import calendars
from dunwell.features.receivables import bill_units, queries

router = APIRouter(prefix="/bill-units", tags=["bill units"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


class Balance(Shown):
    """What the last night measured for one debt class."""

    debt_class: str
    overdue: Money
    earliest_due_on: dt.date
    latest_due_on: dt.date


class BillUnit(Shown):
    """A billing relationship."""

    bill_unit_no: str
    account_no: str
    account_name: str
    currency: str
    pay_type: str
    delivery: str | None
    status: str
    attributes: dict[str, str | None]
    in_collections: bool
    balances: list[Balance]


class Criterion(Shown):
    """One condition with its value against its threshold."""

    criterion: str
    value: Any
    threshold: Any
    holds: bool


class Explanation(Shown):
    """Everything that leads to the night's decision."""

    bill_unit_no: str
    account_no: str
    date: dt.date
    currency: str
    pay_type: str
    profile: str | None
    outcome: str
    conditions: list[Criterion]
    balances: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    scenarios: list[dict[str, Any]]


@router.get("")
def list_bill_units(
    caller: Viewer,
    limit: Limit = 100,
    after: After = None,
    status: Annotated[Line | None, Query()] = None,
    account_no: Annotated[Line | None, Query()] = None,
    in_collections: Annotated[bool | None, Query()] = None,
) -> Page[BillUnit]:
    """Bill units, by number."""
    (number,) = key_of(after, str, first=[""])
    with caller.look() as operation:
        found = queries.bill_units(
            operation,
            after=number,
            limit=limit + 1,
            status=status,
            account_no=account_no,
            in_collections=in_collections,
        )
    shown, following = page(found, limit, lambda unit: [unit["bill_unit_no"]])
    return Page(items=[BillUnit.model_validate(unit) for unit in shown], next=following)


@router.get("/{bill_unit_no}")
def show_bill_unit(bill_unit_no: PathNumber, caller: Viewer) -> BillUnit:
    """One bill unit with what the last night measured."""
    with caller.look() as operation:
        return BillUnit.model_validate(queries.bill_unit(operation, bill_unit_no))


@router.get("/{bill_unit_no}/explanation")
def explain_bill_unit(
    bill_unit_no: PathNumber,
    caller: Viewer,
    date: Annotated[Day | None, Query(description="The business date; today's if none.")] = None,
) -> Explanation:
    """Why it is in collections on a date, or why it stays out."""
    with caller.look() as operation:
        bill_units.find(operation, bill_unit_no)
        day = within_calendars(date) or operation.date
    application = caller.request.app.state.application
    # the night's own statements decide, on a connection of their own that is rolled back
    told = explain.explain(application.database, application.plugins, bill_unit_no, day)
    return Explanation.model_validate(told.as_json())


def within_calendars(date: dt.date | None) -> dt.date | None:
    """The date, if working days are known there. Raises BadInput."""
    if date is not None and not calendars.FIRST <= date <= calendars.LAST:
        raise BadInput(
            f"{date} lies outside the calendars, which run from {calendars.FIRST} to"
            f" {calendars.LAST}."
        )
    return date
