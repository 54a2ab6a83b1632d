"""Another side of a small Stripe: things that are listed page by page, fetched one by one, and told
of by events. It keeps what it was asked, and can be down or slow to show what changed.
"""

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.fakes.stripe import SECRET

__all__ = ["SECRET", "FakeBilling"]


class FakeBilling:
    def __init__(self) -> None:
        self.things: dict[str, dict[str, dict[str, Any]]] = {
            noun: {} for noun in ("customers", "invoices", "charges", "refunds", "disputes")
        }
        self.events: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.keys: list[str] = []
        self.down = False

    def put(self, noun: str, number: str, /, **facts: Any) -> dict[str, Any]:
        """Something is made or changed."""
        before = self.things[noun].get(number, {})
        thing = {"id": number, "object": noun[:-1], "created": 1767225600, **before, **facts}
        self.things[noun][number] = thing
        return thing

    def event(self, kind: str, thing: dict[str, Any], created: int) -> dict[str, Any]:
        """Something is told; with the thing as it was then."""
        told = {
            "id": f"evt_{len(self.events) + 1}",
            "object": "event",
            "type": kind,
            "created": created,
            "data": {"object": dict(thing)},
        }
        self.events.append(told)
        return told

    def answer(self, path: str, asked: dict[str, list[str]]) -> tuple[int, Any]:
        if self.down:
            return 503, {"error": {"type": "api_error", "message": "down"}}
        noun, _, number = path.removeprefix("/v1/").partition("/")
        if number:
            thing = self.things[noun].get(number)
            return (200, thing) if thing else (404, {"error": {"type": "invalid_request_error"}})
        if noun == "events":
            since = int(asked.get("created[gte]", ["0"])[0])
            found = [each for each in reversed(self.events) if each["created"] >= since]
        else:
            found = list(self.things[noun].values())
        if any(name.startswith("expand") for name in asked):
            charges = self.things["charges"]
            found = [{**each, "charge": charges[each["charge"]]} for each in found]
        after = asked.get("starting_after", [""])[0]
        first = next((no for no, each in enumerate(found, 1) if each["id"] == after), 0)
        limit = int(asked["limit"][0])
        page = found[first : first + limit]
        more = len(found) > first + limit
        return 200, {"object": "list", "data": page, "has_more": more}

    def __enter__(self) -> Self:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                fake.asked.append(self.path)
                fake.keys.append(self.headers["Authorization"])
                path, _, query = self.path.partition("?")
                status, answer = fake.answer(path, urllib.parse.parse_qs(query))
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"
