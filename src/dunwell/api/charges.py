"""The fees that actions have charged a bill unit."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter

from dunwell.api.caller import Caller, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import HandleText, Money, PathNumber, Shown, in_currency
from dunwell.domain.pages import START
from dunwell.features.access.actor import Permission
from dunwell.features.cases import outcomes

router = APIRouter(prefix="/bill-units/{bill_unit_no}/charges", tags=["charges"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


class Charge(Shown):
    """A fee, what of it is still open, and how its amount came about."""

    handle: HandleText
    case: HandleText
    action: HandleText
    kind: str
    made_on: dt.date
    amount: Money
    open: Money
    calculation: dict[str, Any]


@router.get("")
def list_charges(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[Charge]:
    """The fees of a bill unit, the newest first."""
    start = key_of(after, dt.date, int, first=START)
    with caller.look() as operation:
        found = outcomes.charges(operation, bill_unit_no, after=start, limit=limit + 1)
    shown, following = page(found, limit, lambda row: (row.made_on, row.handle.id))
    return Page(items=[_shown(row) for row in shown], next=following)


def _shown(row: outcomes.ChargeRow) -> Charge:
    return Charge.told(row, **in_currency(row.currency, open=row.open_amount))
