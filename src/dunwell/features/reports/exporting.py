"""Reports and lists as files: CSV, XLSX, Parquet, PDF, written row by row.

Whatever a customer is called, no program that opens a file may take it for a formula, an address or
markup. Every file says in its name which report it is, and up to which night.
"""

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from itertools import islice
from typing import IO, Any

from dunwell.domain.errors import BadInput
from dunwell.domain.spreadsheets import cell
from dunwell.features.access.actor import Operation
from dunwell.features.reports import details, preparing
from dunwell.features.reports.report import NUMBERS, Answer, Column, Kind, Row

FORMATS = ("csv", "xlsx", "parquet", "pdf")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
}
IN_MEMORY = 8_000_000
"""Bytes of a file that don't go to the disk yet."""
MOST_IN_SHEET = 1_048_575
MOST_ON_PAPER = 3_000
_BATCH = 5_000
_EXACT_IN_SHEET = 15
"""Digits that a cell of a sheet keeps; a longer amount is written as text."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a file is made of."""

    title: str
    about: Sequence[str]
    columns: Sequence[Column]
    rows: Iterable[Row]
    day: dt.date


@dataclass(frozen=True, slots=True)
class File:
    """A file that is ready to be sent; its content is read from the beginning."""

    name: str
    media_type: str
    content: IO[bytes]

    def pieces(self) -> Iterator[bytes]:
        """Its content piece by piece; then it is gone."""
        with self.content as stream:
            while piece := stream.read(65_536):
                yield piece


def report_file(answer: Answer, form: str) -> File:
    """A report as a file."""
    report = answer.report
    period = (
        f"{answer.since} to {answer.until}" if answer.since != answer.until else f"{answer.until}"
    )
    narrowed = [f"{value}" for value in (answer.asked.brand, answer.asked.currency) if value]
    about = (
        " · ".join([period, *narrowed, f"as of the night of {answer.night}"]),
        report.meaning,
        *report.notes,
    )
    table = Table(report.title, about, report.columns, answer.rows, answer.night)
    return _written(table, form, f"{report.name}-{answer.until}")


def rows_file(operation: Operation, name: str, filters: Mapping[str, Any], form: str) -> File:
    """All rows behind a figure as a file. Raises BadInput if they are too many for its format."""
    detail = details.find(name)
    day = preparing.prepared_until(operation.connection) or operation.date
    about = (" · ".join(f"{key} {value}" for key, value in filters.items() if value),)
    rows = details.every_row(operation, name, filters)
    table = Table(detail.title, about, detail.columns, rows, day)
    return _written(table, form, f"{name.replace('_', '-')}-{day}")


def _written(table: Table, form: str, name: str) -> File:
    if form not in _WRITERS:
        raise BadInput(f"There is no format {form!r}; there are {', '.join(FORMATS)}.")
    stream = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - read by the caller
    try:
        _WRITERS[form](table, stream)
    except BaseException:
        stream.close()
        raise
    stream.seek(0)
    return File(f"{name}.{form}", MEDIA_TYPES[form], stream)


def heading(name: str) -> str:
    """A column's name as people read it."""
    return name.replace("_", " ")


# ---- CSV ----------------------------------------------------------------------------------------


def _write_csv(table: Table, stream: Any) -> None:
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        writer.writerow([_csv(row[column.name], column.kind) for column in table.columns])
    text.detach()


def _csv(value: Any, kind: Kind) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return cell(value) if kind not in NUMBERS else value


# ---- XLSX ---------------------------------------------------------------------------------------


