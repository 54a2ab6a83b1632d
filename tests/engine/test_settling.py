"""Settling between nights: who has paid leaves at once, and the next night finds nothing amiss."""

from collections import Counter

from tests.policies import policy, scenario
from tests.world import World, day

from dunwell.engine import settling


def settle(world: World, on: str, *numbers: str) -> Counter[str]:
    units = world.rows(
        "select account_id, id from bill_unit where bill_unit_no = any(%s)", list(numbers)
    )
    return settling.settle(world.database, world.plugins, day(on), units)


def _two_in_collections(world: World) -> None:
    world.policy(policy(scenario(steps="2 late fee, 400 call")))
    for number in ("B1", "B2"):
        world.customer(number)
        world.bill("100.00", "2026-03-01", number)
    world.night("2026-03-11")


def test_who_has_paid_leaves_and_the_others_stay_as_they_are(world: World):
    _two_in_collections(world)
    world.pay("100.00", "2026-03-11", "B1")
    world.pay("100.00", "2026-03-11", "B2")
    assert settle(world, "2026-03-11", "B1") == {"cured": 1}
    assert (world.overdue("B1"), world.in_collections("B1")) == ("0.00", False)
    assert (world.overdue("B2"), world.in_collections("B2")) == ("100.00", True)
    # the night finds the other one by itself
    assert world.night("2026-03-12").left == {"cured": 1}
    world.check()


def test_a_part_that_was_paid_is_measured_and_nothing_acts_or_enters(world: World):
    _two_in_collections(world)
    world.customer("B3")
    world.bill("50.00", "2026-03-01", "B3")
    world.pay("60.00", "2026-03-13", "B1")
    assert settle(world, "2026-03-13", "B1", "B3") == {}
    assert world.overdue("B1") == "40.00"
    assert world.charges("B1") == []
    assert not world.in_collections("B3")
    report = world.night("2026-03-13")
    assert report.entered == 1
    assert report.actions == {"late_fee": {"completed": 3}}


def test_bill_units_of_several_slices_are_settled_slice_by_slice(world: World):
    _two_in_collections(world)
    for number in ("B1", "B2"):
        world.pay("100.00", "2026-03-11", number)
    units = world.rows("select account_id, id from bill_unit")
    closed = settling.settle(world.database, world.plugins, day("2026-03-11"), units, slice_width=1)
    assert closed == {"cured": 2}


def test_settling_twice_or_nobody_or_for_a_day_that_a_night_has_passed_changes_nothing(
    world: World,
):
    _two_in_collections(world)
    world.night("2026-03-20")
    world.pay("105.00", "2026-03-20", "B1")
    assert settle(world, "2026-03-19", "B1") == {}
    assert world.in_collections("B1")
    assert settle(world, "2026-03-20", "B1") == {"cured": 1}
    assert settle(world, "2026-03-20", "B1") == {}
    assert settle(world, "2026-03-20") == {}


def test_a_night_after_settling_equals_one_without(world: World):
    world.policy(policy(scenario(steps="2 late fee, 4 late fee, 400 call")))
    for number in ("B1", "B2"):
        world.customer(number)
        world.bill("100.00", "2026-03-01", number)
        world.bill("30.00", "2026-03-02", number)
    world.nights("2026-03-11", "2026-03-13")
    for number in ("B1", "B2"):
        world.pay("100.00", "2026-03-14", number)
    settle(world, "2026-03-14", "B1")
    world.nights("2026-03-14", "2026-03-16")
    assert world.owed("B1").values()
    assert list(world.owed("B1").values()) == list(world.owed("B2").values())
    assert world.statuses("B1") == world.statuses("B2")
    assert world.case("B1") is not None
    world.check()
