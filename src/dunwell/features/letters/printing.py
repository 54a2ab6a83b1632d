"""Printed letters: a folder for each batch with one file for a letter (or one PDF for all), and a
manifest for the print shop.

A folder appears under its name when it is complete. The letters of a batch are marked before its
files are written; a delivery that ends too soon is finished by the next one, under the same name,
so that nothing is missing and nothing is there twice.
"""

import csv
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.spreadsheets import cell
from dunwell.features.letters.delivering import Round

_PRINTING = statements.load(__package__, "printing.sql")

CHUNK = 1_000
ENDINGS = {"application/pdf": "pdf", "text/html": "html", "text/plain": "txt"}
COLUMNS = (
    *("batch", "position", "file", "first_page", "last_page", "letter_id", "account_no"),
    *("bill_unit_no", "name", "country", "postal_code", "template", "locale", "made_on", "sha256"),
)


def deliver(round_: Round, folder: Path, *, one_file: bool = False) -> list[Path]:
    """Write every rendered letter for print; the folders that were written."""
    _put_in_batch(round_, f"{round_.date}-{round_.moment:%Y%m%dT%H%M%S%f}")
    written = []
    batches = [batch for (batch,) in _PRINTING["unfinished"].run(round_.connection)]
    for batch in batches:
        target = folder / batch
        # one that is there was complete; only the record of it is missing
        if not target.exists():
            _write(round_, batch, target, one_file=one_file)
        with round_.connection.transaction():
            given = {"batch": batch, "business_date": round_.date}
            round_.counts["printed"] += _PRINTING["finish"].run(round_.connection, given).rowcount
        written.append(target)
    return written


def _put_in_batch(round_: Round, batch: str) -> None:
    while True:
        with round_.connection.transaction():
            rows = round_.rows(_PRINTING["claim"], most=CHUNK)
            wanted = round_.still_wanted(rows)
            given = {
                "account_ids": [row["account_id"] for row in wanted],
                "ids": [row["id"] for row in wanted],
                "batch": batch,
            }
            _PRINTING["put_in_batch"].run(round_.connection, given)
        if not rows:
            return


def _write(round_: Round, batch: str, target: Path, *, one_file: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{batch}.part")
    with suppress(FileNotFoundError):
        shutil.rmtree(draft)
    draft.mkdir()
    entries = (_one_pdf if one_file else _single_files)(draft, _documents(round_, batch))
    with (draft / "manifest.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="", extrasaction="ignore")
        writer.writeheader()
        for entry in entries:
            writer.writerow(
                {name: cell(value) for name, value in (entry | {"batch": batch}).items()}
            )
        _to_disk(stream)
    draft.rename(target)


def _documents(round_: Round, batch: str) -> Iterator[dict[str, Any]]:
    # a cursor on the server, in a transaction of its own: a batch may be larger than the memory
    with (
        round_.connection.transaction(),
        round_.connection.cursor("letters", row_factory=dict_row) as cursor,
    ):
        cursor.itersize = 200
        cursor.execute(_PRINTING["documents"].render(), {"batch": batch})
        for position, row in enumerate(cursor, start=1):
            yield {**row, "position": position}


def _single_files(folder: Path, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        number = re.sub(r"[^A-Za-z0-9._-]", "_", row["bill_unit_no"])[:60]
        name = f"{row['position']:06}-{number}.{ENDINGS[row['media_type']]}"
        with (folder / name).open("wb") as stream:
            stream.write(row["content"])
        yield {**row, "file": name}


def _one_pdf(folder: Path, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All PDFs in one; what isn't a PDF stands beside it."""
    from io import BytesIO  # noqa: PLC0415 - few want one file

    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415

    whole, pages = PdfWriter(), 0
    for row in rows:
        if row["media_type"] != "application/pdf":
            yield from _single_files(folder, iter([row]))
            continue
        letter = PdfReader(BytesIO(row["content"]))
        count = len(letter.pages)
        for page in letter.pages:
            whole.add_page(page)
        entry = {"file": "letters.pdf", "first_page": pages + 1, "last_page": pages + count}
        pages += count
        yield row | entry
    if pages:
        with (folder / "letters.pdf").open("wb") as stream:
            whole.write(stream)


def _to_disk(stream: Any) -> None:
    stream.flush()
    os.fsync(stream.fileno())
