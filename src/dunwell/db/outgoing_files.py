"""Files that leave the house: first a row, in the transaction that records what they say; then,
after its commit, a file in a folder.

Whoever is killed between the two finds the row again and writes the same content under the same
name, so nothing is sent in two files, and nothing that is recorded as sent is missing.
"""

import os
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound

_FILES = statements.load(__package__, "outgoing_files.sql")

Open = Callable[[bytes], bytes]
"""Reads a sealed content."""


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """What is to stand in a folder; `message_no` is how the answers will refer to it."""

    kind: str
    name: str
    content: bytes
    sealed: bool = False
    message_no: str | None = None


def plain_name(text: str) -> str:
    """A piece of a file name out of any text: letters, digits and hyphens."""
    return re.sub(r"[^\w]+", "-", text).strip("-")[:60] or "unnamed"


def put(connection: psycopg.Connection[TupleRow], file: OutgoingFile, made_on: date) -> int:
    """Keep a file to be written after the caller's commit; its number."""
    given = {
        "kind": file.kind,
        "name": file.name,
        "made_on": made_on,
        "content": file.content,
        "sealed": file.sealed,
        "message_no": file.message_no,
    }
    row = _FILES["put"].run(connection, given).fetchone()
    assert row is not None
    return int(row[0])


def write(
    connection: psycopg.Connection[TupleRow],
    folder: Path,
    kinds: Collection[str],
    open_sealed: Open | None = None,
) -> list[Path]:
    """Write what isn't written yet, each file whole or not at all; commits after each.

    Give it a connection with nothing under way.
    """
    written: list[Path] = []
    _make(folder)
    while True:
        with connection.transaction():
            row = _FILES["next_unwritten"].run(connection, {"kinds": list(kinds)}).fetchone()
            if row is None:
                return written
            number, name, content, sealed = row
            written.append(_write(folder / name, _opened(content, sealed, open_sealed)))
            _FILES["written"].run(connection, {"id": number})


def write_again(
    connection: psycopg.Connection[TupleRow],
    folder: Path,
    kinds: Collection[str],
    name: str,
    open_sealed: Open | None = None,
) -> Path:
    """Write a file once more that got lost on its way. Raises NotFound."""
    row = _FILES["find"].run(connection, {"kinds": list(kinds), "name": name}).fetchone()
    if row is None:
        raise NotFound(f"There is no file {name!r} that was made before.")
    _make(folder)
    return _write(folder / row[1], _opened(row[2], row[3], open_sealed))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise BadInput(f"{folder} can't be made a folder: {failure.strerror}.") from failure


def _opened(content: bytes, sealed: bool, open_sealed: Open | None) -> bytes:
    if not sealed:
        return content
    if open_sealed is None:
        raise BadInput("The file is sealed; DUNWELL_VAULT_KEY must hold the key that sealed it.")
    return open_sealed(content)


def _write(path: Path, content: bytes) -> Path:
    """The name appears when the content is on the disk; only its owner may read it."""
    part = path.with_name(f".{path.name}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:  # noqa: PTH123 - a mode of its own
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
    return path
