"""Exempting, holding and stopping by hand, and assigning, as the nights then see it."""

import pytest
from tests.policies import policy, scenario
from tests.world import World, day

from dunwell.domain.errors import BadInput, Conflict, Forbidden, NotFound, RuleViolation
from dunwell.features.access.actor import Actor, Permission
from dunwell.features.cases import sparing

AGENTS = '[[agents]]\nname = "Jennifer"\n[[agents]]\nname = "Larry"\nrole = "manager"\n'


def _in_collections(world: World, steps: str = "5 late fee, 8 call") -> None:
    """The case enters on 11 March 2026."""
    world.customer()
    world.policy(policy(scenario(steps=steps), more=AGENTS))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-11")


def test_a_held_case_rests_until_the_last_day_has_passed(world: World):
    _in_collections(world)
    world.by_hand("2026-03-15").hold("2026-03-18", note="waits for a letter")
    reports = world.nights("2026-03-15", "2026-03-19")
    assert [report.actions for report in reports[:-1]] == [{}] * 4
    assert reports[-1].actions == {
        "late_fee": {"completed": 1},
        "manual": {"pending": 1},
    }
    world.check()


def test_a_held_case_still_leaves_when_it_is_paid(world: World):
    _in_collections(world)
    world.by_hand("2026-03-15").hold("2026-03-31")
    world.pay("80.00", "2026-03-16")
    world.nights("2026-03-15", "2026-03-16")
    assert world.newest_case()["close_reason"] == "cured"


def test_nothing_enters_while_on_hold_and_all_may_the_day_after(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01")
    world.by_hand("2026-03-05").hold("2026-03-20")
    reports = world.nights("2026-03-05", "2026-03-21")
    assert [report.date for report in reports if report.entered] == [day("2026-03-21")]
    told = world.explain("2026-03-20")
    assert told["outcome"] == "Stays out: it is on hold."


def test_a_hold_that_is_lifted_ends_at_once(world: World):
    _in_collections(world)
    hand = world.by_hand("2026-03-15")
    hand.hold("2026-04-30")
    world.nights("2026-03-15", "2026-03-17")
    assert world.charges() == []
    (ended,) = world.by_hand("2026-03-18").lift_hold()
    assert ended.held_until == day("2026-03-17")
    world.night("2026-03-18")
    assert world.charges() == ["5.00"]
    with pytest.raises(RuleViolation, match="isn't on hold"):
        world.by_hand("2026-03-18").lift_hold()
    with pytest.raises(BadInput, match="ends on 2026-03-14, before it starts"):
        hand.hold("2026-03-14")


def test_an_exemption_may_have_begun_in_the_past_and_be_lifted(world: World):
    _in_collections(world)
    hand = world.by_hand("2026-03-14")
    given = hand.exempt("hardship", since="2026-03-01", note="see the file")
    assert (given.exempt_from, given.exempt_until, given.note) == (
        day("2026-03-01"),
        None,
        "see the file",
    )
    world.night("2026-03-14")
    assert world.newest_case()["close_reason"] == "exempted"
    world.nights("2026-03-15", "2026-03-16")
    world.by_hand("2026-03-17").lift_exemption()
    world.night("2026-03-17")
    assert world.in_collections()
    assert [each.exempt_until for each in hand.do(sparing.exemptions, "B1")] == [day("2026-03-16")]
    with pytest.raises(RuleViolation, match="isn't exempt"):
        world.by_hand("2026-03-17").lift_exemption()
    world.check()


def test_a_stopped_case_closes_at_once_and_may_enter_again_the_next_night(world: World):
    _in_collections(world)
    stopped = world.by_hand("2026-03-12").stop(note="agreed with the customer")
    assert (stopped.status, stopped.close_reason) == ("closed", "stopped")
    assert {action.status for action in stopped.actions} == {"cancelled"}
    assert world.night("2026-03-12").entered == 0
    assert world.night("2026-03-13").entered == 1
    (event,) = [each for each in world.cases()[1]["events"] if each["kind"] == "case_stopped"]
    assert (event["actor"], event["data"]["note"]) == ("Grace", "agreed with the customer")
    world.check()


def test_what_is_stopped_is_not_changed_any_more(world: World):
    _in_collections(world)
    handle = world.actions()["call"]["handle"]
    version = world.newest_case()["version"]
    world.by_hand("2026-03-12").assign("Larry")
    with pytest.raises(Conflict, match="case assigned, by Grace"):
        world.by_hand("2026-03-12").stop(expected_version=version)
    hand = world.by_hand("2026-03-12")
    hand.stop()
    from dunwell.features.cases import closing

    with pytest.raises(RuleViolation) as refused:
        hand.do(closing.complete_action, handle, reason="x")
    assert refused.value.rule == "case_closed"


def test_many_are_assigned_at_once_or_none(world: World):
    _in_collections(world)
    for number in ("B2", "B3"):
        world.customer(number)
    world.bill("80.00", "2026-03-01", "B2")
    world.night("2026-03-12")
    hand = world.by_hand("2026-03-12")
    with pytest.raises(RuleViolation, match=r"'B3'. Nothing was assigned") as refused:
        hand.assign("Jennifer", "B1", "B2", "B3")
    assert refused.value.rule == "not_in_collections"
    with pytest.raises(NotFound, match="There is no bill unit 'B8', 'B9'"):
        hand.assign("Jennifer", "B9", "B1", "B8")
    with pytest.raises(NotFound, match="There is no agent 'Nobody'"):
        hand.assign("Nobody", "B1")
    assert world.newest_case()["agent"] is None
    made = hand.assign("Jennifer", "B2", "B1")
    assert (made.bill_units, len(made.cases)) == (("B1", "B2"), 2)
    assert hand.assign("Jennifer", "B2").cases == ()
    assert hand.assign(None, "B2").agent is None
    assert [world.newest_case(number)["agent"] for number in ("B1", "B2")] == ["Jennifer", None]


def test_another_brands_bill_unit_does_not_exist_and_permissions_are_asked(world: World):
    _in_collections(world)
    blind = Actor("Mallory", frozenset(Permission), brands=frozenset({999}), is_manager=True)
    for do in (
        lambda hand: hand.hold("2026-03-20"),
        lambda hand: hand.stop(),
        lambda hand: hand.complete(1),
        lambda hand: hand.add("call", "2026-03-20"),
        lambda hand: hand.assign("Larry"),
        lambda hand: hand.place("reminders"),
    ):
        with pytest.raises(NotFound):
            do(world.by_hand("2026-03-12", blind))
        with pytest.raises(Forbidden):
            do(world.by_hand("2026-03-12", Actor("Eve", brands=None)))
