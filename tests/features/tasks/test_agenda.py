"""An agent's list, narrowed and sorted: the same tasks as the plain list, in another order."""

from typing import Any

import pytest
from tests.policies import policy, scenario
from tests.prepared import CopyOf
from tests.world import World, day

from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Actor, Permission
from dunwell.features.tasks.agenda import Wanted, agenda, choices

JENNIFER = Actor("Jennifer", frozenset({Permission.VIEW}), brands=None, agent="Jennifer")


def _office(world: World) -> None:
    """Four cases of Jennifer's, two of them with the same amount."""
    low = scenario("low", steps="2 call, 9 second call")
    high = scenario("high", entry="100.00", steps="1 call")
    world.policy(policy(low, high, more='[[agents]]\nname = "Jennifer"\n'))
    for number, amount in enumerate(("70.00", "150.00", "70.00", "30.00"), start=1):
        world.customer(f"B{number}", name=f"Customer {9 - number}")
        world.bill(amount, "2026-03-01", f"B{number}")
    world.night("2026-03-11")
    world.by_hand("2026-03-11").assign("Jennifer", "B1", "B2", "B3", "B4")


@pytest.fixture
def office(copy_of: CopyOf) -> World:
    return copy_of(_office)


def _walk(world: World, limit: int = 2, **wanted: Any) -> list[tuple[str, str]]:
    """The list page by page."""
    found: list[tuple[str, str]] = []
    cursor = None
    hand = world.by_hand("2026-03-12", JENNIFER)
    while True:
        page = hand.do(agenda, Wanted(**wanted), limit=limit, cursor=cursor)
        found += [(each.task.bill_unit_no, each.task.task) for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_every_order_has_every_task_once(office: World):
    everything = _walk(office, limit=100)
    assert len(everything) == 7
    for order in ("amount", "-amount", "name", "-name", "bill_unit_no", "scenario", "-due_on"):
        assert sorted(_walk(office, order=order)) == sorted(everything), order


def test_the_largest_debt_comes_first_and_names_go_by_the_alphabet(office: World):
    assert _walk(office, order="-amount")[0][0] == "B2"
    assert [unit for unit, _ in _walk(office, order="name", task="call")] == [
        "B4",
        "B3",
        "B2",
        "B1",
    ]


def test_the_list_is_narrowed_by_day_task_scenario_and_status(office: World):
    assert _walk(office, scenario="high") == [("B2", "call")]
    assert len(_walk(office, task="second call")) == 3
    assert _walk(office, due_until=day("2026-03-12"), task="call") == [("B2", "call")]
    assert _walk(office, status="error") == []


def test_what_can_be_chosen_is_what_there_is(office: World):
    found = office.by_hand("2026-03-12", JENNIFER).do(choices)
    assert found.agents == ("Jennifer",)
    assert found.scenarios == ("high", "low")
    assert found.tasks == ("call", "second call")


def test_an_unknown_order_or_a_strange_cursor_is_refused(office: World):
    hand = office.by_hand("2026-03-12", JENNIFER)
    with pytest.raises(BadInput, match="can't be sorted by 'colour'"):
        hand.do(agenda, Wanted(order="colour"))
    page = hand.do(agenda, Wanted(order="amount"), limit=1)
    with pytest.raises(BadInput, match="doesn't belong"):
        hand.do(agenda, Wanted(order="name"), cursor=page.next_cursor)
