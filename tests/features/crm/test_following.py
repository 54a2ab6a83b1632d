"""The collection status that customer care sees, and the alerts that come and go with it."""

import re
from pathlib import Path

import pytest
from tests.policies import policy, scenario
from tests.world import World

import dunwell
from dunwell.domain.errors import NotFound, RuleViolation
from dunwell.features.cases import stopping
from dunwell.features.crm import queries

KEPT = {"collection_status": "true"}
ALERTED = {"collection_status": "true", "credit_alerts": "true"}
STAGES = """
[[collection_substatuses]]
name = "Final notice"
severity = 20
actions = ["second letter"]

[[collection_substatuses]]
name = "Overdue for long"
severity = 10
from_days = 40
"""


def status(world: World, bill_unit_no: str = "B1", on: str = "2026-12-31") -> str:
    found = world.by_hand(on).do(queries.collection_status, bill_unit_no)
    return f"{found.status} {found.substatus}"


def changes(world: World, bill_unit_no: str = "B1") -> list[str]:
    """Each change in the log: `never_in_collections → entered (entered)`."""
    return [
        f"{data['from']['substatus']} → {data['to']['substatus']} ({data['reason']})"
        for data in world.events_of("collection_status_changed", bill_unit_no)
    ]


def alerts(world: World) -> list[tuple[str, ...]]:
    return world.rows(
        "select reason, amount::numeric(9, 2)::text, status, coalesce(close_reason, '')"
        " from credit_alert order by id"
    )


def test_a_bill_unit_is_yellow_while_it_is_in_collections_and_green_again_when_it_has_paid(
    world: World,
):
    world.policy(policy(scenario(), settings=KEPT))
    world.customer()
    world.bill("50.00", "2026-06-01")
    world.night("2026-06-10")
    assert status(world) == "green never_in_collections"
    world.night("2026-06-12")
    assert status(world) == "yellow entered"
    world.pay("50.00", "2026-06-13")
    world.night("2026-06-14")
    assert status(world) == "green exited"
    assert changes(world) == [
        "never_in_collections → entered (entered)",
        "entered → exited (exited)",
    ]
    world.night("2026-06-15", full=True)
    assert len(changes(world)) == 2


def test_the_policys_stages_are_reached_by_actions_and_by_days(world: World):
    world.policy(policy(scenario(steps="5 letter, 9 second letter"), settings=KEPT, more=STAGES))
    world.customer()
    world.bill("50.00", "2026-06-01")
    seen = {}
    for day in ("2026-06-12", "2026-06-16", "2026-06-20", "2026-07-20", "2026-07-21"):
        world.night(day)
        seen[day] = status(world)
    assert seen == {
        "2026-06-12": "yellow entered",
        "2026-06-16": "yellow entered",
        "2026-06-20": "yellow Final notice",
        # the case counts from 11 June
        "2026-07-20": "yellow Final notice",
        "2026-07-21": "yellow Overdue for long",
    }
    assert changes(world)[1:] == [
        "entered → Final notice (stage)",
        "Final notice → Overdue for long (stage)",
    ]


def test_a_stage_that_is_reached_while_no_night_ran_is_made_up_for(world: World):
    world.policy(policy(scenario(), settings=KEPT, more=STAGES))
    world.customer()
    world.bill("50.00", "2026-06-01")
    world.night("2026-06-12")
    world.night("2026-08-01")
    assert status(world) == "yellow Overdue for long"


def test_an_action_completed_by_hand_is_followed_at_once(world: World):
    world.policy(policy(scenario(steps="5 letter, 9 second letter"), settings=KEPT, more=STAGES))
    world.customer()
    world.bill("50.00", "2026-06-01")
    world.night("2026-06-12")
    world.by_hand("2026-06-13").complete(2)
    assert status(world) == "yellow Final notice"
    world.by_hand("2026-06-14").stop()
    assert status(world) == "green exited"


def test_a_bill_unit_whose_services_stop_is_red_also_after_it_has_left(world: World):
    world.policy(
        policy(
            scenario(steps="5 Inactivate bill unit"),
            settings=ALERTED,
        )
    )
    world.customer()
    world.bill("50.00", "2026-06-01")
    world.night("2026-06-12")
    world.night("2026-06-16")
    assert status(world) == "red suspended"
    world.pay("50.00", "2026-06-17")
    world.night("2026-06-18")
    assert status(world) == "red suspended"
    assert alerts(world) == [("entered_collections", "50.00", "closed", "exited_collections")]
    world.load(
        "bill_units",
        {"bill_unit_no": "B1", "account_no": "A-B1", "currency": "USD", "status": "active"},
    )
    assert status(world) == "green exited"
    assert changes(world) == [
        "never_in_collections → entered (entered)",
        "entered → suspended (suspended)",
        "suspended → suspended (exited)",
        "suspended → exited (restored)",
    ]


