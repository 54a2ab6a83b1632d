"""Who looks at a page, what they need for it, and how their pages are rendered.

A handler takes a `Caller` and says which permission it is for:
`Annotated[Caller, may(Permission.VIEW)]`. Somebody whom nobody knows is led to the login page.
"""

from collections.abc import Callable
from typing import Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from dunwell.domain.errors import Unauthenticated
from dunwell.features.access.actor import Permission
from dunwell.features.access.sessions import Identity
from dunwell.serving import caller as serving
from dunwell.serving.caller import COOKIE
from dunwell.web import rendering


class Caller(serving.Caller):
    """Who looks, how they get at the data, and how they get their pages."""

    __slots__ = ()

    def page(self, template: str, **values: Any) -> HTMLResponse:
        """A page; see `rendering.page` for `block`, `status`, `flash` and `headers`."""
        return rendering.page(self.request, template, **values)

    def wants_part(self, block: str | None) -> bool:
        """Whether only the block of a page will be shown."""
        return block is not None and rendering.is_partial(self.request)

    def go(self, path: str, *, flash: tuple[str, str] | None = None) -> Response:
        """After a change: lead to another page, where the message is shown."""
        answer: Response
        if self.request.headers.get("HX-Request") == "true":
            answer = Response(status_code=200, headers={"HX-Redirect": path})
        else:
            answer = RedirectResponse(path, 303)
        if flash:
            rendering.flash_later(answer, *flash)
        return answer


def known(request: Request) -> Identity:
    """Who looks. Raises Unauthenticated."""
    token = request.cookies.get(COOKIE)
    identity = serving.identify(request, token) if token else None
    # a key is a machine's; it has no pages
    if identity is None or identity.kind != "web":
        raise Unauthenticated("Log in first.")
    return identity


def may(permission: Permission | None, *, everywhere: bool = False) -> Any:
    """What a handler's `caller` needs: this permission; none: anybody who is known."""
    return Depends(_caller(permission, everywhere=everywhere))


def _caller(permission: Permission | None, *, everywhere: bool) -> Callable[[Request], Caller]:
    def caller(request: Request) -> Caller:
        identity = known(request)
        if permission:
            identity.actor.require(permission, everywhere=everywhere)
        return Caller(identity, request.app.state.transactions, request)

    return caller
