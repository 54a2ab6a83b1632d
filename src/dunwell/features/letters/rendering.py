"""Rendering letters: jobs go to processes of their own, several at once, within limits.

A template is people's work and may be wrong or hostile. A process that takes too long, grows too
large or dies costs its letter only; the next letter gets a new process.
"""

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from queue import SimpleQueue
from typing import Any, Self

from dunwell.features.letters.engines import LARGEST, Document

PATIENCE = 10.0
"""Seconds that a letter may take."""

STARTING = 30.0
"""Seconds for the first letter of a process, which loads engine and fonts."""

_NO_NETWORK = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Job:
    """A template and what it is rendered with."""

    name: str
    """What an error calls the template: its name, kind and locale."""
    engine: str
    format: str
    source: str
    locale: str
    data: Mapping[str, Any]
    sender: Mapping[str, Any] = field(default_factory=dict)
    days_to_pay: int = 10
    today: str = ""
    """The day of the delivery, if that is later than the letter's."""


@dataclass(frozen=True, slots=True)
class Failed:
    """No document, and why: names template, line and field."""

    message: str


Outcome = Document | Failed


class Renderer:
    """Some rendering processes; leave it with `with`, which ends them."""

    def __init__(self, processes: int | None = None, patience: float = PATIENCE) -> None:
        self._count = processes or min(4, os.cpu_count() or 1)
        self._patience = patience
        self._idle: SimpleQueue[_Process] = SimpleQueue()
        self._all: list[_Process] = []
        self._threads = ThreadPoolExecutor(self._count, thread_name_prefix="rendering")

    def __enter__(self) -> Self:
        for _ in range(self._count):
            process = _Process(self._patience)
            self._all.append(process)
            self._idle.put(process)
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        for process in self._all:
            process.end()

    def render(self, job: Job) -> Outcome:
        """One document."""
        process = self._idle.get()
        try:
            return process.render(job)
        finally:
            self._idle.put(process)

    def render_all(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """The documents in the order of the jobs, several rendered at once."""
        yield from self._threads.map(self.render, jobs)


class _Process:
    """One rendering process, started when it is needed and again when it was ended."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    def render(self, job: Job) -> Outcome:
        patience = self._patience
        if self._process is None or self._process.poll() is not None:
            self.end()
            self._process = _start()
            patience = max(patience, STARTING if patience == PATIENCE else patience)
        try:
            answer, content = self._ask(job, patience)
        except TimeoutError:
            self.end()
            return Failed(f"template {job.name}: it took longer than {patience:g} seconds")
        except (OSError, EOFError, ValueError):
            self.end()
            return Failed(f"template {job.name}: it needs too much memory, or ended the process")
        if "error" in answer:
            line = f", line {answer['line']}" if answer["line"] else ""
            return Failed(f"template {job.name}{line}: {answer['error']}")
        return Document(content, answer["media_type"], answer["subject"])

    def _ask(self, job: Job, patience: float) -> tuple[dict[str, Any], bytes]:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(job), default=str).encode() + b"\n")
        self._process.stdin.flush()
        received = _Received(self._process, time.monotonic() + patience)
        answer: dict[str, Any] = json.loads(received.line())
        length = int(answer.get("length", 0))
        if not 0 <= length <= LARGEST:
            raise ValueError("larger than a document may be")
        return answer, received.bytes(length)

    def end(self) -> None:
        """End the process, whatever it does."""
        if self._process is None:
            return
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._process.wait()
        self._process = None


class _Received:
    """What a process answers, waited for until the deadline."""

    def __init__(self, process: "subprocess.Popen[bytes]", deadline: float) -> None:
        assert process.stdout is not None
        self._file = process.stdout.fileno()
        self._deadline = deadline
        self._buffer = bytearray()

    def line(self) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            self._more()
        found = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return found

    def bytes(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._more()
        return bytes(self._buffer[:count])

    def _more(self) -> None:
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._file, selectors.EVENT_READ)
            if not waiting.select(max(self._deadline - time.monotonic(), 0)):
                raise TimeoutError
        piece = os.read(self._file, 1 << 20)
        if not piece:
            raise EOFError
        self._buffer += piece


def _start() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", "from dunwell.features.letters.worker import main; main()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        # nothing of the installation's environment: it holds passwords. What would fetch something
        # is sent to a port where nobody listens
        env={
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "RAYON_NUM_THREADS": "1",
            **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), _NO_NETWORK),
            **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), _NO_NETWORK),
        },
        start_new_session=True,
    )
