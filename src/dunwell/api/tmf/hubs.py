"""Hubs: who registers a callback with an API is sent its notifications, over our own subscriptions.

`query` chooses among the API's types of event and by attributes of their resources. Besides what is
published, messages are signed, and the secret of the signatures is told once, as `signingSecret`.
"""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Path, Response
from pydantic import Field

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.tmf.shapes import Given
from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.subscriptions import queries, service
from dunwell.features.subscriptions.outgoing import Outgoing
from dunwell.features.tmf import notifications
from dunwell.features.tmf.shapes import BASE, Resource

router = APIRouter(tags=["TM Forum hubs"])

Subscriber = Annotated[Caller, may(Permission.SUBSCRIBE)]
HubId = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,100}$")]


class NewHub(Given):
    """Where notifications go, and which: `eventType=A,B`, attributes; none: all of the API."""

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
        """Be sent the API's notifications."""
        asked = notifications.asked(api, given.query)
        kinds = sorted({kind for each in asked.types for kind in each.kinds})

        def verb(operation: Operation) -> Hub:
            outgoing = Outgoing.of(caller.request.app.state.application.settings)
            name = f"{prefix}{uuid4().hex}"
            wish = service.Wish(kinds, hub={"api": api, "query": given.query})
            secret = service.create(operation, outgoing, name, given.callback, wish)
            return Hub(id=name, callback=given.callback, query=given.query, signing_secret=secret)

        return caller.once(
            verb,
            given,
            location=lambda made: f"{BASE}/{api}/v4/hub/{made.id}",
            kept=lambda made: made.model_copy(update={"signing_secret": None}),
        )

    def show_hub(id: HubId, caller: Subscriber) -> Hub:  # noqa: A002 - TMF's name
        """Where notifications go, and which."""
        with caller.look() as operation:
            return _found(operation, id)

    def delete_hub(id: HubId, caller: Subscriber) -> None:  # noqa: A002 - TMF's name
        """Be told no more."""
        with caller.change() as operation:
            _found(operation, id)
            service.delete(operation, id)

    def _found(operation: Operation, number: str) -> Hub:
        if not number.startswith(prefix):
            raise NotFound(f"There is no hub {number!r}.")
        (known,) = queries.subscriptions(operation, number)
        query = (known["hub"] or {}).get("query")
        return Hub(id=number, callback=known["url"], query=query)

    path = f"/{api}/v4/hub"
    told: dict[str, Any] = {"status_code": 201, "response_model": Hub}
    router.post(path, operation_id=f"create_hub_{api}", **told)(create_hub)
    told = {"response_model": Hub, "response_model_exclude_none": True}
    router.get(f"{path}/{{id}}", operation_id=f"show_hub_{api}", **told)(show_hub)
    router.delete(f"{path}/{{id}}", status_code=204, operation_id=f"delete_hub_{api}")(delete_hub)


for _api in notifications.TYPES:
    _add(_api)
