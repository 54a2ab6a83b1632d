"""The search box of the top bar: results as one types, and the same as a page."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from pydantic import StringConstraints

from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Permission
from dunwell.features.receivables import searching
from dunwell.web import forms, refusals, rendering, sought
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
    """What was sought last, if the address asks for it; else the page without results yet."""
    given = forms.read(Sought, sought.kept(caller.request)).given or Sought()
    return _page(caller, given.q, *_found(caller, given.q, ON_THE_PAGE))


@router.post("/search")
def search(caller: Viewer, fields: Fields) -> Response:
    """What fits; on the page, a whole number leads straight to its bill unit. What people look for
    is a name, a telephone number: it stands in no address, and so in no log and no history.
    """
    given = forms.read(Sought, fields).given or Sought()
    partial = rendering.is_partial(caller.request)
    found, problem = _found(caller, given.q, AS_TYPED if partial else ON_THE_PAGE)
    if partial:
        return _page(caller, given.q, found, problem)
    if len(found) == 1 and len(found[0].bill_units) == 1:
        unit = found[0].bill_units[0]
        if given.q.upper() == unit.bill_unit_no.upper():
            return RedirectResponse(rendering.bill_unit_path(unit.bill_unit_no), 303)
    again = sought.keep(caller.request, "/search", given.model_dump())
    return again or _page(caller, given.q, found, problem)


Hits = tuple[searching.Found, ...]


def _found(caller: Caller, query: str, limit: int) -> tuple[Hits, str | None]:
    """What fits, or what is wrong with the query."""
    try:
        with caller.look() as operation:
            return searching.search(operation, query, limit=limit), None
    except BadInput as failure:
        return (), refusals.told(failure.message)


def _page(caller: Caller, query: str, found: Hits, problem: str | None) -> Response:
    return caller.page(
        "searching/results.html", block="found", query=query, found=found, problem=problem
    )