def _write_xlsx(table: Table, stream: Any) -> None:
    import xlsxwriter  # noqa: PLC0415 - only who asks for a sheet needs it

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": table.title})
        sheet = book.add_worksheet(table.title[:31])
        bold = book.add_format({"bold": True, "bottom": 1})
        formats = {
            digits: book.add_format(
                {"num_format": "#,##0" + (f".{'0' * digits}" if digits else "")}
            )
            for digits in range(5)
        }
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, 16 if column.kind in NUMBERS else 20)
            sheet.write_string(0, place, heading(column.name), bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(table.rows, start=1):
            if number > MOST_IN_SHEET:
                raise BadInput(
                    f"A sheet holds {MOST_IN_SHEET:,} rows and these are more; take CSV or Parquet."
                )
            for place, column in enumerate(table.columns):
                _cell(sheet, number, place, row[column.name], formats)
        about = book.add_worksheet("About")
        for number, line in enumerate((table.title, *table.about)):
            about.write_string(number, 0, line)


def _cell(sheet: Any, number: int, place: int, value: Any, formats: Mapping[int, Any]) -> None:
    match value:
        case None:
            pass
        case Decimal():
            exponent = value.as_tuple().exponent
            digits = -exponent if isinstance(exponent, int) and exponent < 0 else 0
            if len(value.as_tuple().digits) > _EXACT_IN_SHEET:
                sheet.write_string(number, place, format(value, "f"))
            else:
                sheet.write_number(number, place, value, formats[min(digits, 4)])
        case int():
            sheet.write_number(number, place, value, formats[0])
        case dt.date():
            sheet.write_datetime(number, place, value)
        case _:
            sheet.write_string(number, place, str(value))


# ---- Parquet ------------------------------------------------------------------------------------


def _write_parquet(table: Table, stream: Any) -> None:
    import pyarrow as pa  # noqa: PLC0415 - only who asks for it needs it
    import pyarrow.parquet as pq  # noqa: PLC0415

    types = {
        Kind.TEXT: pa.string(),
        Kind.DATE: pa.date32(),
        Kind.MONTH: pa.date32(),
        Kind.COUNT: pa.int64(),
        Kind.MONEY: pa.decimal128(38, 4),
        Kind.PERCENT: pa.decimal128(20, 1),
        Kind.DAYS: pa.decimal128(20, 1),
    }
    schema = pa.schema([(column.name, types[column.kind]) for column in table.columns])
    rows = iter(table.rows)
    with pq.ParquetWriter(stream, schema) as writer:
        while batch := list(islice(rows, _BATCH)):
            columns = [
                pa.array(
                    [_parquet(row[column.name], column.kind) for row in batch], types[column.kind]
                )
                for column in table.columns
            ]
            writer.write_table(pa.table(columns, schema=schema))


def _parquet(value: Any, kind: Kind) -> Any:
    if value is None:
        return None
    if kind is Kind.TEXT:
        return str(value)
    if kind in (Kind.PERCENT, Kind.DAYS):
        return Decimal(value)
    return value


# ---- PDF ----------------------------------------------------------------------------------------


def _write_pdf(table: Table, stream: Any) -> None:
    from dunwell.features.letters import engines  # noqa: PLC0415 - loads fonts

    rows = list(islice(table.rows, MOST_ON_PAPER + 1))
    if len(rows) > MOST_ON_PAPER:
        raise BadInput(
            f"A PDF holds {MOST_ON_PAPER:,} rows and these are more; narrow the list, or take CSV,"
            " XLSX or Parquet."
        )
    told = {
        "business_date": table.day.isoformat(),
        "title": table.title,
        "about": [line for line in table.about if line],
        "columns": [
            {"name": heading(column.name), "right": column.kind in NUMBERS}
            for column in table.columns
        ],
        "rows": [
            [_printed(row[column.name], column.kind) for column in table.columns] for row in rows
        ],
    }
    source = (files("dunwell.features.reports") / "report.typ").read_text("utf-8")
    stream.write(engines.render("typst", "pdf", source, told).content)


def _printed(value: Any, kind: Kind) -> str:
    match value:
        case None:
            return ""
        case Decimal() | int() if kind in NUMBERS:
            return f"{value:,}" + (" %" if kind is Kind.PERCENT else "")
        case dt.date() if kind is Kind.MONTH:
            return f"{value:%Y-%m}"
        case _:
            return str(value)


_WRITERS: Mapping[str, Callable[[Table, Any], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "parquet": _write_parquet,
    "pdf": _write_pdf,
}
