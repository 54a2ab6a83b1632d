"""A subscriber's side: a real HTTP server that keeps what it is sent and answers as it is told."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook
from tests.fakes.on_a_port import Answering, OnAPort


@dataclass(frozen=True)
class Received:
    headers: dict[str, str]
    body: str
    path: str

    @property
    def event(self) -> Any:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def subject(self) -> str:
        return str(self.event["subject"])

    @property
    def kind(self) -> str:
        return str(self.event["type"]).removeprefix("dunwell.")

    def verify(self, secret: str) -> Any:
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Behaviour:
    """How to answer: a status for each message, or something to do with the connection."""

    answer: Callable[[Received], int | Callable[[Any], None]] = lambda _: 204
    received: list[Received] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


class Subscriber(OnAPort):
    """Listens on a port of this machine while it is entered."""

    def __init__(self) -> None:
        self.behaviour = Behaviour()
        behaviour = self.behaviour
        lock = threading.Lock()

        class Handler(Answering):
            def post(self) -> None:
                given = {name.lower(): value for name, value in self.headers.items()}
                received = Received(given, self.body(), self.path)
                with lock:
                    behaviour.received.append(received)
                answer = behaviour.answer(received)
                if callable(answer):
                    answer(self)
                else:
                    self.answer(answer, headers=behaviour.headers)

            def get(self) -> None:
                behaviour.received.append(Received({}, "", self.path))
                self.answer(200)

        super().__init__(Handler)

    @property
    def url(self) -> str:
        return f"http://localhost:{self._server.server_port}/events"

    @property
    def received(self) -> list[Received]:
        return self.behaviour.received

    def take(self) -> list[Received]:
        """What has come since it was last asked."""
        taken, self.behaviour.received[:] = list(self.received), []
        return taken

    def answer(self, with_: int | Callable[[Received], Any]) -> None:
        self.behaviour.answer = with_ if callable(with_) else lambda _: with_
