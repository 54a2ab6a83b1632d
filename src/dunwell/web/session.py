"""Coming in, going out, and how one likes the pages: language and theme."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import StringConstraints

from dunwell.domain.errors import BadInput, TooManyAttempts, Unauthenticated
from dunwell.features.access import sessions
from dunwell.serving import failures
from dunwell.serving.caller import COOKIE
from dunwell.serving.transactions import Transactions
from dunwell.settings import Settings
from dunwell.web import forms, guard, rendering, sought
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields, Form
from dunwell.web.languages import LANGUAGES, N_, _

router = APIRouter()

Anybody = Annotated[Caller, may(None)]

_HERE = r"^/([^/\\\x00-\x20][^\\\x00-\x20]*)?$"
A_YEAR = 365 * 24 * 3600

Place = Annotated[str, StringConstraints(pattern=_HERE, max_length=800)]
"""A page of ours, and of nobody else's."""


REFUSED = {
    "bad_input": N_("The single sign-on took too long or began elsewhere; begin it again."),
    "forbidden": N_(
        "The single sign-on doesn't let you in here: nobody has that login; ask an administrator."
    ),
    "not_found": N_("Single sign-on isn't set up here."),
    "unavailable": N_("The identity provider doesn't answer; try again."),
}
"""Why a single sign-on failed, by the code of the error."""


class Login(forms.Given):
    """Who comes in."""

    login: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: Annotated[
        str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=False)
    ]
    after: Place = "/"


class Preferences(forms.Given):
    """How one likes the pages; only what is sent changes."""

    language: str | None = None
    theme: str | None = None
    after: Place = "/"


@router.get("/login")
def show_login(
    request: Request,
    after: Annotated[str, Query(pattern=_HERE, max_length=800)] = "/",
    refused: Annotated[str | None, Query(pattern="^[a-z_]{1,40}$")] = None,
) -> Response:
    """The login page; whoever is known already goes on. `refused` says why a single sign-on
    failed.
    """
    form = Form[Any]({"after": after})
    if refused:
        form.problem = _(REFUSED.get(refused, REFUSED["bad_input"]))
    return _login_page(request, form, status=200)


@router.post("/login")
def log_in(request: Request, fields: Fields) -> Response:
    """Come in with login and password."""
    form = forms.read(Login, fields)
    if form.given is None:
        return _login_page(request, form)
    given = form.given
    settings, transactions = _of(request)
    request.state.login = given.login
    try:
        with transactions.autocommit() as connection:
            session = sessions.log_in(
                connection, given.login, given.password, hours=settings.session_hours
            )
    except (Unauthenticated, TooManyAttempts) as failure:
        failures.note_denial(request, failure, transactions)
        form.values.pop("password", None)
        form.problem = (
            _("Too many failed logins: wait %(seconds)s seconds, or ask an administrator.")
            % {"seconds": failure.seconds}
            if isinstance(failure, TooManyAttempts)
            else _("The login or the password is wrong.")
        )
        return _login_page(request, form, status=failures.status_of(failure)[0])
    answer = RedirectResponse(given.after, 303)
    _set(request, answer, COOKIE, session.token, int(settings.session_hours * 3600))
    return answer


@router.post("/logout")
def log_out(request: Request, caller: Anybody) -> Response:
    """End this session."""
    del request
    with caller.oversee() as operation:
        sessions.log_out(operation.connection, caller.identity.token_id)
    return _gone(_("You are logged out."))


@router.post("/logout/everywhere")
def log_out_everywhere(caller: Anybody) -> Response:
    """End all of one's sessions, on every machine."""
    person_id = caller.actor.person_id
    assert person_id is not None
    with caller.oversee() as operation:
        sessions.log_out_everywhere(operation.connection, person_id)
    return _gone(_("You are logged out everywhere."))


@router.post("/preferences")
def prefer(request: Request, fields: Fields) -> Response:
    """Another language or theme, kept by the browser."""
    given = forms.read(Preferences, fields).given
    if given is None:
        raise BadInput(_("This isn't a language, theme or page that exists here."))
    answer = RedirectResponse(given.after, 303)
    if given.language in LANGUAGES:
        _set(request, answer, guard.LANGUAGE, given.language, A_YEAR)
    if given.theme in guard.THEMES:
        _set(request, answer, guard.THEME, given.theme, A_YEAR)
    return answer


def _gone(message: str) -> Response:
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE)
    sought.forget(answer)
    rendering.flash_later(answer, "good", message)
    return answer


def _login_page(request: Request, form: Form[Any], *, status: int | None = None) -> Response:
    settings, _transactions = _of(request)
    return rendering.page(
        request,
        "session/login.html",
        status=status or form.status,
        form=form,
        single_sign_on=settings.oidc is not None,
    )


def _of(request: Request) -> tuple[Settings, Transactions]:
    return request.app.state.application.settings, request.app.state.transactions


def _set(request: Request, answer: Response, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
