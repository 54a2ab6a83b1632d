"""Who asks, what they need, and the transactions that are theirs.

A handler takes a `Caller` and says which permission it is for:
`Annotated[Caller, may(Permission.VIEW)]`. So no route is open by mistake, and the OpenAPI
description lists the permission as a scope.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Header, Request, Response, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from pydantic import BaseModel

from dunwell.api import repeats
from dunwell.db import walls
from dunwell.domain.errors import Unauthenticated
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.access.sessions import Identity
from dunwell.features.events import log as event_log
from dunwell.serving import caller as serving

_bearer = HTTPBearer(auto_error=False, description="An API key, or the token of a session.")
_cookie = APIKeyCookie(name=serving.COOKIE, auto_error=False, description="A session in a browser.")


def identify(
    request: Request,
    bearer: Annotated[Any, Security(_bearer)],
    cookie: Annotated[str | None, Security(_cookie)],
) -> Identity:
    """Whom the request's token stands for. Raises Unauthenticated."""
    token = bearer.credentials if bearer else cookie
    if not token:
        raise Unauthenticated("Show a key or a session's token as Authorization: Bearer ….")
    return serving.identify(request, token)


class Caller(serving.Caller):
    """Who asks, how they get at the data, and what answers a repeated request."""

    __slots__ = ()

    def once(
        self,
        verb: Callable[[Operation], BaseModel],
        given: BaseModel | bytes | None = None,
        *,
        status: int = 201,
        location: Callable[[Any], str] | None = None,
        kept: Callable[[Any], BaseModel] | None = None,
        walled: bool = True,
    ) -> Response:
        """Answer a POST: do it, or repeat the answer that its idempotency key has had already.

        `kept` makes what may be stored for a repetition, for an answer with a secret in it.
        """
        with self.transactions.owner(self.actor) as operation:
            claim = repeats.Claim.of(self.request, self.actor.name, given)
            if claim and (answer := claim.take(operation.connection)):
                return answer
            if walled:
                event_log.ensure_month(operation.connection, operation.date)
                walls.enter(operation.connection, self.actor.brands)
            result = verb(operation)
            if walled:
                walls.leave(operation.connection)
            headers = {"Location": location(result)} if location else {}
            response = repeats.response(result, status, headers)
            if claim:
                shown = repeats.response(kept(result), status, headers) if kept else response
                claim.keep(operation.connection, shown)
        return response


def _caller(permission: Permission | None, *, everywhere: bool) -> Callable[..., Caller]:
    scopes = [str(permission)] if permission else []

    def caller(
        request: Request, identity: Annotated[Identity, Security(identify, scopes=scopes)]
    ) -> Caller:
        if permission:
            identity.actor.require(permission, everywhere=everywhere)
        return Caller(identity, request.app.state.transactions, request)

    return caller


def may(permission: Permission | None, *, everywhere: bool = False) -> Any:
    """What a handler's `caller` needs: this permission; none: anybody who is known."""
    scopes = [str(permission)] if permission else []
    return Security(_caller(permission, everywhere=everywhere), scopes=scopes)


IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A text of your own; sending the same request again with it does nothing more"
        " and gets the same answer, for a day.",
        max_length=200,
        min_length=1,
        pattern=r"^[\x21-\x7e]+$",
    ),
]
