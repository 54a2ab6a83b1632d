"""The search box of the top bar: results as one types, and the same as a page."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from pydantic import StringConstraints

from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Permission
from dunwell.features.receivables import searching
from dunwell.web import forms, refusals, rendering
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields

router = APIRouter()

Viewer = Annotated[Caller, may(Permission.VIEW)]

AS_TYPED = 8
ON_THE_PAGE = 50


class Sought(forms.Given):
    """What was typed."""

    q: Annotated[str, StringConstraints(max_length=1000)] = ""


@router.get("/search")
def show_search(caller: Viewer) -> Response:
    """The page without results yet."""
    return _page(caller, "", (), None)


@router.post("/search")
def search(caller: Viewer, fields: Fields) -> Response:
    """What fits; on the page, a whole number leads straight to its bill unit. What people look for
    is a name, a telephone number: it stands in no address, and so in no log and no history.
    """
    partial = rendering.is_partial(caller.request)
    problem: str | None = None
    found: tuple[searching.Found, ...] = ()
    given = forms.read(Sought, fields).given or Sought()
    try:
        with caller.look() as operation:
            limit = AS_TYPED if partial else ON_THE_PAGE
            found = searching.search(operation, given.q, limit=limit)
    except BadInput as failure:
        problem = refusals.told(failure.message)
    if not partial and len(found) == 1 and len(found[0].bill_units) == 1:
        unit = found[0].bill_units[0]
        if given.q.upper() == unit.bill_unit_no.upper():
            return RedirectResponse(rendering.bill_unit_path(unit.bill_unit_no), 303)
    return _page(caller, given.q, found, problem)


def _page(
    caller: Caller, query: str, found: tuple[searching.Found, ...], problem: str | None
) -> Response:
    return caller.page(
        "searching/results.html", block="found", query=query, found=found, problem=problem
    )
