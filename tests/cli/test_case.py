"""`dunwell case`: the story of a bill unit, for people and as one JSON object."""

from pathlib import Path

import pytest
from tests.cli.conftest import Call
from tests.world import World

from dunwell.db.database import Database

POLICY = """
[[profiles]]
name = "everybody"
currency = "USD"
default = true

[[actions]]
name = "call"
type = "manual"

[[scenarios]]
name = "short"
profile = "everybody"
entry_amount = 50
entry_days = 10
exit_amount = 5
steps = [{ day = 3, action = "call" }, { day = 30, action = "Write off balance" }]
"""


@pytest.fixture
def world(installation: Database, tmp_path: Path) -> World:
    """Bill unit B1 owes 60.00 that were due on 1 January."""
    world = World(installation, tmp_path)
    world.policy(POLICY)
    world.customer("B1")
    world.bill("60.00", "2026-01-01")
    return world


def test_a_case_is_one_object_with_its_fields_actions_and_events(dunwell: Call, world: World):
    world.night("2026-01-11")
    told = dunwell("case", "B1", "--json").json
    assert (told["bill_unit_no"], told["status"], told["scenario"]) == ("B1", "open", "short")
    assert told["entry_overdue_amount"] == "60.00"
    assert [action["action"] for action in told["actions"]] == ["call", "Write off balance"]
    assert [event["kind"] for event in told["events"]] == ["case_opened"]
    assert told["earlier_cases"] == []


def test_the_newest_case_comes_first_and_holds_the_earlier_ones(dunwell: Call, world: World):
    world.night("2026-01-11")
    world.pay("60.00", "2026-01-12")
    world.night("2026-01-12")
    world.bill("80.00", "2026-02-01")
    world.night("2026-02-11")
    told = dunwell("case", "B1", "--json").json
    assert (told["status"], told["entered_on"]) == ("open", "2026-02-11")
    (earlier,) = told["earlier_cases"]
    assert (earlier["status"], earlier["close_reason"]) == ("closed", "cured")
    assert "earlier_cases" not in earlier
    text = dunwell("case", "B1").out
    assert text.index("open") < text.index("closed (cured)")
    # the earlier one is in force again when asked about its time
    for date, entered_on in (("2026-01-11", "2026-01-11"), ("2026-02-11", "2026-02-11")):
        (case,) = dunwell("explain", "B1", "--date", date, "--json").json["cases"]
        assert case["entered_on"] == entered_on


def test_who_never_was_in_collections_is_an_object_too(dunwell: Call, world: World):
    assert dunwell("case", "B1", "--json").json == {
        "bill_unit_no": "B1",
        "status": "never",
        "actions": [],
        "events": [],
        "earlier_cases": [],
    }
    assert "was never in collections" in dunwell("case", "B1").out


def test_an_unknown_number_is_named(dunwell: Call, world: World):
    outcome = dunwell("case", "B2", "--json")
    assert outcome.code == 2
    assert "'B2'" in outcome.json["error"]["message"]


def test_a_task_stays_on_the_page_until_it_is_done(dunwell: Call, world: World):
    world.night("2026-01-11")
    world.night("2026-01-20")
    past, _, to_come = dunwell("case", "B1").out.partition("\n\n2026-01-14")
    assert "call: a task for somebody" in past
    assert "call: open task" in to_come
    assert "Write off balance: to come" in to_come
