"""Executing an action now, replacing a scenario, and placing a bill unit into one by hand."""

import pytest
from tests.policies import policy, scenario
from tests.world import World

from dunwell.domain.errors import NotFound, RuleViolation
from dunwell.engine import placing
from dunwell.engine.placing import Step

ON = {"action_dependencies": "true"}


def _in_collections(
    world: World, *scenarios: str, settings: dict[str, str] | None = None, more: str = ""
) -> None:
    """The case enters on 11 March 2026."""
    world.customer()
    world.policy(policy(*scenarios, settings=settings, more=more))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-11")


def test_a_due_action_is_executed_now_and_frees_its_followers(world: World):
    _in_collections(world, scenario(steps="5 late fee, 8 letter"), settings=ON)
    done = world.by_hand("2026-03-16").execute(1)
    assert (done.action.status, done.failure) == ("completed", None)
    assert [(other.name, other.status) for other in done.others] == [("letter", "pending")]
    assert world.charges() == ["5.00"]
    assert world.night("2026-03-16").actions == {}
    (event,) = world.events("actions_performed")
    assert event["actor"] == "Grace"
    world.check()


def test_what_is_not_due_waits_or_is_a_persons_work_is_not_executed(world: World):
    _in_collections(world, scenario(steps="1 call, 5 late fee"))
    for step, date, rule in (
        (2, "2026-03-15", "action_not_due"),
        (1, "2026-03-12", "manual_action"),
    ):
        with pytest.raises(RuleViolation) as refused:
            world.by_hand(date).execute(step)
        assert refused.value.rule == rule
    world.by_hand("2026-03-15").hold("2026-03-17")
    with pytest.raises(RuleViolation, match="on hold"):
        world.by_hand("2026-03-16").execute(2)


def test_an_action_that_fails_now_stays_pending_with_its_message(world: World):
    _in_collections(world, scenario(steps="1 Refer to collections agency, 9 call"))
    done = world.by_hand("2026-03-12").execute(1)
    assert "no such agency" in str(done.failure)
    action = world.actions()["Refer to collections agency"]
    assert (action["status"], "no such agency" in action["message"]) == ("pending", True)
    # only the night puts it in error, and then it can be retried
    world.night("2026-03-12")
    assert world.status("Refer to collections agency") == "error"
    world.by_hand("2026-03-13").retry(1)
    assert world.actions()["Refer to collections agency"]["message"] is None
    with pytest.raises(RuleViolation, match="only an action in error"):
        world.by_hand("2026-03-13").retry(1)
    world.check()


def test_a_write_off_executed_now_ends_the_case(world: World):
    _in_collections(world, scenario(steps="1 Write off balance, 9 call"))
    world.by_hand("2026-03-12").execute(1)
    assert world.newest_case()["close_reason"] == "written_off"
    assert world.overdue() == "0.00"
    world.check()


HARD = scenario("hard", entry="50.00", steps="3 call")
SOFT = scenario("soft", entry="20.00", steps="5 letter")


def test_the_valid_scenarios_are_listed_with_why(world: World):
    _in_collections(world, HARD, SOFT, scenario("huge", entry="500.00"))
    offers = world.by_hand("2026-03-12").do(placing.scenario_offers, "B1")
    assert [(offer.scenario, offer.valid, offer.chosen) for offer in offers] == [
        ("huge", False, False),
        ("hard", True, True),
        ("soft", True, False),
    ]
    assert offers[0].criteria[0]["holds"] is False


def test_a_given_scenario_replaces_the_current_one_keeps_the_agent_and_stays(world: World):
    agents = '[[agents]]\nname = "Jennifer"\n'
    paper = 'criteria = { field = "bill_unit.pay_type", operator = "=", value = "invoice" }'
    hard = HARD.replace("steps", f"{paper}\nsteps")
    _in_collections(world, hard, SOFT, more=agents)
    hand = world.by_hand("2026-03-12")
    hand.assign("Jennifer")
    opened = hand.replace("soft", note="asked for it")
    assert (opened.scenario, opened.agent, opened.placed_by) == ("soft", "Jennifer", "Grace")
    assert world.cases()[1]["close_reason"] == "replaced"
    # with criteria the night replaces what no longer fits best, but not a person's choice
    world.nights("2026-03-12", "2026-03-14")
    assert world.newest_case()["scenario"] == "soft"
    best = world.by_hand("2026-03-15").replace()
    assert (best.scenario, best.placed_by) == ("hard", None)
    world.night("2026-03-15")
    assert world.newest_case()["scenario"] == "hard"
    world.check()


