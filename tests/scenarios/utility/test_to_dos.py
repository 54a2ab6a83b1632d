"""The utility's collection process: to-dos. Steps 1.8.3.1 and 1.8.3.2, an event makes one; 1.9, it
waits for its trigger date; 2.6, the night's batch makes them of what needs a person (TD-CEVT); 2.7,
somebody works on them. And step 1.8.6.2, additional activities, which are `custom` actions.
"""

from typing import Any

import pytest
from tests.policies import policy, scenario
from tests.world import World

from dunwell.domain.errors import BadInput, Conflict, NotFound, RuleViolation
from dunwell.features.access.actor import Actor, Permission
from dunwell.features.tasks import service, todos, together
from dunwell.plugins.batch import Batch
from dunwell.plugins.specs import COMPLETED, hookimpl

TYPES = """
[[agents]]
name = "Jennifer"
[[agents]]
name = "Omar"

[[pay_plan_types]]
name = "usual"

[[to_do_types]]
name = "review"
role = "agent"
priority = 20
leads_to = "case"

[[to_do_types]]
name = "broken plan"
role = "service_rep"
leads_to = "pay_plan"
events = ["pay_plan_broken"]

[[to_do_types]]
name = "failed"
role = "manager"
events = ["action_failed"]
rule = { field = "bill_unit.pay_type", operator = "=", value = "card" }

[[actions]]
name = "look at it"
type = "to_do_entry"
to_do_type = "review"
message = "Is this a mistake?"
"""

FAILING = '[[actions]]\nname = "in yen"\ntype = "late_fee"\ncurrency = "JPY"\namount = 5\n'


def story(world: World, steps: str = "3 look at it", more: str = TYPES, **columns: Any) -> None:
    world.policy(policy(scenario(steps=steps), more=more))
    world.customer(**columns)
    world.bill("100.00", "2026-05-20")


def found(world: World, bill_unit_no: str = "B1"):
    return world.by_hand("2026-06-30").do(todos.todos, bill_unit_no)


def listed(world: World, actor: Actor | None = None, **options: Any):
    return world.by_hand("2026-06-30", actor).do(together.tasks, **options).items


def test_1_8_3_2_an_action_makes_a_to_do_on_its_trigger_date(world: World):
    story(world)
    world.nights("2026-06-01", "2026-06-01")
    assert world.due("look at it") == "2026-06-02"
    world.night("2026-06-02")
    (to_do,) = found(world)
    assert (to_do.type, to_do.role, to_do.priority) == ("review", "agent", 20)
    assert (to_do.message, to_do.leads_to) == ("Is this a mistake?", "case")
    assert str(to_do.case) == world.newest_case()["handle"]
    assert (to_do.status, to_do.agent) == ("open", None)
    assert world.status("look at it") == "completed"
    (told,) = world.events_of("to_do_made")
    assert told["to_do"] == str(to_do.handle)


def test_1_9_until_its_trigger_date_an_event_stays_pending(world: World):
    story(world, "10 look at it")
    world.nights("2026-06-01", "2026-06-08")
    assert world.status("look at it") == "pending"
    assert found(world) == ()
    world.night("2026-06-09")
    assert world.status("look at it") == "completed"


def test_2_6_the_night_makes_to_dos_of_broken_pay_plans(world: World):
    story(world, "400 call")
    world.by_hand("2026-05-25").pay_plan(("100.00", "2026-06-01"))
    world.night("2026-06-01")
    assert found(world) == ()
    world.night("2026-06-02")
    (to_do,) = found(world)
    assert (to_do.type, to_do.role, to_do.leads_to) == ("broken plan", "service_rep", "pay_plan")
    world.night("2026-06-02", full=True)
    world.night("2026-06-03")
    assert len(found(world)) == 1


def test_2_6_failed_actions_become_to_dos_of_those_whom_the_rule_is_about(world: World):
    story(world, "3 in yen", TYPES + FAILING, pay_type="card")
    world.customer("B2")
    world.bill("100.00", "2026-05-20", "B2")
    world.nights("2026-06-01", "2026-06-02")
    (to_do,) = found(world)
    assert to_do.role == "manager"
    assert "No exchange rate from JPY to USD" in to_do.message
    assert found(world, "B2") == ()


def test_2_6_a_group_has_its_to_dos_in_the_same_night(world: World):
    story(world, "3 in yen", TYPES + FAILING, pay_type="card")
    world.customer("B2")
    world.bill("100.00", "2026-05-20", "B2")
    world.by_hand("2026-05-25").group("ours", "B1", "B2")
    world.nights("2026-06-01", "2026-06-02")
    assert [to_do.type for to_do in found(world)] == ["failed"]


