"""TMF678, customer bills: a bill unit's bills with what is left of them; to read."""

from typing import Annotated

from fastapi import APIRouter, Response

from dunwell.api.caller import Caller, may
from dunwell.api.tmf.shapes import ByAccount, Fields, Part, described, gathered, one
from dunwell.api.values import PathNumber
from dunwell.features.access.actor import Permission
from dunwell.features.receivables import bills, owing
from dunwell.features.tmf.customer_bills import API, CustomerBill, customer_bill

router = APIRouter(prefix=f"/{API}/v4", tags=["TMF678 customer bills"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


@router.get("/customerBill", **described(CustomerBill))
def list_customer_bills(caller: Viewer, part: Part, account: ByAccount) -> Response:
    """The bills of a bill unit, the one due last first."""
    with caller.look() as operation:
        found = gathered(
            lambda limit, after: bills.bills(operation, account, limit=limit, cursor=after),
            part.needed,
        )
        return part.answer([customer_bill(each, account, operation.date) for each in found])


@router.get("/customerBill/{id}", response_model=CustomerBill)
def show_customer_bill(id: PathNumber, caller: Viewer, fields: Fields = None) -> Response:  # noqa: A002 - TMF's name
    """One bill; a correction shows the bill that it corrects."""
    with caller.look() as operation:
        account, number = owing.of_bill(operation, id)
        (found,) = bills.bills(operation, account, bill_no=number).items
        return one(customer_bill(found, account, operation.date), fields)
