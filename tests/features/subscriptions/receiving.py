"""A subscriber's side: a real HTTP server that keeps what it is sent and answers as it is told."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks import Webhook


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


class Subscriber:
    """Listens on a port of this machine while it is entered."""

    def __init__(self) -> None:
        self.behaviour = Behaviour()
        behaviour = self.behaviour
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                given = {name.lower(): value for name, value in self.headers.items()}
                received = Received(given, self.rfile.read(length).decode(), self.path)
                with lock:
                    behaviour.received.append(received)
                answer = behaviour.answer(received)
                if callable(answer):
                    answer(self)
                    return
                self.send_response(answer)
                for name, value in behaviour.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                behaviour.received.append(Received({}, "", self.path))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

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

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
