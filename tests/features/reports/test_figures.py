"""Every figure of every report is the number or the sum of the rows behind it: two statements over
different tables that must agree to the cent.
"""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.features.reports.conftest import LAST, brand_id, reader
from tests.world import World

from dunwell.db import walls
from dunwell.domain.errors import BadInput, Conflict, Forbidden, NotFound
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables import ageing as live
from dunwell.features.reports import details, running
from dunwell.features.reports.registry import REPORTS
from dunwell.features.reports.report import Asked, Behind, Kind, Period, Report

MARCH = dt.date(2026, 3, 31)


def questions(report: Report) -> list[Asked]:
    if report.period is Period.STANDING:
        return [Asked()]
    if report.period is Period.DAY:
        return [Asked(until=LAST - dt.timedelta(days)) for days in (0, 1, 37, 80, 110)]
    return [
        Asked(),
        Asked(since=dt.date(2026, 3, 10), until=dt.date(2026, 4, 20)),
        Asked(since=dt.date(2026, 2, 1), until=LAST),
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_every_figure_is_what_the_rows_behind_it_come_to(operation: Operation, name: str):
    shown = 0
    for asked in questions(REPORTS[name]):
        answer = running.run(operation, name, asked)
        for row in answer.rows:
            for column in answer.report.columns:
                if column.behind is not None:
                    found = _reckoned(operation, column.behind, row)
                    assert found == row[column.name], (asked, column.name, row)
                    shown += row[column.name] != 0
    assert shown, "no figure in all of the business"


def _reckoned(operation: Operation, behind: Behind, row: dict[str, Any]) -> Any:
    filters = {name: str(value) for name, value in behind.filters(row).items()}
    rows = list(details.every_row(operation, behind.detail, filters))
    if behind.sums is None:
        return len(rows)
    assert all(each["currency"] == row["currency"] for each in rows)
    return sum((each[behind.sums] for each in rows), Decimal(0))


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_has_what_it_is_about(operation: Operation, name: str):
    answer = running.run(operation, name, questions(REPORTS[name])[-1])
    assert answer.rows
    for row in answer.rows:
        assert {column.name for column in answer.report.columns} <= row.keys()
    chart = answer.report.chart
    if chart:
        for column in (chart.along, *chart.columns):
            assert answer.report.column(column)
    kinds = {column.name: column.kind for column in answer.report.columns}
    assert Kind.MONEY not in kinds.values() or "currency" in kinds


def test_ageing_of_any_past_day_is_what_the_live_query_says(operation: Operation):
    for days in range(0, 115, 6):
        day = LAST - dt.timedelta(days)
        answer = running.run(operation, "ageing", Asked(until=day))
        found = [(row["currency"], row["owed"]) for row in answer.rows if row["owed"]]
        expected = [
            (row.currency, row.amount)
            for row in live.ageing(operation.connection, date=day)
            if row.amount
        ]
        # brands stand in their order, currencies in theirs
        assert found == sorted(expected, key=lambda pair: pair[0], reverse=True), day


def test_a_brand_sees_only_its_own_figures(business: World):
    with business.database.connect() as connection:
        north = brand_id(connection, "north")
        actor = reader(Permission.READ_REPORTS, brand_ids=frozenset({north}))
        walls.enter(connection, [north])
        operation = Operation(connection, actor, LAST)
        for name, report in REPORTS.items():
            answer = running.run(operation, name, questions(report)[-1])
            assert {row["brand"] for row in answer.rows} == {"north"}, name
        everything = list(details.every_row(operation, "cases", {}))
        assert {row["brand"] for row in everything} == {"north"}
        with pytest.raises(NotFound, match="south"):
            running.run(operation, "ageing", Asked(brand="south"))


def test_a_report_can_be_narrowed_to_a_brand_and_a_currency(operation: Operation):
    for name, report in REPORTS.items():
        asked = questions(report)[-1]
        rows = running.run(operation, name, replace(asked, brand="south")).rows
        assert {row["brand"] for row in rows} == {"south"}, name
        if any(column.name == "currency" for column in report.columns):
            rows = running.run(operation, name, replace(asked, currency="USD")).rows
            assert {row["currency"] for row in rows} == {"USD"}, name


def test_who_works_cases_sees_their_own_row_and_nothing_else(business: World):
    with business.database.connect() as connection:
        actor = reader(Permission.WORK_ACTIONS, agent="Omar")
        operation = Operation(connection, actor, LAST)
        assert [report.name for report in running.available(operation)] == ["work", "agents"]
        rows = running.run(operation, "agents").rows
        assert {row["agent"] for row in rows} == {"Omar"}
        assert running.run(operation, "work").rows == []
        assert {row["agent"] for row in details.every_row(operation, "cases", {})} == {"Omar"}
        # they ask for another's, and get their own
        asked_for_another = details.every_row(operation, "cases", {"agent": "Jennifer"})
        assert next(asked_for_another)["agent"] == "Omar"
        for refused in ("ageing", "fees"):
            with pytest.raises(Forbidden, match="read_reports"):
                running.run(operation, refused)
        with pytest.raises(Forbidden, match="read_reports"):
            details.rows(operation, "promises", {"since": "2026-01-01", "until": "2026-06-30"})


def test_pages_of_rows_come_in_order_and_none_twice(operation: Operation):
    whole = [row["id"] for row in details.every_row(operation, "recoveries", {})]
    paged, cursor = [], None
    while True:
        page = details.rows(operation, "recoveries", {}, cursor=cursor, limit=3)
        paged += [row["id"] for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert paged == whole
    assert len(set(paged)) == len(paged) > 6


@pytest.mark.parametrize(
    ("name", "asked", "message"),
    [
        ("ageing", Asked(until=LAST + dt.timedelta(1)), "up to the last night"),
        ("ageing", Asked(since=MARCH), "about one day"),
        ("in-collections", Asked(until=MARCH), "about the last night"),
        ("fees", Asked(since=LAST, until=MARCH), "after its end"),
        ("fees", Asked(since=dt.date(2019, 1, 1)), "at most 60 months"),
        ("fees", Asked(currency="XXX"), "no currency 'XXX'"),
        ("nonsense", Asked(), "There is no report 'nonsense'"),
    ],
)
def test_what_a_report_can_not_tell_is_refused_with_the_reason(
    operation: Operation, name: str, asked: Asked, message: str
):
    with pytest.raises(BadInput, match=message):
        running.run(operation, name, asked)


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({}, "needs as_of"),
        ({"as_of": "yesterday"}, "as_of is 'yesterday'; write a date"),
        ({"as_of": "2026-03-31", "from_days": "many"}, "write a whole number"),
        ({"as_of": "2026-03-31", "colour": "red"}, "can't be filtered by colour"),
        ({"as_of": "2026-03-31", "brand": "a\0b"}, "can't be searched for"),
    ],
)
def test_a_filter_that_a_list_has_not_is_refused(
    operation: Operation, filters: dict[str, str], message: str
):
    with pytest.raises(BadInput, match=message):
        details.rows(operation, "open_items", filters)


def test_nothing_can_be_told_before_anything_is_prepared(world: World):
    with world.database.connect() as connection:
        operation = Operation(connection, reader(Permission.READ_REPORTS), LAST)
        with pytest.raises(Conflict, match="No report is prepared"):
            running.run(operation, "ageing")
