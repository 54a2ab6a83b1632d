"""Working days: each calendar's table of days, made from `holidays` and the brand's own days.

`working_day` numbers the working days, so that SQL adds days by arithmetic instead of a loop.
"""

from collections.abc import Iterator
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


def _days(
    closed: frozenset[date], weekend: frozenset[int], own: dict[date, bool]
) -> Iterator[tuple[date, bool]]:
    day = FIRST
    while day <= LAST:
        regular = day.isoweekday() not in weekend and day not in closed
        yield day, own.get(day, regular)
        day += timedelta(days=1)


def rebuild(connection: psycopg.Connection[TupleRow], calendar_id: int) -> None:
    """Make the calendar's working days anew from its row; the caller commits."""
    row = connection.execute(
        "select country, subdivision, weekend, own_days from calendar where id = %s", [calendar_id]
    ).fetchone()
    assert row is not None
    country, subdivision, weekend, own_days = row
    own = {date.fromisoformat(day): bool(entry["working"]) for day, entry in own_days.items()}
    connection.execute("delete from working_day where calendar_id = %s", [calendar_id])
    connection.execute(
        "create temp table if not exists day_draft (day date, working boolean) on commit drop"
    )
    connection.execute("truncate day_draft")
    with connection.cursor().copy("copy day_draft from stdin") as copy:
        closed = _public_holidays(country, subdivision)
        for day, working in _days(closed, frozenset(weekend), own):
            copy.write_row((day, working))
    connection.execute(
        """
        insert into working_day (calendar_id, day, no, next_working)
        select %(calendar_id)s, day, no, next_working
        from (
            select
                day,
                count(*) filter (where working) over (order by day) as no,
                min(day) filter (where working)
                    over (order by day desc)
                    as next_working
            from day_draft
        ) as numbered
        where next_working is not null
        """,
        {"calendar_id": calendar_id},
    )
