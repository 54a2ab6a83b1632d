"""What goes wrong, as people see it: a whole page with their own top bar and a way back, or for
htmx a message at the top of the page that they have. Somebody whose session has ended logs in and
comes back to where they were.
"""

import contextlib
from urllib.parse import SplitResult, quote, urlencode, urlsplit

import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from dunwell.domain import errors
from dunwell.serving import failures
from dunwell.serving.transactions import Transactions
from dunwell.web import caller, formats, guard, rendering
from dunwell.web.languages import N_, _
from dunwell.web.refusals import told

logger = structlog.get_logger()

NOT_FOUND = 404
UNAVAILABLE = 503

TITLES = {
    400: N_("This can't be read"),
    403: N_("This isn't allowed"),
    404: N_("There is no such page"),
    405: N_("This can't be done so"),
    409: N_("Somebody else is at it"),
    412: N_("Changed meanwhile"),
    413: N_("This is too large"),
    422: N_("This can't be done so"),
    429: N_("Too many attempts"),
    500: N_("Something went wrong"),
    503: N_("Not available"),
}

LOST = N_("The address is mistyped, or what it was about is gone.")


def handle(app: FastAPI, transactions: Transactions) -> None:
    """Let the pages answer every error as a page."""

    def expected(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.DunwellError)
        failures.note_denial(request, error, transactions)
        if isinstance(error, errors.Unauthenticated):
            return to_login(request)
        status, _title = failures.status_of(error)
        return answer(request, status, told(error.message))

    def database(request: Request, error: Exception) -> Response:
        return expected(request, failures.of_database(error))

    app.add_exception_handler(errors.DunwellError, expected)
    for kind in (psycopg.OperationalError, psycopg.DataError):
        app.add_exception_handler(kind, database)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def too_large(request: Request, largest: int) -> Response:
    """What was sent is refused unread."""
    said = _("At most %(size)s kB can be sent at once. Nothing was changed; go back and send less.")
    return answer(request, 413, said % {"size": formats.number(largest // 1000)})


def answer(request: Request, status: int, message: str) -> Response:
    """The error as a page of whoever asks, or as a message on the page that is there."""
    title = _(TITLES.get(status, TITLES[400]))
    if request.headers.get("HX-Request") == "true":
        return rendering.page(
            request,
            "flash.html",
            status=status,
            flash=("bad", message or title),
            headers={"HX-Retarget": "#flash", "HX-Reswap": "none"},
        )
    _recognize(request, status)
    back = _page_before(request)
    return rendering.page(
        request, "error.html", status=status, title=title, message=message, back=back
    )


def _recognize(request: Request, status: int) -> None:
    """A page that isn't there has asked nobody who they are; a stranger stays one. What isn't
    available isn't asked for a second time.
    """
    if not hasattr(request.state, "identity") and status != UNAVAILABLE:
        with contextlib.suppress(errors.DunwellError, psycopg.Error):
            caller.known(request)


def _page_before(request: Request) -> str | None:
    """Where one came from, if that is a page of ours, and not the one that has failed."""
    came_from = request.headers.get("Referer", "")
    # before a proxy the scheme may be another one
    where = _parts(came_from)
    ours = where.scheme in ("http", "https") and where.netloc == request.url.netloc
    again = request.method == "GET" and came_from == str(request.url)
    return came_from if ours and not again else None


def to_login(request: Request) -> Response:
    """Log in, and come back to the page that one was on."""
    if request.headers.get("HX-Request") == "true":
        shown = request.headers.get("HX-Current-URL", "/")
        return Response(status_code=401, headers={"HX-Redirect": _login(shown)})
    # without a script, what was sent is lost; its page isn't
    asked = request.method in ("GET", "HEAD")
    page = str(request.url) if asked else request.headers.get("Referer", "/")
    return RedirectResponse(_login(page), 303)


LONGEST_WAY_BACK = 800

_QUOTED = "/%:@!$&'()*+,;=~"


def _login(page: str) -> str:
    """The login, and from there to the page with this address, if it can be one of ours."""
    address = _parts(page)
    after = quote(address.path or "/", _QUOTED) + (f"?{address.query}" if address.query else "")
    if after == "/" or after.startswith("//") or len(after) > LONGEST_WAY_BACK:
        return "/login"
    return "/login?" + urlencode({"after": after})


def _parts(address: str) -> SplitResult:
    """The parts of an address that a browser tells; of one that can't be read, none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    places = {str(each["loc"][-1]) for each in error.errors()}
    if any(each["loc"][0] == "path" for each in error.errors()):
        return answer(request, 404, _(LOST))
    said = _("The address has values that don't do: %(names)s.") % {
        "names": ", ".join(sorted(places))
    }
    return answer(request, 422, said)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return answer(request, error.status_code, _(LOST) if error.status_code == NOT_FOUND else "")


def _unexpected(request: Request, error: Exception) -> Response:
    request_id = getattr(request.state, "request_id", "")
    logger.error("unexpected", exc_info=error, request_id=request_id)
    said = _("It isn't your fault. The log has it under the number %(number)s.") % {
        "number": request_id
    }
    page = answer(request, 500, said)
    # answered outside of the guard, which therefore can't add them
    page.headers.update({**guard.HEADERS, "Cache-Control": "no-store"})
    return page
