"""Hubs: who registers a callback with an API gets its events, over our own subscriptions.

What is sent is our own CloudEvent, signed; `query` chooses among the API's types of event. The
secret of the signatures is told once, as `signingSecret`. TMF678 has none: no event of ours is a
bill's.
"""

from fnmatch import fnmatchcase
from typing import Annotated, Any
from urllib.parse import parse_qs
from uuid import uuid4

from fastapi import APIRouter, Path, Response
from pydantic import Field

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.tmf import accounts_shown, collections, messages, payments
from dunwell.api.tmf.shapes import BASE, Given, Resource
from dunwell.domain.errors import BadInput, NotFound
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.subscriptions import queries, service
from dunwell.features.subscriptions.outgoing import Outgoing

router = APIRouter(tags=["TM Forum hubs"])

Subscriber = Annotated[Caller, may(Permission.SUBSCRIBE)]

EVENTS: dict[str, dict[str, tuple[str, ...]]] = {
    accounts_shown.API: {
        "BillingAccountStateChangeEvent": (
            *("collection_status_changed", "case_opened", "case_closed"),
        )
    },
    payments.API: {
        "PaymentCreateEvent": ("payment_collected", "payment_received", "payment_taken"),
        "PaymentStateChangeEvent": (
            *("payment_pending", "payment_declined", "payment_failed", "payment_withdrawn"),
            "payment_returned",
        ),
    },
    messages.API: {
        "CommunicationMessageStateChangeEvent": (
            *("letter_sent", "letter_failed", "letter_uncertain", "letter_not_sent"),
            *("letter_retried", "letter_withdrawn"),
        )
    },
    collections.API: {
        "CollectionCaseCreateEvent": ("case_opened",),
        "CollectionCaseStateChangeEvent": ("case_closed",),
        "CollectionActionStateChangeEvent": ("action_*",),
        "PromiseToPayCreateEvent": ("promise_made",),
        "PromiseToPayStateChangeEvent": ("promise_kept", "promise_broken", "promise_revoked"),
    },
}
"""By API: its types of event, and which events of ours they are."""


class NewHub(Given):
    """Where events go, and which: `eventType=A,B`; none: all of the API."""

    callback: Annotated[str, Field(min_length=1, max_length=2000)]
    query: Annotated[str | None, Field(max_length=2000)] = None


class Hub(Resource):
    """A registered callback."""

    id: str
    callback: str
    query: str | None = None
    signing_secret: Annotated[
        str | None, Field(description="Verifies signatures; told once, when it is made.")
    ] = None


def _add(api: str) -> None:
    prefix = f"tmf-{api}-"

    def create_hub(given: NewHub, caller: Subscriber, _key: IdempotencyKey = None) -> Response:
        """Be told of the API's events."""
        kinds = _kinds(api, given.query)

        def verb(operation: Operation) -> Hub:
            outgoing = Outgoing.of(caller.request.app.state.application.settings)
            name = f"{prefix}{uuid4().hex}"
            wish = service.Wish(kinds)
            secret = service.create(operation, outgoing, name, given.callback, wish)
            return Hub(id=name, callback=given.callback, query=given.query, signing_secret=secret)

        return caller.once(
            verb,
            given,
            location=lambda made: f"{BASE}/{api}/v4/hub/{made.id}",
            kept=lambda made: made.model_copy(update={"signing_secret": None}),
        )

    def delete_hub(
        id: Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,100}$")],  # noqa: A002 - TMF's name
        caller: Subscriber,
    ) -> None:
        """Be told no more."""
        if not id.startswith(prefix):
            raise NotFound(f"There is no hub {id!r}.")
        with caller.change() as operation:
            queries.subscriptions(operation, id)
            service.delete(operation, id)

    told: dict[str, Any] = {"operation_id": f"create_hub_{api}"}
    router.post(f"/{api}/v4/hub", status_code=201, response_model=Hub, **told)(create_hub)
    told = {"operation_id": f"delete_hub_{api}"}
    router.delete(f"/{api}/v4/hub/{{id}}", status_code=204, **told)(delete_hub)


def _kinds(api: str, query: str | None) -> list[str]:
    known = EVENTS[api]
    wanted = list(known)
    if query:
        given = parse_qs(query.removeprefix("?"))
        other = sorted(given.keys() - {"eventType"})
        if other or not given:
            raise BadInput(f"The query {query!r} can't be answered; it can be eventType=A,B.")
        wanted = [name for each in given["eventType"] for name in each.split(",")]
    unknown = [name for name in wanted if not any(fnmatchcase(each, name) for each in known)]
    if unknown:
        raise BadInput(f"{', '.join(unknown)} is no event of {api}; it has {', '.join(known)}.")
    return sorted(
        {
            kind
            for name, kinds in known.items()
            if any(fnmatchcase(name, each) for each in wanted)
            for kind in kinds
        }
    )


for _api in EVENTS:
    _add(_api)
