"""The how-to of the REST API does what it says: its lines of curl, against a real server."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dunwell.db.database import Database

PAGE = Path(__file__).parents[2] / "docs/how-to/use-the-api.md"
DUNWELL = Path(sys.executable).with_name("dunwell")
PEOPLE = "People come in with a password"
"""What follows needs things that only a reader has: a password, a gateway's token."""


@pytest.fixture
def port(installation: Database) -> Iterator[str]:
    """A server on a port of its own."""
    command = [str(DUNWELL), "serve", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True, env=os.environ
    ) as server:
        assert server.stdout is not None
        said = re.search(r"http://\S+:(\d+)", server.stdout.readline())
        assert said is not None
        yield said.group(1)
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)


def _script(port: str) -> str:
    """The page's blocks as one script, in which each line of curl says how it was answered."""
    told = PAGE.read_text("utf-8").split(PEOPLE)[0]
    blocks = re.findall(r"^```text\n(.*?)^```$", told, re.DOTALL | re.MULTILINE)
    script = "".join(blocks).replace("dunwell serve &\n", "")
    script = script.replace("localhost:8000", f"127.0.0.1:{port}")
    return script.replace("curl -s", "curl -s -m 60 -w '\\nanswered %{http_code}\\n'")


def test_its_lines_do_what_it_says(port: str, tmp_path: Path):
    script = _script(port)
    done = subprocess.run(  # noqa: S603 - our own page
        ["/bin/bash", "-u", "-o", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{DUNWELL.parent}{os.pathsep}{os.environ['PATH']}"},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = re.findall(r"^answered (\d+)$", done.stdout, re.MULTILINE)
    # the requests of `load` and `post` are written once, and made three times each
    assert len(answers) >= script.count("curl -s") + 4 - 1, done.stdout
    assert set(answers) == {"200", "201", "202"}, done.stdout
    told = done.stdout.replace('": ', '":')
    for said in ('"scenario":"reminders"', '"overdue_amount"', '"status":"active"', '"stopped"'):
        assert said in told, f"{said}: {done.stdout}"
