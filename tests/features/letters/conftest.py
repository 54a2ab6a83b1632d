"""A world in which letters are written, a real mail server, and readers for what came out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pypdf import PdfReader
from tests.policies import policy, scenario
from tests.world import World

from dunwell.db.database import Database
from dunwell.features.letters.rendering import Renderer
from dunwell.settings import Smtp

SENDER = """
[[brands]]
name = "default"
locale = "en_US"
sender = { name = "Northwind", address = ["1 Harbour St", "Springfield"], country = "US", email = "billing@northwind.example", iban = "DE89370400440532013000" }
"""  # noqa: E501

LETTERS = """
[[actions]]
name = "first reminder"
type = "dunning_letter"
template = "first-reminder"

[[actions]]
name = "on invoice"
type = "invoice_reminder"
template = "invoice-reminder"

[[actions]]
name = "own letter"
type = "dunning_letter"
template = "own"
"""


def letters_policy(steps: str = "1 first reminder, 30 call", **settings: str) -> str:
    """Everybody with 20 overdue for ten days gets a letter the day after."""
    return policy(
        scenario(steps=steps, leave="5.00"),
        scenario("euros", profile="default EUR", steps=steps, leave="5.00"),
        settings=settings,
        currencies=("USD", "EUR"),
        more=LETTERS + SENDER,
    )


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    with Renderer(1, patience=4) as renderer:
        yield renderer


@dataclass
class MailServer:
    """What a real SMTP server got, and what it is told to answer."""

    received: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """What it answers at a point (`RCPT`, `DATA`) instead of taking it."""
    before_answer: Callable[[], None] | None = None
    """Called when it has the text of a letter, before it says so."""
    before_text: Callable[[], None] | None = None
    """Called when it knows the recipient of a letter, before it asks for the text."""
    hangs_up: bool = False
    """Takes the text and closes the connection without a word."""
    log: list[str] = field(default_factory=list)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if answer := self.answers.get("RCPT"):
            return answer
        if self.before_text:
            self.before_text()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        if answer := self.answers.get("DATA"):
            return answer
        message = message_from_bytes(envelope.content, policy=default)
        self.received.append(message)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        self.log.append(f"cleanup: message-id={message['Message-ID']}")
        if self.hangs_up:
            server.transport.abort()
        if self.before_answer:
            self.before_answer()
        return "250 OK"


@dataclass
class Post:
    """The server with its settings."""

    server: MailServer
    smtp: Smtp

    def received(self) -> list[EmailMessage]:
        return self.server.received


@pytest.fixture
def post() -> Iterator[Post]:
    server = MailServer()
    controller = _AnyPort(server, hostname="127.0.0.1", port=0, ready_timeout=20)
    controller.start()
    yield Post(server, Smtp(host="127.0.0.1", port=controller.port, security="none", timeout=5))
    controller.stop()


class _AnyPort(Controller):
    """A server on a port that the system chooses."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()


def text_of(pdf: bytes) -> str:
    """The words of a PDF, in reading order, in one line."""
    pages = PdfReader(BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def body_of(mail: EmailMessage, kind: str = "plain") -> str:
    """The body of an e-mail, as plain text or HTML."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def statuses(world: World) -> list[Any]:
    """Where each letter stands, with what is said about it."""
    return world.rows("select status, message from letter order by account_id, id")