def test_two_cases_show_the_most_severe_stage(world: World):
    world.policy(
        policy(
            scenario(),
            scenario("gas", more='debt_class = "gas"', steps="1 second letter, 400 call"),
            settings=KEPT,
            more='[[debt_classes]]\nname = "gas"\n' + STAGES,
        )
    )
    world.customer()
    world.bill("50.00", "2026-06-01")
    world.bill("60.00", "2026-06-01", debt_class="gas")
    world.nights("2026-06-12", "2026-06-13")
    assert status(world) == "yellow Final notice"
    world.by_hand("2026-06-14").do(
        stopping.stop_case,
        next(
            case["handle"]
            for case in world.cases()
            if case["scenario"] == "gas" and case["status"] == "open"
        ),
        reason="a test",
    )
    assert status(world) == "yellow entered"


def test_entering_raises_an_alert_and_leaving_closes_it(world: World):
    world.policy(policy(scenario(), settings=ALERTED))
    world.customer()
    world.bill("50.00", "2026-06-01")
    world.night("2026-06-12")
    assert alerts(world) == [("entered_collections", "50.00", "open", "")]
    world.night("2026-06-13", full=True)
    assert len(alerts(world)) == 1
    world.pay("50.00", "2026-06-14")
    world.night("2026-06-14")
    assert alerts(world) == [("entered_collections", "50.00", "closed", "exited_collections")]
    (raised,) = world.events_of("credit_alert_raised")
    (closed,) = world.events_of("credit_alert_closed")
    assert raised["credit_alert"] == closed["credit_alert"]
    assert raised["oldest_due_on"] == "2026-06-01"


def test_switching_it_on_gives_everybody_a_status_and_asks_nothing_before(world: World):
    world.policy(policy(scenario()))
    world.customer()
    world.bill("50.00", "2026-06-01")
    world.night("2026-06-12")
    assert world.rows("select count(*) from collection_status") == [(0,)]
    with pytest.raises(RuleViolation, match="keeps no collection status"):
        status(world)
    world.policy(policy(scenario(), settings=KEPT))
    world.night("2026-06-13")
    assert status(world) == "yellow entered"
    with pytest.raises(NotFound, match="B9"):
        status(world, "B9")


def test_a_case_that_is_replaced_has_not_left(world: World):
    world.policy(policy(scenario("mild", days=20), scenario("harsh", days=30), settings=ALERTED))
    world.customer()
    world.bill("50.00", "2026-06-01")
    world.night("2026-06-25")
    world.by_hand("2026-06-26").replace("harsh")
    assert changes(world) == ["never_in_collections → entered (entered)"]
    assert [each[2] for each in alerts(world)] == ["open"]


def test_members_of_a_group_have_the_status_of_their_own_cases(world: World):
    world.policy(policy(scenario(), settings=ALERTED))
    world.customer("B1")
    world.customer("B2")
    world.bill("50.00", "2026-06-01", "B2")
    world.night("2026-06-10")
    world.by_hand("2026-06-10").group("G", "B1", "B2")
    world.night("2026-06-12")
    assert (status(world, "B1"), status(world, "B2")) == (
        "yellow entered",
        "green never_in_collections",
    )
    world.pay("50.00", "2026-06-13", "B2")
    world.night("2026-06-14")
    assert status(world, "B1") == "green exited"


@pytest.mark.parametrize("workers", [1, 2])
def test_slices_do_not_see_each_other(world: World, workers: int):
    world.policy(policy(scenario(), settings=ALERTED))
    for number in range(6):
        world.customer(f"B{number}")
        world.bill("50.00", "2026-06-01", f"B{number}")
    world.night("2026-06-12", workers=workers, slice_width=2)
    assert {status(world, f"B{number}") for number in range(6)} == {"yellow entered"}
    assert len(alerts(world)) == 6


def test_nothing_but_following_writes_a_status():
    """Neither a person nor a file can set it: only the statements of `following` do."""
    house = Path(dunwell.__file__).parent
    writes = re.compile(r"(insert into|update|delete from|copy) collection_status\b")
    found = {
        path.name
        for kind in ("*.sql", "*.py")
        for path in house.rglob(kind)
        if "migrations" not in path.parts and writes.search(path.read_text("utf-8"))
    }
    assert found == {"following.sql"}
