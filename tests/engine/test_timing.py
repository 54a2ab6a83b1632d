"""When a night is due, also where clocks change."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.timing import LONGEST_PAUSE, Timetable, pause

BERLIN = ZoneInfo("Europe/Berlin")
ALWAYS = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def at(text: str, zone: str = "Europe/Berlin") -> Timetable:
    return Timetable(dt.time.fromisoformat(text), ZoneInfo(zone), dt.timedelta(hours=2))


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("hour", "day", "moment"),
    [
        ("02:30", "2026-03-28", "2026-03-28T01:30"),
        ("02:30", "2026-03-29", "2026-03-29T01:30"),  # 02:30 never comes: clocks show 03:30
        ("02:30", "2026-03-30", "2026-03-30T00:30"),
        ("02:30", "2026-10-25", "2026-10-25T00:30"),  # 02:30 comes twice: the first
        ("02:30", "2026-10-26", "2026-10-26T01:30"),
    ],
)
def test_the_night_begins_once_also_when_clocks_change(hour: str, day: str, moment: str):
    assert at(hour).due_at(dt.date.fromisoformat(day)) == utc(moment)


def test_before_its_hour_the_night_before_counts():
    assert at("02:30").newest(utc("2026-03-02T01:29")) == dt.date(2026, 3, 1)
    assert at("02:30").newest(utc("2026-03-02T01:30")) == dt.date(2026, 3, 2)


def test_the_business_date_is_that_of_the_brand():
    moment = utc("2026-03-01T12:00")
    assert at("00:30", "Pacific/Kiritimati").newest(moment) == dt.date(2026, 3, 2)
    assert at("00:30", "America/New_York").newest(moment) == dt.date(2026, 3, 1)


def test_a_night_that_was_run_is_not_due_again():
    table, now = at("02:30"), utc("2026-03-02T12:00")
    assert table.due(now, dt.date(2026, 3, 1), ALWAYS) == dt.date(2026, 3, 2)
    assert table.due(now, dt.date(2026, 3, 2), ALWAYS) is None
    assert table.due(now, dt.date(2026, 4, 1), ALWAYS) is None


def test_an_installation_without_a_night_waits_for_the_hour():
    table, started = at("02:30"), utc("2026-03-02T12:00")
    assert table.due(utc("2026-03-02T13:00"), None, started) is None
    assert table.due(utc("2026-03-03T01:30"), None, started) == dt.date(2026, 3, 3)


@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
    ),
    hour=st.times(),
    first=st.dates(dt.date(2015, 1, 1), dt.date(2035, 1, 1)),
    step=st.integers(1, 240),
)
def test_every_night_comes_exactly_once_whenever_one_looks(zone, hour, first, step):
    """A worker that looks every so many minutes runs each day's night once, and in order."""
    table = Timetable(hour.replace(tzinfo=None), ZoneInfo(zone), dt.timedelta(hours=2))
    now = dt.datetime.combine(first, dt.time(), dt.UTC)
    last, run = table.newest(now), []
    for _ in range(1 + 4 * 24 * 60 // step):
        now += dt.timedelta(minutes=step)
        day = table.due(now, last, ALWAYS)
        if day is not None:
            run.append(day)
            last = day
    assert run == [run[0] + dt.timedelta(days=number) for number in range(len(run))]
    assert len(run) in (3, 4, 5)


def test_pauses_grow():
    pauses = [pause(attempts) for attempts in range(1, 9)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
