"""TMF681, communication messages: a bill unit's letters, with where each stands; to read.

The content is the rendered document, which its attachment's address gives.
"""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Response

from dunwell.api.caller import Caller, may
from dunwell.api.tmf.shapes import (
    ByAccount,
    Entity,
    Fields,
    Part,
    Reference,
    Resource,
    described,
    href,
    one,
)
from dunwell.domain.errors import NotFound
from dunwell.domain.statuses import LetterStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.letters import service
from dunwell.features.receivables import queries

API = "communicationManagement"

router = APIRouter(prefix=f"/{API}/v4", tags=["TMF681 messages"])

Viewer = Annotated[Caller, may(Permission.VIEW)]

STATES = {
    LetterStatus.READY: "initial",
    LetterStatus.RENDERED: "inProgress",
    LetterStatus.SENDING: "inProgress",
    LetterStatus.UNCERTAIN: "inProgress",
    LetterStatus.SENT: "completed",
    LetterStatus.WITHDRAWN: "cancelled",
    LetterStatus.ERROR: "failed",
}
"""Where a letter stands, in TMF681's words."""

LetterId = Annotated[
    str,
    Path(
        min_length=3,
        max_length=820,
        pattern=r"^[^\x00-\x1f\x7f]+:[0-9]{1,9}$",
        examples=["100158-1:17"],
    ),
]


class Attachment(Resource):
    """The document."""

    id: str
    attachment_type: str
    mime_type: str
    url: str


class Receiver(Resource):
    """Who gets it."""

    id: str
    name: str
    party: Reference


class Sender(Resource):
    """Whose brand sends it."""

    id: str
    name: str


class CommunicationMessage(Entity):
    """A letter."""

    content: str | None = None
    subject: str | None = None
    message_type: str | None = None
    state: str | None = None
    send_time: str | None = None
    send_time_complete: str | None = None
    try_times: int | None = None
    description: str | None = None
    receiver: list[Receiver] | None = None
    sender: Sender | None = None
    attachment: list[Attachment] | None = None


@router.get("/communicationMessage", **described(CommunicationMessage))
def list_messages(caller: Viewer, part: Part, account: ByAccount) -> Response:
    """The letters of a bill unit, oldest first."""
    with caller.look() as operation:
        found = service.listed(operation, account)
        return part.answer(_shown(operation, account, found))


@router.get("/communicationMessage/{id}", response_model=CommunicationMessage)
def show_message(id: LetterId, caller: Viewer, fields: Fields = None) -> Response:  # noqa: A002 - TMF's name
    """One letter."""
    account, _, letter = id.rpartition(":")
    with caller.look() as operation:
        try:
            found = service.find(operation, account, int(letter))
        except NotFound as failure:
            raise NotFound(f"There is no communication message {id!r}.") from failure
        (shown,) = _shown(operation, account, [found])
    return one(shown, fields)


def _shown(
    operation: Operation, account: str, letters: list[dict[str, Any]]
) -> list[CommunicationMessage]:
    customer = queries.account(operation, queries.bill_unit(operation, account)["account_no"])
    return [_message(letter, customer) for letter in letters]


def _message(letter: dict[str, Any], customer: Any) -> CommunicationMessage:
    account, number = letter["bill_unit_no"], f"{letter['bill_unit_no']}:{letter['id']}"
    sent = letter["sent_at"].isoformat() if letter["sent_at"] else None
    document = f"/api/v1/bill-units/{quote(account, safe='')}/letters/{letter['id']}/document"
    email = letter["channel"] == "email"
    to = customer["email"] if email else customer["name"]
    return CommunicationMessage(
        id=number,
        href=href(API, "communicationMessage", number),
        type="CommunicationMessage",
        content=f"Letter {letter['template']}, as attached",
        subject=letter["template"],
        message_type="Email" if email else "Letter",
        state=STATES[LetterStatus(letter["status"])],
        send_time=sent,
        send_time_complete=sent,
        try_times=letter["attempts"],
        description=letter["message"],
        receiver=[
            Receiver(
                id=customer["account_no"],
                name=to or customer["name"],
                party=Reference(
                    id=customer["account_no"],
                    href=href("accountManagement", "partyAccount", customer["account_no"]),
                    referred_type="PartyAccount",
                ),
            )
        ],
        sender=Sender(id=customer["brand"], name=customer["brand"]),
        attachment=[
            Attachment(
                id=str(letter["id"]),
                attachment_type="letter",
                mime_type=letter["media_type"],
                url=document,
            )
        ]
        if letter["media_type"]
        else None,
    )