def test_a_replacement_needs_another_scenario(world: World):
    _in_collections(world, HARD, SOFT)
    hand = world.by_hand("2026-03-12")
    with pytest.raises(RuleViolation, match="No other scenario fits"):
        hand.replace()
    with pytest.raises(RuleViolation, match="in 'hard' already"):
        hand.replace("hard")
    with pytest.raises(NotFound, match="There is no scenario 'harder'"):
        hand.replace("harder")
    assert world.newest_case()["scenario"] == "hard"


def test_a_bill_unit_is_placed_by_hand_with_edited_steps(world: World):
    world.customer()
    world.policy(policy(HARD))
    world.bill("30.00", "2026-03-01")
    world.night("2026-03-11")
    assert not world.in_collections()
    hand = world.by_hand("2026-03-12")
    opened = hand.place("hard", steps=[Step(4, "letter"), Step(2, "call", mandatory=False)])
    assert [(each.name, each.due_on.isoformat()) for each in opened.actions] == [
        ("call", "2026-03-14"),
        ("letter", "2026-03-16"),
    ]
    with pytest.raises(RuleViolation, match="is in collections already"):
        hand.place("hard")
    reports = world.nights("2026-03-12", "2026-03-16")
    assert world.in_collections()
    assert [report.actions for report in reports if report.actions] == [
        {"manual": {"pending": 1}},
        {"dunning_letter": {"completed": 1}},
    ]
    world.check()


def test_placing_by_hand_keeps_the_rules_that_the_policy_has(world: World):
    world.customer()
    world.policy(policy(HARD))
    hand = world.by_hand("2026-03-12")
    with pytest.raises(RuleViolation) as refused:
        hand.place("hard")
    assert refused.value.rule == "nothing_to_collect"
    world.bill("30.00", "2026-03-01")
    with pytest.raises(RuleViolation) as refused:
        hand.place("hard", steps=[Step(1, "Inactivate bill unit"), Step(2, "Write off balance")])
    assert refused.value.rule == "write_off_first"
    hand.exempt("hardship")
    with pytest.raises(RuleViolation, match="lift the exemption first"):
        hand.place("hard")
    assert not world.in_collections()


def test_a_payment_that_no_night_has_posted_yet_counts(world: World):
    _in_collections(world, HARD, SOFT)
    world.pay("45.00", "2026-03-12")
    assert world.by_hand("2026-03-12").replace().scenario == "soft"
    assert world.newest_case()["entry_overdue_amount"] == "35.00"
    world.night("2026-03-12")
    world.check()


def _family(world: World) -> None:
    """P answers for A, which owes 100.00 since 1 March."""
    world.policy(policy(scenario(entry="500.00", steps="5 late fee")))
    for number in ("P", "A"):
        world.customer(number)
    world.bill("100.00", "2026-03-01", "A")
    world.by_hand("2026-02-01").group("family", "P", "A")


def test_a_group_is_placed_by_hand_through_its_parent_with_the_sum_that_it_owes(world: World):
    _family(world)
    world.nights("2026-03-10", "2026-03-11")
    opened = world.by_hand("2026-03-12").place("reminders", "P")
    assert str(opened.overdue_amount) == "100.00"
    with pytest.raises(
        RuleViolation, match=r"owes 0\.00 USD overdue, and 'reminders' is left at 0\.00 or"
    ):
        world.by_hand("2026-03-12").place("reminders", "A")
    world.nights("2026-03-12", "2026-03-16")
    assert world.in_collections("P")
    assert not world.in_collections("A")
    world.check()


def test_an_action_of_a_group_is_executed_now(world: World):
    _family(world)
    world.nights("2026-03-10", "2026-03-11")
    world.by_hand("2026-03-12").place("reminders", "P")
    done = world.by_hand("2026-03-17").execute(1, "P")
    assert (done.action.status, done.failure) == ("completed", None)
    world.check()
