"""Reading load files: CSV (also gzipped) and Parquet as a stream of numbered rows of text.

A CSV row carries the physical line on which it begins, a Parquet row its number; memory stays
small whatever the file's size. Whatever can't be read is a `BadFile` that names the place.
"""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, chain, islice
from pathlib import Path
from typing import IO, Any

from dunwell.domain.errors import BadFile
from dunwell.features.receivables import json_lines
from dunwell.features.receivables.columns import Kind, check_header
from dunwell.features.receivables.kinds import kind_of

Progress = Callable[[str, int, int], None]
"""Called with a file's name, how much of it is done, and how much there is."""

Row = tuple[int, Sequence[str | None]]
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class PlainLines:
    """Lines of a CSV file in which nothing is quoted: each is a row, and COPY can take it as it
    stands. A blank one is no row.
    """

    first: int
    lines: Sequence[str]

    def __len__(self) -> int:
        return sum(1 for line in self.lines if line)

    def rows(self) -> list[Row]:
        """The same, cell by cell."""
        return [(no, line.split(",")) for no, line in enumerate(self.lines, self.first) if line]


Batch = PlainLines | Sequence[Row]
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is known to have the right columns; not a row has been read yet."""

    path: Path
    kind: Kind
    header: tuple[str, ...]

    def batches(self, progress: Progress | None = None) -> Iterator[Batch]:
        """The rows, in batches, blank lines left out."""
        if self.path.suffix == ".jsonl":
            return json_lines.rows(self.path, self.header, BATCH, progress or _silent)
        read = _parquet_rows if self.path.suffix == ".parquet" else _csv_rows
        return read(self, progress or _silent)


def _silent(name: str, done: int, total: int) -> None:
    """Nobody watches."""
    del name, done, total


def find(paths: Iterable[Path]) -> list[Path]:
    """The files among `paths`, and those in its folders whose name tells a kind."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(entry for entry in path.iterdir() if _tells(entry))
            if not inside:
                raise BadFile(f"{path}: the folder has no load files, such as bills.csv.")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise BadFile(f"{path}: there is no such file or folder.")
    return list({path.resolve(): path for path in found}.values())


def _tells(path: Path) -> bool:
    try:
        kind_of(path.name)
    except BadFile:
        return False
    return path.is_file()


def open_source(path: Path) -> Source:
    """Look at the file's name and header; refuse it if either is wrong."""
    kind = kind_of(path.name)
    headers = {".parquet": _parquet_header, ".jsonl": json_lines.header}
    header = headers.get(path.suffix, _csv_header)(path)
    check_header(kind, header, str(path))
    return Source(path, kind, tuple(header))


@contextmanager
def _csv_lines(path: Path) -> Iterator[tuple[IO[str], IO[bytes]]]:
    """The file as text, and the raw handle whose position tells how far reading has come."""
    with path.open("rb") as raw:
        packed: Any = gzip.GzipFile(fileobj=raw) if path.name.endswith(".gz") else raw
        try:
            yield io.TextIOWrapper(packed, encoding="utf-8-sig", newline=""), raw
        except UnicodeDecodeError as failure:
            raise BadFile(
                f"{path}: line {_line_of_bad_byte(path)} is not valid UTF-8; save it as UTF-8."
            ) from failure
        except (EOFError, gzip.BadGzipFile, zlib.error) as failure:
            raise BadFile(f"{path}: the gzip file is damaged or cut off ({failure}).") from failure


def _line_of_bad_byte(path: Path) -> int:
    number = 0
    with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):  # noqa: B007 - the last one counts
            try:
                line.decode()
            except UnicodeDecodeError:
                break
    return number


def _csv_header(path: Path) -> list[str]:
    with _csv_lines(path) as (lines, _):
        try:
            header = next(csv.reader(lines, strict=True), [])
        except csv.Error as failure:
            raise BadFile(f"{path}: the header can't be read: {failure}.") from failure
    if not header:
        raise BadFile(f"{path}: the file is empty; its first line must name the columns.")
    return header


