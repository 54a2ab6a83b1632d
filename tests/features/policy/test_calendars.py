"""Working days: holidays, weekends and own days as numbered rows."""

import pytest

from dunwell.domain.errors import BadInput
from dunwell.features.policy import calendars, file, service

POLICY = """
[[calendars]]
name = "Bavaria"
country = "DE"
subdivision = "BY"
days = [
    { date = 2026-12-24, working = false, name = "Christmas Eve" },
    { date = 2026-12-27, working = true, name = "Stocktaking" },
]
"""


@pytest.fixture
def days(database):
    """The next working day and the number of a day in Bavaria."""
    with database.connect() as connection:
        service.apply(connection, file.parse(POLICY), actor="anna")

        def look(day: str):
            return connection.execute(
                "select next_working::text, no from working_day"
                " join calendar on calendar.id = calendar_id where name = 'Bavaria' and day = %s",
                [day],
            ).fetchone()

        yield look


def test_holidays_and_weekends_move_to_the_next_working_day(days):
    assert days("2026-06-04")[0] == "2026-06-05", "Corpus Christi is a holiday in Bavaria"
    assert days("2026-06-05")[0] == "2026-06-05"
    assert days("2026-06-06")[0] == "2026-06-08"


def test_own_days_come_before_holidays_and_weekends(days):
    assert days("2026-12-24")[0] == "2026-12-27", "a Sunday that is worked, after two holidays"
    assert days("2026-12-28")[0] == "2026-12-28"


def test_working_days_are_counted(days):
    assert days("2026-06-08")[1] - days("2026-06-03")[1] == 2
    assert days("2026-06-07")[1] == days("2026-06-05")[1]


def test_a_region_without_known_holidays_is_refused():
    with pytest.raises(BadInput, match="'DE' and subdivision 'ZZ'"):
        calendars.check_region("DE", "ZZ")
