"""Running the night itself: what is refused, what is repeated, one bill unit, dry runs."""

from typing import Any

import pytest
from tests.policies import policy, scenario
from tests.world import World

from dunwell.db import locks
from dunwell.domain.errors import BadInput, Conflict, NotFound
from dunwell.features.reports import preparing

TABLES = (
    "item", "credit", "allocation", "balance", "collection_case", "action", "charge", "letter",
    "reminder_message", "payment_attempt", "agency_referral", "touched", "bill_unit", "event",
    "run", "run_slice", "dispute", "exemption",
)  # fmt: skip


def contents(world: World) -> dict[str, list[Any]]:
    """Every row of every table that a night may write."""
    return {
        table: sorted(world.rows(f"select {table}::text from {table}"), key=str) for table in TABLES
    }


def test_a_date_before_the_last_night_is_refused(world: World):
    world.night("2026-03-11")
    world.customer()
    world.night("2026-03-12")
    with pytest.raises(BadInput, match=r"The night of 2026-03-12 has been run, so 2026-03-11"):
        world.night("2026-03-11")


@pytest.mark.parametrize("date", ["1999-12-31", "2057-06-01"])
def test_a_date_outside_the_calendars_is_refused(world: World, date: str):
    with pytest.raises(BadInput, match="calendars, which run from 2000-01-01 to 2059-12-31"):
        world.night(date)


def test_a_second_run_at_the_same_time_is_refused(world: World, monkeypatch: pytest.MonkeyPatch):
    world.customer()
    monkeypatch.setattr(locks, "PATIENCE", 0.1)
    with world.database.connect(autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", [locks.RUN])
        with pytest.raises(Conflict, match="Another run is going on"):
            world.night("2026-03-11")
        other.execute("select pg_advisory_unlock(%s)", [locks.RUN])
    world.night("2026-03-11")


def test_the_greatest_bills_that_are_taken_break_off_nobodys_night(world: World):
    world.policy(policy(scenario(steps="1 interest, 2 late fee, 3 letter, 5 Write off balance")))
    for number in ("B1", "B2"):
        world.customer(number)
        for _ in range(9):
            world.bill("9999999999999.99", "2026-01-01", number)
    world.nights("2026-02-01", "2026-02-03")
    assert world.status("letter", "B2") == "completed"
    preparing.prepare(world.database)
    world.night("2026-02-06")
    assert not world.in_collections()


def test_the_same_night_twice_changes_nothing(world: World):
    world.customer()
    world.policy(policy(scenario(steps="3 late fee, 3 letter, 3 call")))
    world.bill("80.00", "2026-03-01")
    world.pay("10.00", "2026-03-02")
    world.nights("2026-03-11", "2026-03-14")
    before = contents(world)
    again = world.night("2026-03-14")
    after = contents(world)
    assert [table for table in TABLES if before[table] != after[table]] == ["run", "run_slice"]
    assert (again.entered, again.left, again.actions) == (0, {}, {})
    # the figures that stand are the same
    assert (again.in_collections, again.as_json()["overdue"]) == (1, {"USD": "70.00"})


def test_a_dry_run_tells_and_keeps_nothing(world: World):
    world.customer()
    world.policy(policy(scenario(steps="3 late fee, 3 letter")))
    world.bill("80.00", "2026-03-01")
    world.pay("10.00", "2026-03-02")
    before = contents(world)
    dry = world.night("2026-03-14", dry_run=True)
    assert contents(world) == before
    wet = world.night("2026-03-14")
    told, done = dry.as_json(), wet.as_json()
    assert told | {"seconds": 0} == done | {"seconds": 0}
    assert (wet.entered, wet.actions) == (
        1,
        {"dunning_letter": {"completed": 1}, "late_fee": {"completed": 1}},
    )


def test_one_bill_unit_alone_has_its_night_and_the_others_wait_for_theirs(world: World):
    world.customer("B1", account_no="A1")
    world.customer("B2", account_no="A1")
    world.customer("B3")
    world.policy(policy(scenario(steps="3 letter")))
    for number in ("B1", "B2", "B3"):
        world.bill("80.00", "2026-03-01", number)
        world.pay("10.00", "2026-03-02", number)
    report = world.night("2026-03-11", bill_unit_no="B1")
    assert (report.entered, world.overdue("B1")) == (1, "70.00")
    assert (world.cases("B2"), world.cases("B3")) == ([], [])
    assert world.rows("select count(*) from run_slice") == [(0,)]
    report = world.night("2026-03-11")
    assert (report.entered, world.overdue("B2"), world.overdue("B3")) == (2, "70.00", "70.00")
    world.check()


def test_what_one_bill_units_night_has_looked_at_the_next_night_still_sees(world: World):
    world.customer("B1", account_no="A1")
    world.customer("B2", account_no="A1")
    world.policy(policy(scenario(steps="3 letter")))
    world.bill("80.00", "2026-03-01", "B1")
    world.bill("80.00", "2026-03-01", "B2")
    world.nights("2026-03-11", "2026-03-12")
    # the run for B1 posts the payment of B2, whose exit must not be lost
    world.pay("80.00", "2026-03-13", "B2")
    world.pay("80.00", "2026-03-13", "B1")
    report = world.night("2026-03-13", bill_unit_no="B1")
    assert (report.left, world.in_collections("B2")) == ({"cured": 1}, True)
    report = world.night("2026-03-13")
    assert report.left == {"cured": 1}
    assert not world.in_collections("B2")
    world.check()


def test_an_unknown_bill_unit_is_refused(world: World):
    world.customer()
    with pytest.raises(NotFound, match="There is no bill unit 'B9'"):
        world.night("2026-03-11", bill_unit_no="B9")


def test_a_run_for_one_bill_unit_without_any_customer_is_refused_too(world: World):
    with pytest.raises(NotFound, match="There is no bill unit 'B9'"):
        world.night("2026-03-11", bill_unit_no="B9")


def test_a_night_over_an_empty_installation_reports_nothing(world: World):
    report = world.night("2026-03-11").as_json()
    assert report | {"seconds": 0} == {
        "date": "2026-03-11",
        "entered": 0,
        "left": {},
        "in_collections": 0,
        "actions": {},
        "overdue": {},
        "seconds": 0,
        "unhandled": [],
        "skipped": 0,
    }


def test_publishing_run_details_writes_an_event_with_the_report(world: World):
    world.customer()
    world.bill("80.00", "2026-03-01")
    world.policy(policy(scenario()))
    world.night("2026-03-10")
    published = "select business_date::text, data from event where kind = 'run_completed'"
    assert world.rows(published) == []
    world.policy(policy(scenario(), settings={"publish_run_details": "true"}))
    report = world.night("2026-03-11")
    assert world.rows(published) == [("2026-03-11", report.as_json())]
    assert world.rows("select report from run order by id desc limit 1") == [(report.as_json(),)]


def test_amounts_of_different_currencies_are_never_added(world: World):
    for number, currency, amount in (
        ("B1", "USD", "80.00"),
        ("B2", "EUR", "70.00"),
        ("B3", "EUR", "5.50"),
        ("B4", "JPY", "900"),
        ("B5", "KWD", "1.250"),
    ):
        world.customer(number, currency=currency)
        world.bill(amount, "2026-03-01", number)
    report = world.night("2026-03-11").as_json()
    assert report["overdue"] == {"EUR": "75.50", "JPY": "900", "KWD": "1.250", "USD": "80.00"}