def _csv_rows(source: Source, progress: Progress) -> Iterator[Batch]:
    """Plain lines as long as nothing is quoted, from there on rows."""
    total = source.path.stat().st_size
    with _csv_lines(source.path) as (lines, raw):
        reader = csv.reader(lines, strict=True)
        try:
            next(reader)
            done = reader.line_num
            while block := list(islice(lines, BATCH)):
                if any('"' in line for line in block):
                    for rows in _quoted_rows(chain(block, lines), done):
                        yield rows
                        progress(source.path.name, raw.tell(), total)
                    break
                yield PlainLines(done + 1, [line.rstrip("\r\n") for line in block])
                progress(source.path.name, raw.tell(), total)
                done += len(block)
        except csv.Error as failure:
            line = _line_of_bad_row(source.path)
            raise BadFile(f"{source.path}: line {line} can't be read: {failure}.") from failure


def _quoted_rows(lines: Iterable[str], before: int) -> Iterator[list[Row]]:
    """The rows of the lines after line `before`."""
    reader = csv.reader(lines, strict=True)
    done = 0
    while rows := list(islice(reader, BATCH)):
        numbers = _line_numbers(before + done, rows, before + reader.line_num)
        yield [(line, row) for line, row in zip(numbers, rows, strict=True) if row]
        done = reader.line_num


def _line_numbers(before: int, rows: Sequence[Sequence[str]], last: int) -> Iterable[int]:
    """The line on which each row begins: one after the other, unless cells have line breaks."""
    if last - before == len(rows):
        return range(before + 1, last + 1)
    heights = (1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row) for row in rows)
    return list(accumulate(heights, initial=before + 1))[:-1]


def _line_of_bad_row(path: Path) -> int:
    """Read again, row by row, up to the one that can't be read."""
    with _csv_lines(path) as (lines, _):
        reader = csv.reader(lines, strict=True)
        line = 1
        try:
            for _row in reader:
                line = reader.line_num + 1
        except csv.Error:
            pass
    return line


def _parquet_header(path: Path) -> list[str]:
    import pyarrow as pa  # noqa: PLC0415 - 60 MB that CSV files save
    from pyarrow import parquet  # noqa: PLC0415

    try:
        return list(parquet.read_schema(path).names)
    except (pa.ArrowException, OSError) as failure:
        raise BadFile(f"{path}: not a whole Parquet file: {failure}") from failure


def _parquet_rows(source: Source, progress: Progress) -> Iterator[list[Row]]:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    try:
        with parquet.ParquetFile(source.path) as file:
            total, done = file.metadata.num_rows, 0
            for batch in file.iter_batches(batch_size=BATCH):
                columns = [
                    _as_text(source, name, column)
                    for name, column in zip(source.header, batch.columns, strict=True)
                ]
                yield list(enumerate(zip(*columns, strict=True), start=done + 1))
                done += batch.num_rows
                progress(source.path.name, done, total)
    except UnicodeDecodeError as failure:
        raise BadFile(f"{source.path}: a text is not valid UTF-8: {failure}") from failure
    except (pa.ArrowException, OSError) as failure:
        raise BadFile(f"{source.path}: the Parquet file can't be read: {failure}") from failure


def _as_text(source: Source, name: str, column: Any) -> list[str | None]:
    """A column's values as they would stand in a CSV file."""
    import pyarrow as pa  # noqa: PLC0415

    types = pa.types
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = next((known.type for known in source.kind.columns if known.name == name), "text")
    if kind in ("amount", "rate") and types.is_floating(column.type):
        raise BadFile(
            f"{source.path}: column {name!r} holds floating-point numbers, which aren't exact;"
            f" write it as decimal(19, 4) or as text."
        )
    if types.is_nested(column.type) or types.is_binary(column.type):
        raise BadFile(f"{source.path}: column {name!r} holds {column.type}; write it as text.")
    if kind == "date" and types.is_timestamp(column.type):
        column = column.cast(pa.date32())
    return [value or None for value in column.cast(pa.string()).to_pylist()]
