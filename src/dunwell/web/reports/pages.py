"""Reports: the list of them, one with its chart and table, and the rows behind a figure.

Files come from the API's addresses, which take the same session.
"""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response

from dunwell.domain.errors import BadInput, Conflict, NotFound
from dunwell.features.access.actor import Permission
from dunwell.features.reports import details, exporting, running
from dunwell.features.reports.report import NUMBERS, Answer, Asked, Column, Kind, Period
from dunwell.web import formats, refusals, using
from dunwell.web.caller import Caller, may
from dunwell.web.languages import _
from dunwell.web.reports import words

router = APIRouter()

# the service decides who sees which report
Known = Annotated[Caller, may(None)]
Name = Annotated[str, Path(max_length=100)]
Words = Annotated[str, Query(max_length=200)]

MOST_CHARTS = 4


@router.get("/reports")
def list_reports(caller: Known) -> Response:
    """The reports that the person may see."""
    with caller.look() as operation:
        found = running.available(operation)
    may_schedule = Permission.READ_REPORTS in caller.actor.permissions
    return caller.page(
        "reports/list.html",
        reports=found,
        may_schedule=may_schedule,
        compares=using.known(caller.request.app).experiments
        and Permission.VIEW in caller.actor.permissions,
    )


@router.get("/reports/{name}")
def show_report(
    name: Name,
    caller: Known,
    since: Words = "",
    until: Words = "",
    brand: Words = "",
    currency: Words = "",
) -> Response:
    """A report, its chart above its table; what it can't be asked is said above the form."""
    given = {"since": since, "until": until, "brand": brand, "currency": currency}
    problem = None
    with caller.look() as operation:
        try:
            answer = running.run(operation, name, _asked(given))
        except Conflict as nothing:
            return caller.page("reports/none.html", message=refusals.told(nothing.message))
        except (NotFound, BadInput) as refusal:
            # an unknown report, or one that isn't theirs, is refused again here
            answer = running.run(operation, name)
            problem = refusals.told(refusal.message)
    query = urlencode({name: value for name, value in given.items() if value})
    return caller.page(
        "reports/report.html",
        status=422 if problem else 200,
        answer=answer,
        report=answer.report,
        may_schedule=Permission.READ_REPORTS in caller.actor.permissions,
        given=given,
        problem=problem,
        charts=_charts(answer),
        formats=exporting.FORMATS,
        query=query,
        link=_link,
        one_day=answer.report.period is Period.DAY,
        standing=answer.report.period is Period.STANDING,
        heading=_heading,
        numbers=NUMBERS,
    )


@router.get("/report-rows/{name}")
def show_report_rows(
    name: Name, request: Request, caller: Known, after: Annotated[str | None, Query()] = None
) -> Response:
    """The rows behind a figure, a page at a time."""
    filters = {key: value for key, value in request.query_params.items() if key != "after"}
    with caller.look() as operation:
        page = details.rows(operation, name, filters, cursor=after)
    detail = details.find(name)
    first = f"/report-rows/{name}?{urlencode(filters)}"
    columns = [
        column
        for column in detail.columns
        if any(row[column.name] is not None for row in page.items)
    ]
    return caller.page(
        "reports/rows.html",
        block="rows",
        detail=detail,
        columns=columns,
        rows=page.items,
        filters=filters,
        first=first if after else None,
        next=f"{first}&{urlencode({'after': page.next_cursor})}" if page.next_cursor else None,
        formats=exporting.FORMATS,
        query=urlencode(filters),
        heading=_heading,
        numbers=NUMBERS,
    )


def _heading(name: str) -> str:
    return _(exporting.heading(name))


def _asked(given: Mapping[str, str]) -> Asked:
    return Asked(
        _day(given["since"]),
        _day(given["until"]),
        given["brand"] or None,
        given["currency"] or None,
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as failure:
        raise BadInput(_("%(text)s is no date.") % {"text": text}) from failure


def _link(column: Column, row: dict[str, Any]) -> str | None:
    """The page with the rows behind a figure; none if there are none."""
    if column.behind is None or not row[column.name]:
        return None
    return f"/report-rows/{column.behind.detail}?{urlencode(column.behind.filters(row))}"


def _charts(answer: Answer) -> list[dict[str, Any]]:
    """One chart for each brand and currency: what is drawn, as the script takes it."""
    chart = answer.report.chart
    if chart is None:
        return []
    found = []
    for key, of_group in groupby(answer.rows, key=lambda row: (row["brand"], row.get("currency"))):
        rows = list(of_group)
        along = answer.report.column(chart.along)
        labels = [_label(row, along) for row in rows]
        series = [
            {
                "name": _heading(name),
                "values": _summed(rows, along, answer.report.column(name)),
            }
            for name in chart.columns
        ]
        told = {
            "along": _heading(chart.along),
            "labels": list(dict.fromkeys(labels)),
            "series": series,
            "bars": chart.bars,
        }
        found.append({"title": " · ".join(filter(None, key)), "data": json.dumps(told)})
    return found[:MOST_CHARTS]


def _summed(rows: list[dict[str, Any]], along: Column, of: Column) -> list[float | None]:
    """The values to draw, one for each place along the chart; shares aren't added."""
    values: dict[str, Decimal | int | None] = {}
    for row in rows:
        place, value = _label(row, along), row[of.name]
        former = values.get(place)
        summed = former is not None and value is not None and of.kind is not Kind.PERCENT
        values[place] = former + value if summed else value
    return [None if value is None else float(value) for value in values.values()]


def _label(row: dict[str, Any], column: Column) -> str:
    value = row[column.name]
    if column.kind is Kind.MONTH:
        return formats.month(value)
    return formats.date(value) if isinstance(value, dt.date) else words.cell(column.name, value)
