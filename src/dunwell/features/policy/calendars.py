"""Working days: each calendar's table of days, made from `holidays` and the brand's own days.

`working_day` numbers the working days, so that SQL adds days by arithmetic instead of a loop.
"""

from datetime import date, timedelta

import holidays
import psycopg
from psycopg.rows import TupleRow

from dunwell.domain.errors import BadInput

FIRST = date(2000, 1, 1)
LAST = date(2059, 12, 31)


def check_region(country: str, subdivision: str | None) -> None:
    """`BadInput` unless the public holidays of the country and its subdivision are known."""
    _holidays_of(country, subdivision, range(2026, 2027))


def _public_holidays(country: str | None, subdivision: str | None) -> frozenset[date]:
    if country is None:
        return frozenset()
    return _holidays_of(country, subdivision, range(FIRST.year, LAST.year + 1))


def _holidays_of(country: str, subdivision: str | None, years: range) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=years))
    except NotImplementedError as failure:
        raise BadInput(
            f"No holidays are known for country {country!r} and subdivision {subdivision!r};"
            f" use ISO 3166 codes, such as DE and BY."
        ) from failure


def _numbered(
    closed: frozenset[date], weekend: frozenset[int], own: dict[date, bool]
) -> list[tuple[date, int, date]]:
    """Each day with the number of working days up to it and the next working day, itself if it is
    one; the last days without a working day after them are left out.
    """
    numbered: list[tuple[date, int, date]] = []
    waiting: list[tuple[date, int]] = []
    no = 0
    day = FIRST
    while day <= LAST:
        regular = day.isoweekday() not in weekend and day not in closed
        is_working = own.get(day, regular)
        no += is_working
        waiting.append((day, no))
        if is_working:
            numbered.extend((before, count, day) for before, count in waiting)
            waiting.clear()
        day += timedelta(days=1)
    return numbered


def rebuild(connection: psycopg.Connection[TupleRow], calendar_id: int) -> None:
    """Make the calendar's working days anew from its row; the caller commits."""
    row = connection.execute(
        "select country, subdivision, weekend, own_days from calendar where id = %s", [calendar_id]
    ).fetchone()
    assert row is not None
    country, subdivision, weekend, own_days = row
    own = {date.fromisoformat(day): bool(entry["working"]) for day, entry in own_days.items()}
    connection.execute("delete from working_day where calendar_id = %s", [calendar_id])
    closed = _public_holidays(country, subdivision)
    with connection.cursor().copy(
        "copy working_day (calendar_id, day, no, next_working) from stdin"
    ) as copy:
        for day, no, next_working in _numbered(closed, frozenset(weekend), own):
            copy.write_row((calendar_id, day, no, next_working))
