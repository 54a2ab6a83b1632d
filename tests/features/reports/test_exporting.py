"""Reports as files: readable by what reads such files, exact, and never a formula."""

import csv
import io
import zipfile
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import pypdf
import pytest
from tests.features.reports.conftest import LAST

from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Operation
from dunwell.features.reports import exporting, running
from dunwell.features.reports.exporting import File, Table
from dunwell.features.reports.registry import REPORTS
from dunwell.features.reports.report import Column, Kind

EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "http://example.com", "<b>", "#strong[x]", "شركة", "日本"]


def content(file: File) -> bytes:
    return b"".join(file.pieces())


def sheet(content: bytes, number: int = 1) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read(f"xl/worksheets/sheet{number}.xml").decode()


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_can_be_had_in_every_format(operation: Operation, name: str):
    answer = running.run(operation, name)
    for form in exporting.FORMATS:
        file = exporting.report_file(answer, form)
        assert file.name == f"{name}-{LAST}.{form}"
        assert len(content(file)) > 20


def test_a_csv_file_has_what_the_screen_has(operation: Operation):
    answer = running.run(operation, "ageing")
    rows = list(csv.DictReader(io.StringIO(content(exporting.report_file(answer, "csv")).decode())))
    assert [row["owed"] for row in rows] == [str(row["owed"]) for row in answer.rows]
    assert "1200" in {row["owed"] for row in rows if row["currency"] == "JPY"} or rows


def test_parquet_keeps_amounts_exact_and_dates_as_dates(operation: Operation):
    file = exporting.rows_file(operation, "cases", {}, "parquet")
    table = pq.read_table(io.BytesIO(content(file)))
    amounts = table.column("entry_overdue_amount").to_pylist()
    assert all(isinstance(amount, Decimal) for amount in amounts)
    assert table.schema.field("entered_on").type == "date32[day]"
    assert table.num_rows == len(amounts) > 8


def test_a_pdf_shows_the_title_and_every_row(operation: Operation):
    answer = running.run(operation, "ageing")
    pdf = pypdf.PdfReader(io.BytesIO(content(exporting.report_file(answer, "pdf"))))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "Ageing" in text
    assert f"as of the night of {LAST}" in text
    assert text.count("north") == sum(row["brand"] == "north" for row in answer.rows)


def _table(rows: list[dict[str, Any]]) -> Table:
    columns = (Column("name"), Column("amount", Kind.MONEY), Column("currency"))
    return Table("Names", ("about",), columns, rows, LAST)


def _rows() -> list[dict[str, Any]]:
    return [{"name": name, "amount": Decimal("-5.00"), "currency": "EUR"} for name in EVIL]


def test_no_name_is_a_formula_in_a_csv_file():
    stream = io.BytesIO()
    exporting._write_csv(_table(_rows()), stream)  # noqa: SLF001 - rows that no report has
    rows = list(csv.reader(io.StringIO(stream.getvalue().decode())))[1:]
    assert [row[0] for row in rows][:4] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)"]
    assert {row[1] for row in rows} == {"-5.00"}


def test_no_name_is_a_formula_or_an_address_in_a_sheet():
    stream = io.BytesIO()
    exporting._write_xlsx(_table(_rows()), stream)  # noqa: SLF001 - the same
    text = sheet(stream.getvalue())
    assert "<f>" not in text
    assert "hyperlink" not in text
    assert text.count("<v>-5") == len(EVIL)


def test_any_script_is_printed_and_nothing_is_markup():
    stream = io.BytesIO()
    exporting._write_pdf(_table(_rows()), stream)  # noqa: SLF001 - the same
    text = "".join(page.extract_text() for page in pypdf.PdfReader(stream).pages)
    assert "#strong[x]" in text


def test_an_amount_too_long_for_a_cell_stays_exact():
    stream = io.BytesIO()
    long = Decimal("123456789012345.67")
    exporting._write_xlsx(_table([{"name": "x", "amount": long, "currency": "EUR"}]), stream)  # noqa: SLF001
    assert "123456789012345.67" in sheet(stream.getvalue())


def test_what_does_not_fit_a_format_is_refused_with_another():
    rows = [{"name": "x", "amount": Decimal(1), "currency": "EUR"}] * (exporting.MOST_ON_PAPER + 1)
    with pytest.raises(BadInput, match="take CSV"):
        exporting._write_pdf(_table(rows), io.BytesIO())  # noqa: SLF001
    with pytest.raises(BadInput, match="no format 'doc'"):
        exporting._written(_table([]), "doc", "x")  # noqa: SLF001
