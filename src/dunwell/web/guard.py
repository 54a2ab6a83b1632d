"""What guards every page: headers that forbid foreign scripts, frames and referrers, and the
person's language and theme, read once per request.

Pages can't be framed, run nothing that isn't ours, and tell nobody where their readers come from.
"""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dunwell.web import languages

LANGUAGE = "dunwell_language"
THEME = "dunwell_theme"
THEMES = ("auto", "light", "dark")

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self'; img-src 'self' data:;"
    " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


MOST_DRAINED = 64
"""So many times the limit is read and forgotten, so that a browser gets to read the answer."""


class Limit:
    """Answers what is larger than allowed with a page that says so, before anybody reads it."""

    def __init__(self, app: ASGIApp, largest: int, refuse: Callable[[Request], Response]) -> None:
        self._app = app
        self._largest = largest
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; one that doesn't say how large it is is counted by the framework."""
        length = 0
        if scope["type"] == "http":
            length = int(HTTPConnection(scope).headers.get("content-length") or 0)
        if length <= self._largest:
            await self._app(scope, receive, send)
            return
        read = 0
        while read < MOST_DRAINED * self._largest:
            message = await receive()
            read += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        answer = await run_in_threadpool(self._refuse, Request(scope, receive))
        await answer(scope, receive, send)


class Guard:
    """Wraps the pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] == "http":
            request = HTTPConnection(scope)
            cookies = request.cookies
            accepted = request.headers.get("accept-language")
            languages.use(languages.choose(cookies.get(LANGUAGE), accepted))
            theme = cookies.get(THEME)
            scope.setdefault("state", {})["theme"] = theme if theme in THEMES else "auto"
        await self._app(scope, receive, send_on)
