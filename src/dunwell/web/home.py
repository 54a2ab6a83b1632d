"""Where one comes first: the first section that one may use, else a page that says what is here."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from dunwell.web import sections, using
from dunwell.web.caller import Caller, may

router = APIRouter()


@router.get("/")
def home(caller: Annotated[Caller, may(None)]) -> Response:
    """The first section of the top bar."""
    found = sections.shown(
        caller.actor, caller.request.app.state.paths, using.known(caller.request.app)
    )
    if found:
        return RedirectResponse(found[0].path, 303)
    return caller.page("home.html")
