"""Where gateways bring news of charges by themselves. A call changes nothing but what became of our
own charges.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from dunwell.api import news
from dunwell.api.statements import settle_for
from dunwell.features.access.actor import Actor, Permission
from dunwell.features.payments import webhooks
from dunwell.serving.transactions import Transactions

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


@router.post("/{gateway}", status_code=204, openapi_extra=news.DESCRIPTION)
def take_news(
    request: Request,
    gateway: Annotated[str, Path(pattern=r"^[a-z0-9_.:-]{1,100}$", examples=["stripe"])],
    payload: news.Body,
    signature: news.Signature = "",
) -> None:
    """News of charges, signed by the gateway; news that is known already changes nothing."""
    transactions: Transactions = request.app.state.transactions
    actor = Actor(f"gateway {gateway}", frozenset({Permission.TAKE_PAYMENT}), brands=None)
    with transactions.owner(actor) as operation:
        paid = webhooks.take(operation, request.app.state.gateways, gateway, payload, signature)
    settle_for(request, transactions, paid)
