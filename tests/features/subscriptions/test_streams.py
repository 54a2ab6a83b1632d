"""Subjects of NATS as subscribers, on a real server with JetStream."""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nats
import pytest
from standardwebhooks import Webhook
from tests.features.subscriptions.conftest import DAY, Publisher

from dunwell.domain.errors import BadInput
from dunwell.features.subscriptions import service
from dunwell.features.subscriptions.outgoing import Outgoing

SERVER = shutil.which("nats-server", path="/usr/sbin:/usr/local/bin:/usr/bin:/opt/homebrew/bin")

pytestmark = pytest.mark.skipif(SERVER is None, reason="needs nats-server (apt, brew)")


@dataclass
class Nats:
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}/billing"

    def start(self) -> None:
        assert SERVER is not None
        command = [SERVER, "-js", "-a", "127.0.0.1", "-p", str(self.port), "-sd", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - ours
        deadline = time.monotonic() + 20
        while True:
            try:
                with closing(socket.create_connection(("127.0.0.1", self.port), 1)):
                    return
            except OSError:
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _with_stream(self, act: Any) -> Any:
        async def run() -> Any:
            client = await nats.connect(f"nats://127.0.0.1:{self.port}")
            try:
                return await act(client.jetstream())
            finally:
                await client.close()

        return asyncio.run(run())

    def keep(self) -> None:
        """Make a stream that stores what is sent to the subject."""
        self._with_stream(lambda stream: stream.add_stream(name="billing", subjects=["billing.>"]))

    def stored(self) -> list[Any]:
        async def read(stream: Any) -> list[Any]:
            state = (await stream.stream_info("billing")).state
            return [await stream.get_msg("billing", no + 1) for no in range(state.messages)]

        return list(self._with_stream(read))


@pytest.fixture
def stream_server(tmp_path: Path) -> Iterator[Nats]:
    folder = tmp_path / "nats"
    folder.mkdir()
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Nats(folder, port)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def test_a_stream_stores_events_signed_in_order_and_once(publisher: Publisher, stream_server: Nats):
    stream_server.keep()
    secret = publisher.subscribe(stream_server.url, kinds=["exempted"])
    for number in range(3):
        publisher.write(1, no=number)
    assert publisher.publish().taken == 3
    stored = stream_server.stored()
    assert [each.subject for each in stored] == ["billing.dunwell.exempted"] * 3
    told = [Webhook(secret).verify(each.data, each.headers) for each in stored]
    assert [event["data"]["details"]["no"] for event in told] == [0, 1, 2]
    assert publisher.publish().taken == 0
    # as after a crash between sending and writing it down
    publisher.do(service.replay, "billing", publisher.now, since=DAY)
    assert publisher.publish().taken == 3
    assert len(stream_server.stored()) == 3


A_WHILE = 30
"""Seconds that no server which is down may hold up those of others, however busy the machine."""


def test_what_no_stream_stores_waits_and_goes_out_later(publisher: Publisher, stream_server: Nats):
    publisher.subscribe(stream_server.url, kinds=["exempted"])
    publisher.write(1, no=1)
    assert publisher.publish().taken == 0
    assert "NATS" in str(publisher.state())
    stream_server.keep()
    publisher.later(hours=1)
    assert publisher.deliver().taken == 1
    stream_server.stop()
    publisher.write(1, no=2)
    asked_at = time.monotonic()
    assert publisher.publish().taken == 0
    assert time.monotonic() - asked_at < A_WHILE
    stream_server.start()
    publisher.later(hours=1)
    assert publisher.deliver().taken == 1
    assert len(stream_server.stored()) == 2


@pytest.mark.parametrize(
    "url", ["tls://nats.example", "tls://nats.example/a b", "tls://nats.example/a.>", "tls:///a"]
)
def test_a_url_names_one_subject(publisher: Publisher, url: str):
    with pytest.raises(BadInput):
        publisher.subscribe(url)


def test_no_subject_leads_into_the_house(publisher: Publisher):
    outside = Outgoing(b"k" * 32)
    for url in ("tls://127.0.0.1/billing", "nats://nats.example/billing"):
        with pytest.raises(BadInput):
            publisher.subscribe(url, outgoing=outside)
