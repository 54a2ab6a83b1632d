"""Another system on a real port of this machine: what the fakes of HTTP services share."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Answering(BaseHTTPRequestHandler):
    """Answers quietly, and says how long its answers are, so that connections are kept."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.get()

    def do_POST(self) -> None:
        self.post()

    def get(self) -> None:
        self.answer(501)

    def post(self) -> None:
        self.answer(501)

    def answer(
        self, status: int, content: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def answer_json(self, status: int, told: Any) -> None:
        self.answer(status, json.dumps(told).encode(), {"Content-Type": "application/json"})

    def body(self) -> str:
        return self.rfile.read(int(self.headers["Content-Length"])).decode()

    def log_message(self, *_: object) -> None:
        pass


class OnAPort:
    """Listens while it is entered; its port is known before."""

    def __init__(self, handler: type[Answering]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"