def test_2_6_what_people_do_after_the_night_counts_in_the_next_one(world: World):
    more = TYPES.replace('events = ["pay_plan_broken"]', 'events = ["pay_plan_cancelled"]')
    story(world, "400 call", more)
    world.by_hand("2026-05-25").pay_plan(("100.00", "2026-07-01"))
    world.night("2026-06-01")
    world.by_hand("2026-06-01").cancel_pay_plan()
    world.night("2026-06-02")
    (to_do,) = found(world)
    assert to_do.message == "a test"


def test_2_7_a_to_do_is_assigned_forwarded_and_completed(world: World):
    story(world)
    world.nights("2026-06-01", "2026-06-02")
    handle = str(found(world)[0].handle)
    hand = world.by_hand("2026-06-03")
    hand.do(service.assign, handle, "Jennifer", reason="knows them")
    assert found(world)[0].agent == "Jennifer"
    hand.do(service.forward, handle, "manager", reason="too much money", version=2)
    assert (found(world)[0].role, found(world)[0].agent) == ("manager", None)
    with pytest.raises(Conflict, match="changed the to-do"):
        hand.do(service.complete, handle, version=2)
    hand.do(service.complete, handle, comment="It was a mistake.", version=3)
    (to_do,) = found(world)
    assert (to_do.status, to_do.completed_by, to_do.comment) == (
        "completed",
        "Grace",
        "It was a mistake.",
    )
    with pytest.raises(RuleViolation, match="Grace completed the to-do"):
        hand.do(service.assign, handle, None)
    assert [world.events_of(f"to_do_{what}") != [] for what in ("assigned", "forwarded")] == [
        True,
        True,
    ]


def test_2_7_to_dos_and_manual_actions_are_one_list(world: World):
    story(world, "2 call, 3 look at it, 5 call")
    world.night("2026-06-01")
    world.by_hand("2026-06-01").assign("Jennifer", "B1")
    world.nights("2026-06-02", "2026-06-04")
    tasks = listed(world)
    assert [(task.task, task.type, str(task.due_on)) for task in tasks] == [
        ("call", "manual", "2026-06-01"),
        ("review", "to_do", "2026-06-02"),
        ("call", "manual", "2026-06-04"),
    ]
    assert [task.action is None for task in tasks] == [False, True, False]
    assert {task.agent for task in tasks} == {"Jennifer"}
    assert {task.scenario for task in tasks} == {"reminders"}
    pages = []
    cursor = None
    for _ in range(3):
        page = world.by_hand("2026-06-30").do(together.tasks, limit=1, cursor=cursor)
        cursor = page.next_cursor
        pages += [task.task for task in page.items]
    assert pages == ["call", "review", "call"]


def test_2_7_what_is_nobodys_is_shown_to_everybody_and_what_is_anothers_is_not(world: World):
    story(world)
    hand = world.by_hand("2026-06-01")
    hand.do(service.make, "B1", "review", "for Omar", agent="Omar")
    hand.do(service.make, "B1", "review", "for whoever comes")
    jennifer = Actor("Jennifer", frozenset({Permission.VIEW}), brands=None, agent="Jennifer")
    assert [task.message for task in listed(world, jennifer)] == ["for whoever comes"]
    assert [task.message for task in listed(world, agent="Omar")] == ["for Omar"]
    assert {task.message for task in listed(world)} == {"for Omar", "for whoever comes"}
    assert listed(world)[0].scenario is None


def test_what_is_no_to_do_is_refused(world: World):
    story(world)
    hand = world.by_hand("2026-06-01")
    for error, message, given in (
        (NotFound, "no to-do type 'nap'", ("B1", "nap", "x")),
        (NotFound, "no bill unit 'B9'", ("B9", "review", "x")),
        (BadInput, "Say what it is about", ("B1", "review", " ")),
    ):
        with pytest.raises(error, match=message):
            hand.do(service.make, *given)
    with pytest.raises(NotFound, match="no agent 'Nobody'"):
        hand.do(service.make, "B1", "review", "x", agent="Nobody")
    with pytest.raises(NotFound, match="no to-do '1-99'"):
        hand.do(service.complete, "1-99")


class Courier:
    """A company's own algorithm for generic events."""

    @hookimpl
    def execute_custom_action(self, batch: Batch) -> dict[int, str]:
        return {row["no"]: COMPLETED for row in batch.rows() if row["action"] == "visit"}


def test_1_8_6_2_additional_activities_are_custom_actions_that_a_plug_in_carries_out(world: World):
    story(world, "3 visit")
    world.plugins.register(Courier())
    world.nights("2026-06-01", "2026-06-02")
    assert world.status("visit") == "completed"
