"""The picture of a schedule: every day once, under its weekday, whatever month it falls in."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dunwell.features.policy.schedule import Dated
from dunwell.web.configuration.schedule import MOST_MONTHS, Picture, picture

DAYS = some.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1))


def drawn(entry: dt.date, *days: int, closed: frozenset[dt.date] = frozenset()) -> Picture:
    steps = [
        Dated(number, day, "call", mandatory=True, due_on=entry + dt.timedelta(days=day))
        for number, day in enumerate(days, start=1)
    ]
    return picture(entry, steps, closed)


def titles(found: Picture) -> list[str]:
    return [month.title for month in found.months]


def steps_on(found: Picture) -> dict[dt.date, list[int]]:
    days = [day for month in found.months for week in month.weeks for day in week]
    return {day.date: list(day.steps) for day in days if day.date and day.steps}


@pytest.mark.parametrize(("year", "last"), [(2027, 28), (2028, 29), (2100, 28)])
def test_february_ends_where_the_year_lets_it(year: int, last: int):
    entry = dt.date(year, 1, 31)
    found = drawn(entry, last, last + 1)
    assert titles(found) == [f"January {year}", f"February {year}", f"March {year}"]
    assert steps_on(found) == {dt.date(year, 2, last): [1], dt.date(year, 3, 1): [2]}


def test_steps_on_both_sides_of_a_months_end_stand_in_their_months():
    found = drawn(dt.date(2026, 4, 30), 1, 31, 32)
    assert titles(found) == ["April 2026", "May 2026", "June 2026"]
    assert steps_on(found) == {
        dt.date(2026, 5, 1): [1],
        dt.date(2026, 5, 31): [2],
        dt.date(2026, 6, 1): [3],
    }


def test_months_without_a_step_are_left_out():
    found = drawn(dt.date(2026, 11, 15), 20, 120, 400)
    assert titles(found) == ["November 2026", "December 2026", "March 2027", "December 2027"]


def test_a_schedule_of_many_months_is_cut_and_says_so():
    found = drawn(dt.date(2026, 1, 15), *range(30, 30 * 20, 30))
    assert (len(found.months), found.cut) == (MOST_MONTHS, True)
    assert not drawn(dt.date(2026, 1, 15)).cut


def test_days_that_are_not_worked_are_marked():
    christmas = dt.date(2026, 12, 25)
    (month,) = drawn(dt.date(2026, 12, 1), 10, closed=frozenset({christmas})).months
    days = [day for week in month.weeks for day in week]
    assert [day.date for day in days if not day.worked] == [christmas]


@given(DAYS, some.lists(some.integers(1, 1098), max_size=6))
def test_every_day_of_a_month_stands_once_under_its_weekday(entry: dt.date, days: list[int]):
    found = drawn(entry, *days)
    for month in found.months:
        shown = [day.date for week in month.weeks for day in week if day.date]
        assert shown == [shown[0] + dt.timedelta(days=n) for n in range(len(shown))]
        assert (shown[0].day, (shown[-1] + dt.timedelta(days=1)).day) == (1, 1)
        for week in month.weeks:
            assert [day.date.weekday() for day in week if day.date] == [
                number for number, day in enumerate(week) if day.date
            ]
    assert sum(day.entry for month in found.months for week in month.weeks for day in week) == 1
    placed = sorted(number for numbers in steps_on(found).values() for number in numbers)
    assert placed == list(range(1, len(days) + 1)) or found.cut
