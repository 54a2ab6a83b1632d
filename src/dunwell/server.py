"""API and pages in one process: what `dunwell serve` runs, in each of its workers.

The surfaces don't know each other. This gives the API what begins with its paths and the pages
everything else, over one pool of connections.
"""

import datetime as dt
from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from dunwell.api import app as api
from dunwell.bootstrap import Application, open_application, read_settings, set_up_logging
from dunwell.web import app as web

OF_THE_API = ("/api/", "/healthz", "/readyz", "/metrics")


class Server:
    """The ASGI application of an installation; `today` stands in for the clock in tests."""

    def __init__(
        self, application: Application, *, today: Callable[[], dt.date] | None = None
    ) -> None:
        self.api = api.create(application, today=today)
        state = self.api.state
        self.web = web.create(application, state.transactions, state.watch)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the server's start and stop, which is the API's."""
        ours = scope["type"] == "lifespan" or scope["path"].startswith(OF_THE_API)
        await (self.api if ours else self.web)(scope, receive, send)


def create() -> Server:
    """A worker's own, from the settings in the environment."""
    set_up_logging(server=True)
    return Server(open_application(read_settings()))
