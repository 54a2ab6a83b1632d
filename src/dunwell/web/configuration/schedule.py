"""The picture of a scenario's schedule: on which days of a calendar its steps fall for a chosen
entry date, and which days aren't worked.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from babel.dates import format_skeleton, get_day_names

from dunwell.features.policy.schedule import Dated
from dunwell.web.languages import locale

MOST_MONTHS = 14


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month; outside of it there is none."""

    date: dt.date | None
    entry: bool = False
    worked: bool = True
    steps: Sequence[int] = ()
    """The numbers of the steps that fall on it."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of weeks, Monday first."""

    title: str
    weeks: Sequence[Sequence[Day]]


@dataclass(slots=True)
class Picture:
    """Months from the entry to the last step."""

    months: list[Month] = field(default_factory=list)
    weekdays: Sequence[str] = ()
    cut: bool = False
    """It goes on beyond the months that are shown."""


def picture(entry: dt.date, steps: Sequence[Dated], closed: frozenset[dt.date]) -> Picture:
    """The months in which something happens, from the entry date on."""
    by_day: dict[dt.date, list[int]] = {}
    for step in steps:
        by_day.setdefault(step.due_on, []).append(step.number)
    last = max([entry, *by_day])
    names = get_day_names("abbreviated", locale=locale())
    found = Picture(weekdays=[names[number] for number in range(7)])
    first = entry.replace(day=1)
    while first <= last:
        following = (first + dt.timedelta(days=32)).replace(day=1)
        busy = any(first <= day < following for day in [entry, *by_day])
        if busy and len(found.months) >= MOST_MONTHS:
            found.cut = True
            break
        if busy:
            found.months.append(_month(first, following, entry, by_day, closed))
        first = following
    return found


def _month(
    first: dt.date,
    following: dt.date,
    entry: dt.date,
    by_day: dict[dt.date, list[int]],
    closed: frozenset[dt.date],
) -> Month:
    days = [Day(None)] * first.weekday()
    for number in range((following - first).days):
        day = first + dt.timedelta(days=number)
        days.append(Day(day, day == entry, day not in closed, tuple(by_day.get(day, ()))))
    days.extend([Day(None)] * (-len(days) % 7))
    weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
    return Month(format_skeleton("yMMMM", first, locale=locale()), weeks)
