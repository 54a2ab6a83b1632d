"""The policy changes while cases are open, or another scenario comes to fit better."""

import pytest
from tests.policies import policy, scenario
from tests.world import World

from dunwell.domain.errors import BadPolicy

BY_SEGMENT = 'criteria = { field = "account.attr.segment", operator = "=", value = "risky" }'


def _segment(world: World, segment: str) -> None:
    world.load(
        "accounts",
        {"account_no": "A-B1", "name": "Ada Okafor", "attr.segment": segment},
    )


def test_a_scenario_whose_extra_criteria_come_to_hold_replaces_the_one_it_beats(world: World):
    world.customer(**{"attr.segment": "loyal"})
    world.policy(
        policy(
            scenario("gentle", steps="30 letter"),
            scenario(
                "strict", entry="50.00", days=5, steps="2 late fee, 90 letter", more=BY_SEGMENT
            ),
        )
    )
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-11")
    assert world.newest_case()["scenario"] == "gentle"
    _segment(world, "risky")
    report = world.night("2026-03-20")
    assert (report.entered, report.left, report.in_collections) == (1, {"replaced": 1}, 1)
    strict, gentle = world.cases()
    assert (gentle["close_reason"], gentle["closed_on"]) == ("replaced", "2026-03-20")
    assert [action["status"] for action in gentle["actions"]] == ["cancelled"]
    # nothing is back-dated: the new case starts on the day of the night
    assert (strict["entered_on"], strict["entry_date"]) == ("2026-03-20", "2026-03-20")
    assert [action["due_on"] for action in strict["actions"]] == ["2026-03-22", "2026-06-18"]
    (opened,) = world.events("case_opened")
    assert opened["data"]["replaces_case_id"] == gentle["case_id"]
    assert world.charges() == []
    world.check()


def test_a_case_stays_when_no_scenario_is_valid_any_more(world: World):
    world.customer(**{"attr.segment": "risky"})
    world.policy(policy(scenario("strict", more=BY_SEGMENT)))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-11")
    _segment(world, "loyal")
    report = world.night("2026-03-20")
    assert (report.entered, report.left, world.in_collections()) == (0, {}, True)


def test_a_growing_debt_moves_on_to_a_higher_scenario_only_with_extra_criteria(world: World):
    world.customer()
    world.policy(policy(scenario("small"), scenario("large", entry="200.00")))
    world.bill("80.00", "2026-03-01")
    world.bill("150.00", "2026-04-01")
    world.night("2026-03-11")
    world.night("2026-04-20")
    assert [case["scenario"] for case in world.cases()] == ["small"]


def test_an_open_case_keeps_steps_fees_and_exit_amount_that_it_entered_under(world: World):
    world.customer("OLD")
    world.customer("NEW")
    world.policy(policy(scenario(leave="10.00", steps="5 late fee, 30 letter")))
    world.bill("80.00", "2026-03-01", "OLD")
    world.night("2026-03-11")
    first = world.newest_case("OLD")["policy_version"]
    changed = policy(scenario(leave="1.00", steps="7 late fee"))
    world.policy(changed.replace("amount = 5.00", "amount = 9.00"))
    world.bill("80.00", "2026-03-02", "NEW")
    world.nights("2026-03-12", "2026-03-19")
    assert [len(world.actions(unit)) for unit in ("OLD", "NEW")] == [2, 1]
    assert (world.charges("OLD"), world.charges("NEW")) == (["5.00"], ["9.00"])
    for unit in ("OLD", "NEW"):
        fee = world.charges(unit)[0]
        world.pay(f"{80 + float(fee) - 10:.2f}", "2026-03-21", unit)
    report = world.night("2026-03-21")
    assert report.left == {"cured": 1}
    assert (world.in_collections("OLD"), world.in_collections("NEW")) == (False, True)
    assert world.newest_case("NEW")["policy_version"] == first + 1


