"""What routes share to which other systems bring news by themselves. Who calls isn't known by a
token: a call is believed because of its signature, which is over the body as it was sent.
"""

from typing import Annotated

from fastapi import Depends, Header, Request

DESCRIPTION = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
"""The body for the OpenAPI description; FastAPI doesn't know of one that isn't parsed."""


async def _body(request: Request) -> bytes:
    return await request.body()


Body = Annotated[bytes, Depends(_body)]

Signature = Annotated[
    str, Header(alias="Stripe-Signature", description="The caller's signature of the body.")
]
