"""The overdue and the entry date, and the ages of debts."""

import datetime as dt
from typing import Any

import pytest
from tests.golden.examples import CALL, GOLDEN, ON, PROFILE
from tests.policies import scenario
from tests.world import World, day

from dunwell.features.receivables.ageing import ageing


def month_ends(year: int) -> dict[str, dt.date]:
    return {
        name: dt.date(year, month % 12 + 1, 1) - dt.timedelta(days=1)
        for month, name in enumerate(("jan", "feb", "mar", "apr"), start=1)
    }


@pytest.mark.parametrize(
    "case",
    GOLDEN["dates"]["cases"],
    ids=lambda case: f"{case['overdue_date']}-{case['entry_date']}",
)
def test_the_overdue_and_entry_dates_of_the_manuals_four_tables(world: World, case: Any):
    given = GOLDEN["dates"]
    demands = given["scenario"]
    world.customer()
    world.policy(
        f"""
[settings]
overdue_date = "{case["overdue_date"]}"
entry_date = "{case["entry_date"]}"
"""
        + CALL
        + PROFILE
        + scenario(entry=demands["entry_amount"], days=demands["entry_days"])
    )
    for month in range(1, 5):
        world.bill(given["charge"]["amount"], dt.date(given["year"], month, 15))
    world.pay(given["payment"]["amount"], given["payment"][ON])
    reports = []
    start = dt.date(given["year"], 1, 1)
    for name, end in month_ends(given["year"]).items():
        reports += world.nights(start, end)
        start = end + dt.timedelta(days=1)
        found = world.case()
        assert world.rows("select overdue_amount::numeric(10, 2)::text from balance") == [
            (given["overdue_amount"][name],)
        ]
        expected = (case["overdue"][name], case["entry"][name])
        if expected == (None, None):
            assert found is None
        else:
            assert found is not None
            assert (day(found["overdue_date"]), day(found["entry_date"])) == expected
    assert [report.date for report in reports if report.entered] == [given["entered_on_run_of"]]
    world.check()


def test_an_open_action_moves_with_the_entry_date(world: World):
    given, moves = GOLDEN["dates"], GOLDEN["entry_date_moves"]
    world.customer()
    world.policy(
        '[settings]\noverdue_date = "earliest"\nentry_date = "computed"\n'
        + CALL
        + PROFILE
        + scenario(steps=f"{moves['offset']} call")
    )
    for month in range(1, 5):
        world.bill("15.00", dt.date(given["year"], month, 15))
    world.pay(given["payment"]["amount"], given["payment"][ON])
    world.nights("2026-01-01", "2026-04-09")
    assert day(world.actions()["call"]["due_on"]) == moves["due_before"]
    world.nights("2026-04-10", "2026-04-30")
    assert day(world.actions()["call"]["due_on"]) == moves["due_after"]


def test_latest_means_the_latest_ripe_item(world: World):
    given = GOLDEN["latest_means_ripe"]
    world.customer()
    world.policy(CALL + PROFILE + scenario(entry="20.00", days=45))
    world.bill("20.00", "2026-01-01")
    world.bill("20.00", "2026-02-01")
    reports = world.nights("2026-01-20", given["entered_on_run_of"])
    assert [report.date for report in reports if report.entered] == [given["entered_on_run_of"]]
    case = world.case()
    assert case is not None
    assert day(case["overdue_date"]) == given["overdue_date"]
    assert day(case["entry_date"]) == given["entry_date"]


def test_the_entry_date_is_the_due_date_plus_the_entry_days(world: World):
    given = GOLDEN["entry_date_simple"]
    world.customer()
    world.policy(CALL + PROFILE + scenario(days=given["entry_days"]))
    world.bill("20.00", given["due"])
    world.nights("2026-06-20", "2026-06-30")
    case = world.case()
    assert case is not None
    assert day(case["entry_date"]) == given["entry_date"]


def test_ageing_puts_items_into_the_buckets_of_their_days(world: World):
    given = GOLDEN["aging_buckets"]
    date = dt.date(2026, 6, 30)
    world.customer()
    for item in given["items"]:
        world.bill(item["amount"], date - dt.timedelta(days=item["days"]))
    with world.database.connect() as connection:
        rows = ageing(connection, date=date, boundaries=given["boundaries"])
    overdue = [row.as_json()["amount"] for row in rows if row.bucket != "not due"]
    assert overdue == given["buckets"]
