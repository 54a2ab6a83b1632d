"""Load files as JSON lines: one flat object a line, all with the same names, as the API takes them.

Numbers keep the text in which they were written, so that an amount stays exact.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

from dunwell.domain.errors import BadFile

LONGEST_LINE = 1_000_000

Rows = list[tuple[int, Sequence[str | None]]]


def header(path: Path) -> list[str]:
    """The names of the first object."""
    with path.open("rb") as stream:
        for line, found in _objects(path, stream):
            if not found:
                raise BadFile(f"{path}: line {line} is an object without names.")
            return list(found)
    raise BadFile(f"{path}: the file is empty; give one JSON object a line.")


def rows(
    path: Path, names: tuple[str, ...], size: int, progress: Callable[[str, int, int], None]
) -> Iterator[Rows]:
    """The rows in batches of `size`, each with its line."""
    total, expected = path.stat().st_size, set(names)
    batch: Rows = []
    with path.open("rb") as stream:
        for line, found in _objects(path, stream):
            if found.keys() != expected:
                odd = ", ".join(sorted(map(repr, found.keys() ^ expected)))
                raise BadFile(f"{path}: line {line} differs from the first line in {odd}.")
            batch.append((line, [_text(path, line, name, found[name]) for name in names]))
            if len(batch) == size:
                yield batch
                progress(path.name, stream.tell(), total)
                batch = []
    if batch:
        yield batch
        progress(path.name, total, total)


def _objects(path: Path, stream: IO[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    while text := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(text) > LONGEST_LINE:
            raise BadFile(f"{path}: line {number} is longer than {LONGEST_LINE} bytes.")
        if not text.strip():
            continue
        try:
            found = json.loads(
                text.decode("utf-8-sig" if number == 1 else "utf-8"),
                parse_float=str,
                parse_int=str,
                parse_constant=_no_number,
            )
        except (ValueError, RecursionError) as failure:
            raise BadFile(f"{path}: line {number} is not JSON in UTF-8: {failure}.") from failure
        if not isinstance(found, dict):
            raise BadFile(f"{path}: line {number} is not an object, such as {{...}}.")
        yield number, found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _text(path: Path, line: int, name: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        try:
            (value or "").encode()
        except UnicodeEncodeError as failure:
            raise BadFile(f"{path}: line {line}: {name!r} has half a character.") from failure
        return value or None
    raise BadFile(f"{path}: line {line}: {name!r} is neither a text nor a number nor null.")
