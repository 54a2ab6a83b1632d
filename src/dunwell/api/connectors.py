"""Where other systems call when something is new there. Who calls isn't known by a token: a call is
believed because of its signature, and brings only what the connector then fetches by itself.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request

from dunwell.engine.connecting import Connecting

router = APIRouter(prefix="/connectors", tags=["connectors"])

_DESCRIPTION = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


async def _payload(request: Request) -> bytes:
    return await request.body()


@router.post("/{connector}/webhook", status_code=204, openapi_extra=_DESCRIPTION)
def hear_news(
    request: Request,
    connector: Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,100}$", examples=["shop"])],
    payload: Annotated[bytes, Depends(_payload)],
    signature: Annotated[
        str, Header(alias="Stripe-Signature", description="The other system's signature.")
    ] = "",
) -> None:
    """News of another system, signed by it; what is known already changes nothing."""
    application = request.app.state.application
    connecting = Connecting(application.database, application.plugins, application.settings)
    connecting.hear(connector, payload, signature)
