"""Searches that may name a customer: they are posted, so that no address and no log has them, and
their results have an address all the same, to which one comes back. The browser keeps what was
sought in a cookie of that page for a while; logging out ends it.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

COOKIE = "dunwell_sought"
PLACES = ("/search", "/customers", "/manager")
"""Where customers are searched for."""

MINUTES = 30
LONGEST = 3_500
"""A browser keeps no longer cookie."""


def again(place: str) -> str:
    """The address of what was sought last on a page."""
    return f"{place}?sought=again"


def keep(request: Request, place: str, fields: Mapping[str, Any]) -> Response | None:
    """Lead to the results of what was sought; none: it is too long to be kept."""
    text = base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()
    if len(text) > LONGEST:
        return None
    answer = RedirectResponse(again(place), 303)
    answer.set_cookie(
        COOKIE,
        text,
        max_age=MINUTES * 60,
        path=place,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


def kept(request: Request) -> dict[str, Any]:
    """What was sought last on this page, if its address asks for that."""
    if "sought" not in request.query_params:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def forget(answer: Response) -> None:
    """Nobody who comes in after sees it."""
    for place in PLACES:
        answer.delete_cookie(COOKIE, path=place)
