"""Completing, cancelling and exempting by hand, on a real case."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.policies import policy, scenario
from tests.world import World, day

from dunwell.domain.errors import BadInput, NotFound, RuleViolation

GOLDEN: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "golden" / "collections_cases.yaml").read_text(encoding="utf-8")
)
ON = {"action_dependencies": "true"}


def _in_collections(world: World, steps: str, settings: dict[str, str] | None = None) -> None:
    """The case enters on 11 March 2026."""
    world.customer()
    world.policy(policy(scenario(steps=steps), settings=settings))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-11")


@pytest.mark.parametrize("rule", GOLDEN["status_rules"], ids=str)
def test_the_manuals_rules_for_statuses_under_dependencies(world: World, rule: dict[str, Any]):
    optional = "" if rule.get("mandatory", True) else "?"
    first = "letter" if rule.get("kind") == "system" else "call"
    _in_collections(world, f"5 {first}{optional}, 8 second call, 20 second letter", ON)
    hand = world.by_hand("2026-03-18")
    step = 2 if rule["status"] == "waiting" else 1
    do = hand.complete if rule["do"].startswith("complete") else hand.cancel
    if rule["result"] == "refused":
        with pytest.raises(RuleViolation):
            do(step)
        assert world.statuses() == ["pending", "waiting", "waiting"]
        return
    if rule.get("follow") == "cancel":
        hand.cancel(step, with_following=True)
        assert world.statuses() == ["cancelled", "cancelled", "cancelled"]
        world.check()
        return
    do(step, reschedule=rule.get("reschedule", True))
    closed = "completed" if rule["do"].startswith("complete") else "cancelled"
    assert world.statuses() == [closed, "pending", "waiting"]
    # it was due on the 16th and closed on the 18th
    moved = rule.get("reschedule", True)
    assert world.due("second call") == ("2026-03-21" if moved else "2026-03-19")
    assert world.due("second letter") == ("2026-04-02" if moved else "2026-03-31")
    world.check()


def test_an_action_that_is_done_early_brings_the_others_forward(world: World):
    _in_collections(world, "5 call, 8 second call, 20 second letter", ON)
    world.by_hand("2026-03-13").complete(1)
    assert (world.due("second call"), world.due("second letter")) == ("2026-03-16", "2026-03-28")
    (released,) = world.events("actions_released")
    assert released["data"] == {
        "moved_by_days": -3,
        "day_unit": "calendar",
        "actions": [{"step": 2, "action": "second call", "due_on": "2026-03-16"}],
    }


def test_an_optional_action_in_error_may_be_cancelled_and_frees_its_followers(world: World):
    _in_collections(world, "1 Refer to collections agency?, 3 letter", ON)
    world.nights("2026-03-12", "2026-03-14")
    assert world.statuses() == ["error", "waiting"]
    world.by_hand("2026-03-15").cancel(1)
    assert world.statuses() == ["cancelled", "pending"]
    # three days late, so is the letter
    assert world.due("letter") == "2026-03-17"
    world.nights("2026-03-16", "2026-03-17")
    assert world.statuses() == ["cancelled", "completed"]
    world.check()


def test_without_dependencies_nothing_else_moves(world: World):
    _in_collections(world, "5 call, 8 second call, 20 letter")
    hand = world.by_hand("2026-03-18")
    hand.complete(2)
    hand.cancel(3)
    assert world.statuses() == ["pending", "completed", "cancelled"]
    assert [world.due(name) for name in ("call", "letter")] == ["2026-03-16", "2026-03-31"]
    assert world.actions()["letter"]["closed_on"] == "2026-03-18"
    with pytest.raises(RuleViolation, match="'letter' is cancelled"):
        hand.complete(3)


def test_what_is_cancelled_by_hand_is_not_performed(world: World):
    _in_collections(world, "5 late fee, 6 letter")
    world.by_hand("2026-03-12").cancel(1)
    report = world.nights("2026-03-16", "2026-03-17")
    assert [night.actions for night in report] == [{}, {"dunning_letter": {"completed": 1}}]
    assert world.charges() == []


def test_an_unknown_step_bill_unit_or_case_is_not_found(world: World):
    _in_collections(world, "5 call")
    hand = world.by_hand("2026-03-18")
    with pytest.raises(NotFound, match="'B1' has no open case with a step 7"):
        hand.complete(7)
    with pytest.raises(NotFound, match="There is no bill unit 'B9'"):
        hand.complete(1, "B9")
    world.pay("80.00", "2026-03-19")
    world.night("2026-03-19")
    with pytest.raises(NotFound, match="'B1' has no open case with a step 1"):
        hand.complete(1)


def test_an_exemption_says_who_why_and_until_when(world: World):
    world.customer()
    world.by_hand("2026-03-05").exempt("hardship", until="2026-03-05")
    assert world.rows("select business_date, actor, data from event where kind = 'exempted'") == [
        (
            day("2026-03-05"),
            "Grace",
            {"from": "2026-03-05", "until": "2026-03-05", "reason": "hardship"},
        )
    ]


def test_an_exemption_that_ends_before_it_starts_is_refused(world: World):
    world.customer()
    with pytest.raises(BadInput, match="ends on 2026-03-04, before it starts on 2026-03-05"):
        world.by_hand("2026-03-05").exempt("hardship", until="2026-03-04")
    assert world.rows("select count(*) from exemption") == [(0,)]
