"""For whoever watches over the server: is it alive, can it work, and its metrics. Open to everybody
who can reach it, and nothing in them is about customers.
"""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from dunwell.domain.errors import Unavailable

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """How it is."""

    status: str


@router.get("/healthz")
async def alive() -> Health:
    """The process answers."""
    return Health(status="alive")


@router.get("/readyz")
def ready(request: Request) -> Health:
    """The database answers and its schema is this version's."""
    from dunwell.bootstrap import known_revisions, revision  # noqa: PLC0415 - told by files

    with request.app.state.transactions.connection() as connection:
        present = revision(connection)
    if present != known_revisions()[-1]:
        raise Unavailable(f"The schema is at revision {present}; run `dunwell db upgrade`.")
    return Health(status="ready")


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """Metrics in Prometheus's format."""
    return Response(request.app.state.watch.text(), media_type="text/plain; version=0.0.4")
