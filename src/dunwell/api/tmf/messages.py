"""TMF681, communication messages: a bill unit's letters, with where each stands; to read.

The content is the rendered document, which its attachment's address gives.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from dunwell.api.caller import Caller, may
from dunwell.api.tmf.shapes import ByAccount, Fields, Part, described, one
from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Permission
from dunwell.features.letters import service
from dunwell.features.tmf.messages import API, CommunicationMessage, messages

router = APIRouter(prefix=f"/{API}/v4", tags=["TMF681 messages"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


LetterId = Annotated[
    str,
    Path(
        min_length=3,
        max_length=820,
        pattern=r"^[^\x00-\x1f\x7f]+:[0-9]{1,9}$",
        examples=["100158-1:17"],
    ),
]


@router.get("/communicationMessage", **described(CommunicationMessage))
def list_messages(caller: Viewer, part: Part, account: ByAccount) -> Response:
    """The letters of a bill unit, oldest first."""
    with caller.look() as operation:
        found = service.listed(operation, account)
        return part.answer(messages(operation, account, found))


@router.get("/communicationMessage/{id}", response_model=CommunicationMessage)
def show_message(id: LetterId, caller: Viewer, fields: Fields = None) -> Response:  # noqa: A002 - TMF's name
    """One letter."""
    account, _, letter = id.rpartition(":")
    with caller.look() as operation:
        try:
            found = service.find(operation, account, int(letter))
        except NotFound as failure:
            raise NotFound(f"There is no communication message {id!r}.") from failure
        (shown,) = messages(operation, account, [found])
    return one(shown, fields)
