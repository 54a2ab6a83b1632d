"""Coming in and going out: passwords, single sign-on, and who one is."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Cookie, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field

from dunwell.api.caller import Caller, may
from dunwell.api.values import Given, Line, Shown
from dunwell.domain.errors import DunwellError, NotFound
from dunwell.features.access import brands, oidc, people, sessions
from dunwell.serving import failures
from dunwell.serving.caller import COOKIE
from dunwell.serving.transactions import Transactions
from dunwell.settings import OidcSettings, Settings

router = APIRouter(prefix="/session", tags=["session"])

PENDING = "dunwell_sign_on"


class Login(Given):
    """Who comes in."""

    login: Line
    password: Annotated[str, Field(min_length=1, max_length=1000, repr=False)]


class NewSession(Shown):
    """A session's token: shown this once, to be sent as `Authorization: Bearer …`."""

    token: str
    expires_at: dt.datetime
    login: str


class Whoami(Shown):
    """Who one is, and what one may."""

    name: str
    kind: Annotated[str, Field(description="`web` for a person, `key` for a machine.")]
    person: int | None
    roles: list[str]
    permissions: list[str]
    brands: Annotated[list[str] | None, Field(description="Names; null for every brand.")]
    agent: str | None
    expires_at: dt.datetime
    business_date: dt.date


class NewPassword(Given):
    """A person's own new password."""

    old: Annotated[str, Field(min_length=1, max_length=1000, repr=False)]
    new: Annotated[str, Field(min_length=1, max_length=256, repr=False)]


Anybody = Annotated[Caller, may(None)]


@router.post("", status_code=201)
def log_in(given: Login, request: Request) -> NewSession:
    """Come in with login and password. Several failures in a row must wait longer and longer."""
    settings, transactions = _of(request)
    # for the event, should it fail
    request.state.login = given.login
    with transactions.autocommit() as connection:
        session = sessions.log_in(
            connection, given.login, given.password, hours=settings.session_hours
        )
    return NewSession.model_validate(session)


@router.get("")
def whoami(caller: Anybody) -> Whoami:
    """Who one is, what one may, and which day it is for the business."""
    with caller.oversee() as operation:
        named = brands.names(
            operation.connection, None if caller.actor.brands is None else [*caller.actor.brands]
        )
        return Whoami(
            name=caller.actor.name,
            kind=caller.identity.kind,
            person=caller.actor.person_id,
            roles=list(caller.identity.roles),
            permissions=sorted(caller.actor.permissions),
            brands=named,
            agent=caller.actor.agent,
            expires_at=caller.identity.expires_at,
            business_date=operation.date,
        )


@router.delete("", status_code=204)
def log_out(caller: Anybody) -> Response:
    """End this session. A key isn't a session: revoke it instead."""
    if caller.identity.kind != "web":
        raise NotFound("This is a key, not a session; an administrator can revoke it.")
    with caller.oversee() as operation:
        sessions.log_out(operation.connection, caller.identity.token_id)
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE)
    return answer


@router.put("/password", status_code=204)
def change_password(given: NewPassword, caller: Anybody) -> Response:
    """Change one's own password; all of one's sessions end."""
    person_id = caller.actor.person_id
    if person_id is None:
        raise NotFound("A key has no password.")
    with caller.transactions.autocommit() as connection:
        # the old one is checked, and counted, as a login is
        caller.request.state.login = caller.actor.name
        session = sessions.log_in(connection, caller.actor.name, given.old)
        sessions.discard(connection, session)
    with caller.oversee() as operation:
        people.change_own_password(operation, given.new)
    return Response(status_code=204)


@router.get("/oidc", status_code=303, response_class=RedirectResponse)
def sign_on(
    request: Request,
    after: Annotated[
        str, Query(pattern=r"^/([^/\\\x00-\x20][^\\\x00-\x20]*)?$", max_length=500)
    ] = "/",
) -> Response:
    """Come in through the identity provider; for browsers."""
    settings, _ = _of(request)
    try:
        address, pending = oidc.begin(_oidc(settings), after)
    except DunwellError as failure:
        return _refused(request, failure)
    answer = RedirectResponse(address, 303)
    _set_cookie(request, answer, PENDING, pending.as_text(), oidc.SECONDS)
    return answer


@router.get("/oidc/callback", status_code=303, response_class=RedirectResponse)
def signed_on(
    request: Request,
    dunwell_sign_on: Annotated[str | None, Cookie(max_length=4000)] = None,
) -> Response:
    """Where the identity provider sends the browser back to."""
    settings, transactions = _of(request)
    try:
        configured = _oidc(settings)
        pending = oidc.Pending.of_text(dunwell_sign_on)
        known = oidc.finish(configured, pending, dict(request.query_params))
        request.state.login = known.login or known.subject
        with transactions.connection() as connection:
            session = sessions.come_in(
                connection, known.subject, known.login, hours=settings.session_hours
            )
    except DunwellError as failure:
        return _refused(request, failure)
    answer = RedirectResponse(pending.next, 303)
    answer.delete_cookie(PENDING)
    _set_cookie(request, answer, COOKIE, session.token, int(settings.session_hours * 3600))
    return answer


def _refused(request: Request, failure: DunwellError) -> Response:
    """Somebody who sits before a browser is told by the login page, in their language."""
    if "text/html" not in request.headers.get("accept", ""):
        raise failure
    failures.note_denial(request, failure, _of(request)[1])
    answer = RedirectResponse(f"/login?refused={failure.code}", 303)
    answer.delete_cookie(PENDING)
    return answer


def _of(request: Request) -> tuple[Settings, Transactions]:
    return request.app.state.application.settings, request.app.state.transactions


def _oidc(settings: Settings) -> OidcSettings:
    if settings.oidc is None:
        raise NotFound("Single sign-on isn't set up here; DUNWELL_OIDC__ISSUER would name it.")
    return settings.oidc


def _set_cookie(request: Request, answer: Response, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
