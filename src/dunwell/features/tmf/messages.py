"""TMF681: how letters look as communication messages.

The content is the rendered document, which its attachment's address gives.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from dunwell.domain.statuses import LetterStatus
from dunwell.features.access.actor import Operation
from dunwell.features.receivables import queries
from dunwell.features.tmf.shapes import (
    Entity,
    Reference,
    Resource,
    href,
)

API = "communicationManagement"


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
    email: str | None = None
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


def messages(
    operation: Operation, account: str, letters: Sequence[Mapping[str, Any]]
) -> list[CommunicationMessage]:
    """Letters of a bill unit."""
    customer = queries.account(operation, queries.bill_unit(operation, account)["account_no"])
    return [_message(letter, customer) for letter in letters]


def _message(letter: Mapping[str, Any], customer: Any) -> CommunicationMessage:
    account, number = letter["bill_unit_no"], f"{letter['bill_unit_no']}:{letter['id']}"
    sent = letter["sent_at"].isoformat() if letter["sent_at"] else None
    document = f"/api/v1/bill-units/{quote(account, safe='')}/letters/{letter['id']}/document"
    email = letter["channel"] == "email"
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
                name=customer["name"],
                email=customer["email"] if email else None,
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
