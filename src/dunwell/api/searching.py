"""The search box: customers and bill units by whatever somebody has at hand."""

from typing import Annotated

from fastapi import APIRouter, Query

from dunwell.api.caller import Caller, may
from dunwell.api.values import HandleText, Money, Shown
from dunwell.features.access.actor import Permission
from dunwell.features.receivables import searching

router = APIRouter(prefix="/search", tags=["search"])

Viewer = Annotated[Caller, may(Permission.VIEW)]

MOST = 50


class FoundBillUnit(Shown):
    """A bill unit of a customer who was found, with what is overdue."""

    bill_unit_no: str
    handle: HandleText
    status: str
    overdue: Money
    in_collections: bool


class Found(Shown):
    """A customer, and by what they were found; by the number of a bill unit or of a bill: with
    that bill unit alone.
    """

    match: searching.Match
    account_no: str
    name: str
    company: str | None
    status: str
    bill_units: list[FoundBillUnit]


class Results(Shown):
    """The best first; numbers before names."""

    items: list[Found]


@router.get("")
def search(
    caller: Viewer,
    query: Annotated[
        str,
        Query(
            max_length=searching.LONGEST,
            description="A number of an account, bill unit or bill; the beginning of any words of"
            " a name or company; an e-mail address; a telephone number.",
        ),
    ] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 10,
) -> Results:
    """Find customers and bill units by what one has at hand."""
    with caller.look() as operation:
        found = searching.search(operation, query, limit=limit)
    return Results(items=[_shown(each) for each in found])


def _shown(found: searching.Found) -> Found:
    return Found(
        match=found.match,
        account_no=found.account_no,
        name=found.name,
        company=found.company,
        status=found.status,
        bill_units=[
            FoundBillUnit(
                bill_unit_no=unit.bill_unit_no,
                handle=f"{unit.account_id}-{unit.id}",
                status=unit.status,
                overdue=Money.model_validate({"amount": unit.overdue, "currency": unit.currency}),
                in_collections=unit.in_collections,
            )
            for unit in found.bill_units
        ],
    )
