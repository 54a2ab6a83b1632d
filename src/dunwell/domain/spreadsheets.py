"""CSV files that people open in a spreadsheet: no name is calculated there."""

import csv
import io
from collections.abc import Iterable

_CALCULATED = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""So a text begins that a spreadsheet calculates; the last four are the wide signs of East Asia."""


def cell(value: object) -> str:
    """The value as the text of a cell, an apostrophe before what would be calculated; none is
    empty.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_CALCULATED) else text


def as_csv(names: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A CSV file (UTF-8) of such cells."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(names)
    for row in rows:
        writer.writerow(map(cell, row))
    return stream.getvalue().encode()