def test_a_retired_scenario_goes_on_for_its_cases_and_takes_no_more(world: World):
    world.customer("B1")
    world.customer("B2")
    world.policy(policy(scenario("old", steps="5 letter")))
    world.bill("80.00", "2026-03-01", "B1")
    world.night("2026-03-11")
    world.policy(policy(scenario("new", entry="500.00")))
    world.bill("80.00", "2026-03-02", "B2")
    report = world.night("2026-03-16")
    assert (report.entered, report.actions) == (0, {"dunning_letter": {"completed": 1}})
    assert world.newest_case("B1")["scenario"] == "old"
    world.pay("80.00", "2026-03-17", "B1")
    assert world.night("2026-03-17").left == {"cured": 1}


def test_a_policy_without_any_scenario_still_lets_customers_leave(world: World):
    world.customer()
    world.policy(policy(scenario(steps="5 letter")))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-11")
    world.policy(policy())
    assert world.night("2026-03-16").actions == {"dunning_letter": {"completed": 1}}
    world.pay("80.00", "2026-03-17")
    assert world.night("2026-03-17").left == {"cured": 1}


def _dependencies(on: bool) -> str:
    return policy(
        scenario(steps="2 call, 4 second call, 9 letter"),
        settings={"action_dependencies": str(on).lower()},
    )


def test_switching_dependencies_on_leaves_only_the_first_open_date_pending(world: World):
    world.customer()
    world.policy(_dependencies(on=False))
    world.bill("80.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-16")
    assert world.statuses() == ["pending", "pending", "pending"]
    assert world.actions()["second call"]["task_on"] == "2026-03-15"
    world.policy(_dependencies(on=True))
    world.night("2026-03-17")
    assert world.statuses() == ["pending", "waiting", "waiting"]
    # what waits is on nobody's list
    assert world.actions()["second call"]["task_on"] is None
    world.by_hand("2026-03-18").complete(step=1)
    # five days late
    assert (world.due("second call"), world.due("letter")) == ("2026-03-20", "2026-03-25")
    assert world.actions()["second call"]["task_on"] is None
    world.nights("2026-03-18", "2026-03-20")
    assert world.actions()["second call"]["task_on"] == "2026-03-20"
    world.check()


def test_switching_dependencies_off_frees_what_waits(world: World):
    world.customer()
    world.policy(_dependencies(on=True))
    world.bill("80.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-16")
    assert world.statuses() == ["pending", "waiting", "waiting"]
    world.policy(_dependencies(on=False))
    report = world.night("2026-03-20")
    assert world.statuses() == ["pending", "pending", "completed"]
    assert report.actions == {"manual": {"pending": 1}, "dunning_letter": {"completed": 1}}
    world.check()


def test_profiles_are_chosen_by_the_first_rule_that_holds(world: World):
    rules = """
[[profiles]]
name = "business"
currency = "USD"
rule = { field = "account.attr.segment", operator = "=", value = "business" }

[[profiles]]
name = "low score"
currency = "USD"
rule = { field = "account.credit_score", operator = "<", value = 500 }
"""
    world.policy(
        policy(
            scenario("of business", profile="business"),
            scenario("of low score", profile="low score"),
            scenario("of all others"),
            more=rules,
        )
    )
    world.customer("B1", credit_score=300, **{"attr.segment": "business"})
    world.customer("B2", credit_score=300)
    world.customer("B3", credit_score=500)
    world.customer("B4")
    for number in ("B1", "B2", "B3", "B4"):
        world.bill("80.00", "2026-03-01", number)
    world.night("2026-03-11")
    assert [world.newest_case(number)["scenario"] for number in ("B1", "B2", "B3", "B4")] == [
        "of business",
        "of low score",
        "of all others",
        "of all others",
    ]


def test_a_criterion_that_compares_with_today_is_asked_every_night(world: World):
    world.customer(**{"attr.customer_since": "2026-01-01"})
    world.policy(
        policy(
            scenario(
                more='criteria = { field = "account.attr.customer_since", operator = "<",'
                ' value = "today-90" }'
            )
        )
    )
    world.bill("80.00", "2026-03-01")
    reports = world.nights("2026-03-30", "2026-04-03")
    assert [report.date.isoformat() for report in reports if report.entered] == ["2026-04-02"]


def test_a_step_that_may_lie_beyond_the_calendars_is_refused(world: World):
    with pytest.raises(BadPolicy, match="1098"):
        world.policy(policy(scenario(steps="5 letter, 1099 late fee")))
    world.policy(policy(scenario(steps="5 letter, 1098 late fee")))
