"""Collections agencies, and which cases are referred to them. What agencies are told leaves the
house with the delivery, as files.
"""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter

from dunwell.api.caller import Caller, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Money, PathNumber, Shown
from dunwell.features.access.actor import Permission
from dunwell.features.agencies import queries

router = APIRouter(tags=["agencies"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


class Agency(Shown):
    """An agency with its referrals: `ready` are those of which it must still be told, `recalled`
    those whose end it must still be told.
    """

    name: str
    brand: str
    email: str | None
    ready: int
    exported: int
    recalled: int


class Agencies(Shown):
    """The agencies of the caller's brands."""

    items: list[Agency]


class Referral(Shown):
    """A case that an agency was given."""

    id: int
    agency: str
    case: str
    made_on: dt.date
    owed: Money
    status: str
    exported_on: dt.date | None
    recalled_on: dt.date | None
    recall_reason: str | None


@router.get("/agencies")
def list_agencies(caller: Viewer) -> Agencies:
    """The agencies of the policy, by brand and name."""
    with caller.look() as operation:
        found = queries.agencies(operation)
    return Agencies(items=[Agency.model_validate(row) for row in found])


@router.get("/bill-units/{bill_unit_no}/referrals")
def list_referrals(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[Referral]:
    """A bill unit's referrals to agencies, the newest first."""
    (last,) = key_of(after, int, first=[None])
    with caller.look() as operation:
        found = queries.referrals(operation, bill_unit_no, after=last, limit=limit + 1)
    shown, following = page(found, limit, lambda row: [row["id"]])
    return Page(items=[Referral.model_validate(row) for row in shown], next=following)
