"""Ageing: what is owed on a date, by currency and by how long it is overdue."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from dunwell.api.bill_units import within_calendars
from dunwell.api.caller import Caller, may
from dunwell.api.values import Day, Line, Money, Shown
from dunwell.features.access.actor import Permission
from dunwell.features.receivables import bill_units
from dunwell.features.receivables.ageing import MOST_BOUNDARIES
from dunwell.features.receivables.ageing import ageing as measure

router = APIRouter(prefix="/ageing", tags=["ageing"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


class Bucket(Shown):
    """One currency's open items of one age."""

    bucket: Annotated[str, Field(examples=["not due", "30", ">90"])]
    owed: Money
    items: int
    accounts: int


class Ageing(Shown):
    """What is owed on a date."""

    date: dt.date
    buckets: list[Bucket]


@router.get("")
def show_ageing(
    caller: Viewer,
    date: Annotated[Day | None, Query(description="The business date; today's if none.")] = None,
    boundary: Annotated[
        list[int] | None,
        Query(description="Days, rising, such as 30, 60, 90; the policy's if none.", max_length=20),
    ] = None,
    bill_unit_no: Annotated[Line | None, Query()] = None,
) -> Ageing:
    """What is owed by currency and age, of one bill unit or of all that one sees."""
    with caller.look() as operation:
        if bill_unit_no is not None:
            bill_units.find(operation, bill_unit_no)
        day = within_calendars(date) or operation.date
        rows = measure(
            operation.connection,
            date=day,
            boundaries=boundary[: MOST_BOUNDARIES + 1] if boundary else None,
            bill_unit_no=bill_unit_no,
        )
    return Ageing(
        date=day,
        buckets=[
            Bucket(
                bucket=row.bucket,
                owed=Money(amount=row.amount, currency=row.currency),
                items=row.items,
                accounts=row.accounts,
            )
            for row in rows
        ],
    )
