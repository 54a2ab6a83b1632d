"""Adding and rescheduling by hand, and what becomes of the actions that follow."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.policies import WEEKDAYS, policy, scenario
from tests.world import World, day

from dunwell.domain.errors import BadInput, Conflict, Forbidden, NotFound, RuleViolation
from dunwell.features.access.actor import Actor, Permission
from dunwell.features.cases import queries, scheduling
from dunwell.features.cases.scheduling import PaymentDetails, Rescheduling
from dunwell.features.payments import methods

ON = {"action_dependencies": "true"}
STEPS = "5 call, 8 second call, 20 letter"
AGENTS = """
[[agents]]
name = "Jennifer"
supervisor = "Larry"
[[agents]]
name = "Larry"
role = "manager"
"""


def person(name: str, *, manager: bool = False) -> Actor:
    may = frozenset({Permission.VIEW, Permission.WORK_ACTIONS})
    return Actor(name, may, brands=None, agent=name, is_manager=manager)


def _in_collections(
    world: World, steps: str = STEPS, settings: dict[str, str] | None = None, more: str = ""
) -> None:
    """The case enters on 11 March 2026, so the first step is due on the 16th."""
    world.customer()
    world.policy(policy(scenario(steps=steps), settings=settings, more=AGENTS + more))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-11")


def _dues(world: World) -> list[tuple[str, str, str]]:
    actions = world.newest_case()["actions"]
    return [(each["action"], each["due_on"][5:], each["status"]) for each in actions]


def _refused(rule: str, do: Callable[[], Any]) -> str:
    with pytest.raises(RuleViolation) as refused:
        do()
    assert refused.value.rule == rule
    return refused.value.message


def test_an_added_action_before_the_pending_one_is_pending_and_that_one_waits(world: World):
    _in_collections(world, settings=ON)
    change = world.by_hand("2026-03-12").add("interest", "2026-03-14")
    assert (change.action.status, change.action.made_by, change.action.step) == (
        "pending",
        "Grace",
        4,
    )
    assert [other.name for other in change.others] == ["call"]
    assert _dues(world) == [
        ("interest", "03-14", "pending"),
        ("call", "03-16", "waiting"),
        ("second call", "03-19", "waiting"),
        ("letter", "03-31", "waiting"),
    ]
    world.night("2026-03-14")
    assert world.statuses()[:2] == ["pending", "waiting"]
    assert world.charges() == ["1.60"]
    world.check()


def test_on_the_date_of_a_pending_one_it_is_pending_too_and_the_next_waits_for_both(world: World):
    _in_collections(world, settings=ON)
    hand = world.by_hand("2026-03-16")
    hand.add("second call", "2026-03-16")
    hand.complete(1)
    assert world.statuses() == ["completed", "waiting", "waiting", "pending"]
    hand.complete(4)
    assert world.statuses() == ["completed", "pending", "waiting", "completed"]
    world.check()


def test_between_others_it_waits_its_turn_and_the_intervals_hold(world: World):
    _in_collections(world, settings=ON)
    world.by_hand("2026-03-12").add("second call", "2026-03-25")
    # two days late: everything that follows moves by two, with its own distance
    world.by_hand("2026-03-18").complete(1)
    assert _dues(world) == [
        ("call", "03-16", "completed"),
        ("second call", "03-21", "pending"),
        ("second call", "03-27", "waiting"),
        ("letter", "04-02", "waiting"),
    ]
    world.check()


@pytest.mark.parametrize("dependencies", ["true", "false"])
@pytest.mark.parametrize(
    ("followers", "after"),
    [
        (0, [("second call", "03-19"), ("letter", "03-31")]),
        (4, [("second call", "03-23"), ("letter", "04-04")]),
        (-1, []),
    ],
)
def test_those_that_follow_stay_move_or_are_cancelled(
    world: World, followers: int, after: list[Any], dependencies: str
):
    _in_collections(world, settings={"action_dependencies": dependencies})
    world.by_hand("2026-03-12").add("interest", "2026-03-17", followers=followers)
    actions = world.newest_case()["actions"]
    found = [
        (each["action"], each["due_on"][5:])
        for each in actions
        if each["step"] in (2, 3) and each["status"] != "cancelled"
    ]
    assert found == after
    assert world.due("call") == "2026-03-16"
    world.check()


def test_two_dates_that_a_postponement_moves_onto_one_monday_stay_apart(world: World):
    # Thursday the 19th and Friday the 20th
    _in_collections(world, "5 call, 8 second call, 9 letter", ON, WEEKDAYS)
    world.by_hand("2026-03-12").reschedule(1, "2026-03-18", followers=2)
    assert _dues(world) == [
        ("call", "03-18", "pending"),
        ("second call", "03-23", "waiting"),
        ("letter", "03-24", "waiting"),
    ]


def test_a_rescheduled_action_changes_places_with_the_one_that_it_passes(world: World):
    _in_collections(world, settings=ON)
    world.by_hand("2026-03-12").reschedule(1, "2026-03-24")
    assert _dues(world) == [
        ("second call", "03-19", "pending"),
        ("call", "03-24", "waiting"),
        ("letter", "03-31", "waiting"),
    ]
    world.by_hand("2026-03-20").complete(2)
    assert _dues(world)[1:] == [("call", "03-25", "pending"), ("letter", "04-01", "waiting")]
    world.check()


def test_a_task_that_is_put_off_leaves_the_list_until_it_is_due_again(world: World):
    _in_collections(world)
    world.night("2026-03-16")
    assert world.actions()["call"]["task_on"] == "2026-03-16"
    world.by_hand("2026-03-17").reschedule(1, "2026-03-25")
    assert world.actions()["call"]["task_on"] is None
    world.nights("2026-03-24", "2026-03-25")
    assert world.actions()["call"]["task_on"] == "2026-03-25"


def test_a_day_that_is_not_worked_gives_way_to_the_next(world: World):
    _in_collections(world, more=WEEKDAYS)
    change = world.by_hand("2026-03-12").reschedule(1, "2026-03-21")
    assert change.action.due_on == day("2026-03-23")


def test_nothing_is_put_before_between_or_on_the_day_of_closed_actions(world: World):
    _in_collections(world, "5 call, 8 second call?, 20 letter", ON)
    hand = world.by_hand("2026-03-18")
    hand.complete(1, reschedule=False)
    hand.cancel(2, reschedule=False)
    message = _refused("before_closed_action", lambda: hand.add("interest", "2026-03-18"))
    assert "on the day of completed or cancelled" in message
    _refused("before_closed_action", lambda: hand.add("interest", "2026-03-19"))
    _refused("before_closed_action", lambda: hand.reschedule(3, "2026-03-19"))
    hand.add("interest", "2026-03-20")
    assert _dues(world)[2:] == [("interest", "03-20", "pending"), ("letter", "03-31", "waiting")]
    world.check()


def test_without_dependencies_only_the_past_is_refused(world: World):
    _in_collections(world)
    hand = world.by_hand("2026-03-18")
    hand.complete(1)
    _refused("date_in_past", lambda: hand.add("interest", "2026-03-17"))
    hand.add("interest", "2026-03-18")
    with pytest.raises(BadInput, match="too far away"):
        hand.add("interest", "2031-01-01")
    with pytest.raises(NotFound, match="no action 'dance'"):
        hand.add("dance", "2026-03-20")


def test_only_the_assigned_agent_the_maker_or_a_manager_reschedules(world: World):
    _in_collections(world)
    world.by_hand("2026-03-12").assign("Jennifer")
    world.by_hand("2026-03-12", person("Jennifer")).reschedule(1, "2026-03-17")
    world.by_hand("2026-03-12", person("Larry", manager=True)).reschedule(1, "2026-03-18")
    stranger = world.by_hand("2026-03-12", person("Mallory"))
    with pytest.raises(Forbidden, match=r"assigned to \(Jennifer\).*made it \(the scenario\)"):
        stranger.reschedule(1, "2026-03-19")
    stranger.add("interest", "2026-03-20")
    stranger.reschedule(4, "2026-03-21")
    assert world.due("call") == "2026-03-18"


def test_several_are_moved_together_or_not_at_all(world: World):
    _in_collections(world)
    world.customer("B2")
    world.bill("80.00", "2026-03-01", "B2")
    world.night("2026-03-12")
    hand = world.by_hand("2026-03-13")
    handles = [world.actions(number)["call"]["handle"] for number in ("B2", "B1")]
    wanted = [Rescheduling(handle, day("2026-03-20")) for handle in handles]
    with pytest.raises(RuleViolation):
        hand.do(
            scheduling.reschedule_actions,
            [*wanted[:1], Rescheduling(handles[1], day("2026-03-01"))],
            reason="holiday",
        )
    assert world.due("call", "B2") == "2026-03-16"
    changes = hand.do(scheduling.reschedule_actions, wanted, reason="holiday")
    assert {str(change.action.handle) for change in changes} == set(handles)
    assert [world.due("call", number) for number in ("B1", "B2")] == ["2026-03-20"] * 2


def test_a_second_change_gets_a_conflict_that_says_what_changed_and_by_whom(world: World):
    _in_collections(world)
    version = world.actions()["call"]["version"]
    world.by_hand("2026-03-12", person("Larry", manager=True)).reschedule(
        1, "2026-03-17", expected_version=version
    )
    with pytest.raises(Conflict, match="action rescheduled, by Larry on 2026-03-12"):
        world.by_hand("2026-03-12").complete(1, expected_version=version)
    assert world.status("call") == "pending"


def test_a_collect_payment_action_has_its_amount_and_its_method(world: World):
    _in_collections(world)
    hand = world.by_hand("2026-03-12")
    card = methods.Card("tok", "4242", "visa")
    method = f"1-{hand.do(methods.add_card, 'B1', card)}"
    with pytest.raises(NotFound, match="no payment method '1-77'"):
        hand.add("collect", "2026-03-13", payment=PaymentDetails(Decimal("30.00"), "1-77"))
    hand.add("collect", "2026-03-13", payment=PaymentDetails(Decimal("30.00"), method))
    own = world.actions()["collect"]
    assert own["parameters"] == {"amount": "30.00", "payment_method": method}
    hand.do(
        scheduling.change_payment_details, own["handle"], amount=Decimal("25.50"), reason="a test"
    )
    assert world.actions()["collect"]["parameters"] == {
        "amount": "25.50",
        "payment_method": method,
    }
    hand.do(scheduling.change_payment_details, own["handle"], payment_method=None, reason="a test")
    assert world.actions()["collect"]["parameters"] == {"amount": "25.50"}
    with pytest.raises(BadInput, match="at most 2 decimals"):
        hand.do(
            scheduling.change_payment_details, own["handle"], amount=Decimal("1.001"), reason="x"
        )
    with pytest.raises(BadInput, match="'interest' collects no payment"):
        hand.add("interest", "2026-03-20", payment=PaymentDetails(Decimal(1)))
    world.night("2026-03-13")
    assert world.rows("select amount::numeric(10, 2)::text from payment_attempt") == [("25.50",)]


def test_a_reason_is_needed_and_comes_from_the_policy_if_it_lists_any(world: World):
    codes = '[[reason_codes]]\ncategory = "add"\ncode = "asked"\nlabels = { en_US = "Asked" }\n'
    _in_collections(world, more=codes)
    hand = world.by_hand("2026-03-12")
    _refused("reason_required", lambda: hand.complete(1, reason=" "))
    assert "'asked'" in _refused(
        "unknown_reason", lambda: hand.add("interest", "2026-03-20", reason="whim")
    )
    hand.add("interest", "2026-03-20", reason="asked", note="on the phone")
    (event,) = world.events("action_added")
    assert (event["actor"], event["data"]["reason"], event["data"]["note"]) == (
        "Grace",
        "asked",
        "on the phone",
    )


def test_the_history_of_an_action_tells_who_did_what(world: World):
    _in_collections(world, settings=ON)
    hand = world.by_hand("2026-03-12")
    hand.assign("Jennifer")
    hand.reschedule(1, "2026-03-17", followers=1)
    hand.complete(1)
    handle = world.actions()["second call"]["handle"]
    history = hand.do(queries.action_history, handle)
    assert [entry.kind for entry in history] == [
        "case_opened",
        "case_assigned",
        "action_rescheduled",
        "actions_released",
    ]
    with pytest.raises(NotFound, match="There is no action '1-x'"):
        hand.do(queries.action_history, "1-x")
