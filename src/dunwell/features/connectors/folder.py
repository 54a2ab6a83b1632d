"""The folder that other systems drop load files into (CSV, gzipped CSV, Parquet, JSON lines).

A file is taken once its name tells its kind and it hasn't changed for a while, so a half-written
one stays; upload under another name and rename, or just wait. What was loaded goes to `done`, what
was refused to `rejected`, with the list of its bad rows beside it. Loaded and then not moved (a
crash): it is loaded again, which changes nothing.
"""

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from dunwell.domain.errors import BadFile, Unavailable
from dunwell.features.connectors.entries import Entry, read
from dunwell.features.receivables.kinds import KINDS, kind_of
from dunwell.plugins.connecting import Connector, Found, Outcome, Wanted
from dunwell.plugins.specs import hookimpl

DONE, REJECTED = "done", "rejected"


class FolderEntry(Entry):
    """Which folder, and when a file in it counts as complete."""

    every_minutes: Annotated[int, Field(ge=1, le=10_080)] = 1
    path: Path
    quiet_seconds: Annotated[float, Field(ge=0, le=3600)] = 10
    keep_good: bool = False


class Folder:
    """One watched folder."""

    def __init__(self, name: str, entry: FolderEntry) -> None:
        self.name = name
        self.every = entry.every
        self._entry = entry

    def fetch(self, cursor: Any) -> Iterator[Found]:
        """The complete files, in the order of what depends on what."""
        del cursor  # a file that is there is new
        if not self._entry.path.is_dir():
            raise Unavailable(
                f"{self._entry.path} is no folder; make it, or correct DUNWELL_CONNECTORS."
            )
        for path, state in self._complete():
            target = _free(path.parent / REJECTED, path.name)
            listed = target.with_name(f"{target.name}.rejects.csv")
            yield Found(
                loads=[path],
                keep_good=self._entry.keep_good,
                rejects=listed,
                finished=partial(_put_away, path, state, target, listed),
            )

    def _complete(self) -> list[tuple[Path, "_State"]]:
        latest = time.time_ns() - int(self._entry.quiet_seconds * 1e9)
        found: list[tuple[int, Path, _State]] = []
        for path in self._entry.path.iterdir():
            if path.name.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            try:
                kind = kind_of(path.name)
                state = _state(path)
                if state[-1] <= latest:
                    found.append((KINDS.index(kind), path, state))
            except (BadFile, FileNotFoundError):
                continue
        return [(path, state) for _, path, state in sorted(found)]


_State = tuple[int, int, int]


def _state(path: Path) -> _State:
    """What differs once the file has been written or replaced."""
    stat = path.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _put_away(
    path: Path, state: _State, rejected: Path, listed: Path, outcomes: Sequence[Outcome]
) -> None:
    (outcome,) = outcomes
    try:
        if _state(path) != state:
            return  # another file by now, which is loaded next time
    except FileNotFoundError:
        return
    target = _free(path.parent / DONE, path.name) if outcome.applied else rejected
    target.parent.mkdir(exist_ok=True)
    if outcome.message:
        listed.parent.mkdir(exist_ok=True)
        listed.write_text(f"{outcome.message}\n", encoding="utf-8")
    path.replace(target)


def _free(folder: Path, name: str) -> Path:
    """A name in the folder that isn't taken: with the day and time, and a number if need be."""
    moment = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S")
    number = 0
    while True:
        path = folder / f"{moment}{f'-{number}' if number else ''}-{name}"
        if not path.exists():
            return path
        number += 1


@hookimpl
def connectors(wanted: Wanted) -> Sequence[Connector]:
    """The entries of the type `folder`."""
    return [
        Folder(name, read(FolderEntry, name, given)) for name, given in wanted.of_type("folder")
    ]
