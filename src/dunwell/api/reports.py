"""Reports: sums with charts' data, files of them, and the rows behind every figure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse

from dunwell.api.caller import Caller, may
from dunwell.api.pages import Limit
from dunwell.api.values import Day, Line, Shown
from dunwell.features.reports import details, exporting, running
from dunwell.features.reports.exporting import File
from dunwell.features.reports.report import Answer, Asked, Column, Report

router = APIRouter(tags=["reports"])

# the service decides: managers and operators see all of them, agents their own row of some
Known = Annotated[Caller, may(None)]

OnDay = Annotated[Day | None, Query()]
Format = Annotated[
    Literal["json", "csv", "xlsx", "parquet", "pdf"],
    Query(description="The form of the answer: JSON, or a file."),
]
Name = Annotated[str, Path(max_length=100, pattern=r"^[a-z_-]+$", examples=["ageing"])]


class ColumnShown(Shown):
    """A column of a report or list."""

    name: str
    kind: str


class ReportHead(Shown):
    """A report that there is."""

    name: str
    title: str
    meaning: str
    period: str
    notes: list[str]
    columns: list[ColumnShown]


class Reports(Shown):
    """The reports that the caller may see."""

    items: list[ReportHead]


class ReportShown(ReportHead):
    """A report: its rows as of a night. `behind` has, for each row, the address of the rows behind
    each figure.
    """

    since: dt.date
    until: dt.date
    night: dt.date
    rows: list[dict[str, Any]]
    behind: list[dict[str, str]]


class Rows(Shown):
    """Rows behind a figure."""

    name: str
    title: str
    columns: list[ColumnShown]
    items: list[dict[str, Any]]
    next: str | None


@router.get("/reports")
def list_reports(caller: Known) -> Reports:
    """The reports that the caller may see."""
    with caller.look() as operation:
        found = running.available(operation)
    return Reports(items=[ReportHead(**_head(report)) for report in found])


@router.get("/reports/{name}", response_model=ReportShown)
def show_report(
    name: Name,
    caller: Known,
    since: OnDay = None,
    until: OnDay = None,
    brand: Annotated[Line | None, Query()] = None,
    currency: Annotated[Line | None, Query()] = None,
    format: Format = "json",  # noqa: A002 - the parameter's name in the address
) -> Any:
    """A report as of the last night whose sums are prepared, or as of a day before; amounts as
    decimal texts beside their currency.
    """
    with caller.look() as operation:
        answer = running.run(operation, name, Asked(since, until, brand, currency))
    if format == "json":
        return _shown(answer)
    return _as_download(exporting.report_file(answer, format))


@router.get("/report-rows/{name}", response_model=Rows)
def show_report_rows(
    name: Name,
    request: Request,
    caller: Known,
    limit: Limit = 50,
    after: Annotated[str | None, Query(max_length=2000)] = None,
    format: Format = "json",  # noqa: A002 - the parameter's name in the address
) -> Any:
    """The rows behind a figure, filtered as the report's links say; a file has all of them."""
    filters = {
        key: value
        for key, value in request.query_params.items()
        if key not in ("limit", "after", "format")
    }
    detail = details.find(name)
    if format != "json":
        return _rows_file(caller, name, filters, format)
    with caller.look() as operation:
        page = details.rows(operation, name, filters, cursor=after, limit=limit)
    columns = [ColumnShown(name=column.name, kind=column.kind) for column in detail.columns]
    items = [
        {column.name: _plain(row[column.name]) for column in detail.columns} for row in page.items
    ]
    return Rows(name=name, title=detail.title, columns=columns, items=items, next=page.next_cursor)


def _rows_file(
    caller: Caller, name: str, filters: Mapping[str, str], form: str
) -> StreamingResponse:
    with caller.look() as operation:
        return _as_download(exporting.rows_file(operation, name, filters, form))


def _as_download(file: File) -> StreamingResponse:
    return StreamingResponse(
        file.pieces(),
        media_type=file.media_type,
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )


def _head(report: Report) -> dict[str, Any]:
    return {
        "name": report.name,
        "title": report.title,
        "meaning": report.meaning,
        "period": str(report.period),
        "notes": list(report.notes),
        "columns": [ColumnShown(name=each.name, kind=each.kind) for each in report.columns],
    }


def _shown(answer: Answer) -> ReportShown:
    columns = answer.report.columns
    return ReportShown(
        **_head(answer.report),
        since=answer.since,
        until=answer.until,
        night=answer.night,
        rows=[{each.name: _plain(row[each.name]) for each in columns} for row in answer.rows],
        behind=[_links(columns, row) for row in answer.rows],
    )


def _links(columns: Sequence[Column], row: dict[str, Any]) -> dict[str, str]:
    return {
        column.name: link(column, row) for column in columns if column.behind and row[column.name]
    }


def link(column: Column, row: dict[str, Any]) -> str:
    """The address of the rows behind a figure."""
    assert column.behind is not None
    return f"/api/v1/report-rows/{column.behind.detail}?{urlencode(column.behind.filters(row))}"


def _plain(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else value
