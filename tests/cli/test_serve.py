"""`dunwell serve` as a person starts it: a process of its own, and who comes too early waits."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
from tests.cli.conftest import Call

from dunwell.db.database import Database

DUNWELL = Path(sys.executable).with_name("dunwell")


def test_who_comes_as_soon_as_it_says_that_it_listens_is_answered(
    installation: Database,
):
    command = [str(DUNWELL), "serve", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True, env=os.environ
    ) as server:
        assert server.stdout is not None
        said = re.search(r"http://\S+:\d+", server.stdout.readline())
        assert said is not None
        answer = httpx2.get(f"{said.group()}/readyz", timeout=60)
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    assert answer.json() == {"status": "ready"}


def test_a_port_in_use_is_refused_with_what_to_do(dunwell: Call, installation: Database):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        outcome = dunwell("serve", "--port", str(port))
    assert outcome.code == 2
    assert str(port) in outcome.err
    assert "--port" in outcome.err
