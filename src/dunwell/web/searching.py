"""The search box of the top bar: results as one types, and the same as a page."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Permission
from dunwell.features.receivables import searching
from dunwell.web import refusals, rendering
from dunwell.web.caller import Caller, may

router = APIRouter()

Viewer = Annotated[Caller, may(Permission.VIEW)]

AS_TYPED = 8
ON_THE_PAGE = 50


@router.get("/search")
def search(caller: Viewer, q: Annotated[str, Query(max_length=1000)] = "") -> Response:
    """What fits; on the page, a whole number leads straight to its bill unit."""
    partial = rendering.is_partial(caller.request)
    problem: str | None = None
    found: tuple[searching.Found, ...] = ()
    try:
        with caller.look() as operation:
            found = searching.search(operation, q, limit=AS_TYPED if partial else ON_THE_PAGE)
    except BadInput as failure:
        problem = refusals.told(failure.message)
    if not partial and len(found) == 1 and len(found[0].bill_units) == 1:
        unit = found[0].bill_units[0]
        if q.strip().upper() == unit.bill_unit_no.upper():
            return RedirectResponse(rendering.bill_unit_path(unit.bill_unit_no), 303)
    return caller.page(
        "searching/results.html", block="found", query=q, found=found, problem=problem
    )
