"""Rejected rows: what was wrong, where, with which value; and the file that lists them."""

import csv
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import IO, Self

from dunwell.domain import spreadsheets

LONGEST_SHOWN = 100
"""Characters of a value that a person is shown; the file of rejects has it whole."""


@dataclass(frozen=True, slots=True)
class Reject:
    """One thing that is wrong with one row; a row can have several."""

    file: str
    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.file} line {self.line}"
        value = self.value if len(self.value) <= LONGEST_SHOWN else f"{self.value[:LONGEST_SHOWN]}…"
        return f"{place}: {self.column} {value!r} {self.reason}".replace(":  ''", ":")


class RejectsFile:
    """A CSV file that comes into being with the first reject; an older one is replaced."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.written = 0
        self._stream: IO[str] | None = None

    def write(self, rejects: Iterable[Reject]) -> None:
        """Append the rejects; does nothing without a path."""
        if self.path is None:
            return
        for reject in rejects:
            if self._stream is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._stream = self.path.open("w", newline="", encoding="utf-8")
                csv.writer(self._stream).writerow(["file", "line", "column", "value", "reason"])
            csv.writer(self._stream).writerow(map(spreadsheets.cell, astuple(reject)))
            self.written += 1

    def __enter__(self) -> Self:
        if self.path is not None:
            self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()
