"""What guards every page: headers that forbid foreign scripts, frames and referrers, and the
person's language and theme, read once per request.

Pages can't be framed, run nothing that isn't ours, and tell nobody where their readers come from.
"""

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
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
