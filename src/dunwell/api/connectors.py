"""Where other systems call when something is new there. A call brings only what the connector then
fetches by itself.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from dunwell.api import news
from dunwell.engine.connecting import Connecting

router = APIRouter(prefix="/connectors", tags=["connectors"])


@router.post("/{connector}/webhook", status_code=204, openapi_extra=news.DESCRIPTION)
def hear_news(
    request: Request,
    connector: Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,100}$", examples=["shop"])],
    payload: news.Body,
    signature: news.Signature = "",
) -> None:
    """News of another system, signed by it; what is known already changes nothing."""
    application = request.app.state.application
    connecting = Connecting(application.database, application.plugins, application.settings)
    connecting.hear(connector, payload, signature)
