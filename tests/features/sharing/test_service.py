"""Who may be in a sharing group, and what changes do to it."""

import pytest
from tests.policies import policy, scenario
from tests.prepared import CopyOf
from tests.world import World

from dunwell.domain.errors import BadInput, NotFound, RuleViolation


def _three(world: World) -> None:
    world.policy(policy(scenario()))
    for number in ("P", "A", "B"):
        world.customer(number)


@pytest.fixture
def three(copy_of: CopyOf) -> World:
    """Three bill units in no group yet."""
    return copy_of(_three)


def _roles(world: World, *numbers: str, on: str = "2026-06-30") -> list[str]:
    return [world.group_role(number, on)["role"] for number in numbers]


def test_a_group_has_a_parent_and_members_of_other_accounts(three: World):
    three.bill("100.00", "2026-06-01", "A")
    three.bill("50.00", "2026-07-10", "B", issued="2026-06-20")
    hand = three.by_hand("2026-05-01")
    hand.group("family", "P", "A")
    hand.change_group("add_members", "family", ["B"])
    assert _roles(three, "P", "A", "B") == ["parent", "member", "member"]
    told = three.group_role("A")
    assert (told["group"], told["parent"], told["currency"]) == ("family", "P", "USD")
    assert [
        (each["bill_unit_no"], each["open"], each["overdue"]) for each in told["bill_units"]
    ] == [
        ("P", "0.00", "0.00"),
        ("A", "100.00", "100.00"),
        ("B", "50.00", "0.00"),
    ]
    assert _roles(three, "P", "A", on="2026-04-30") == ["neither", "neither"]


@pytest.mark.parametrize(
    ("name", "parent", "members", "rule"),
    [
        ("other", "P", ["C"], "already_in_group"),
        ("other", "A", ["C"], "already_in_group"),
        ("other", "C", ["A"], "already_in_group"),
        ("other", "C", ["P"], "already_in_group"),
        ("other", "C", ["C"], "parent_is_member"),
        ("other", "C", ["E"], "other_currency"),
        ("family", "C", [], "name_taken"),
    ],
)
def test_who_may_not_be_in_a_group(
    three: World, name: str, parent: str, members: list[str], rule: str
):
    three.customer("C")
    three.customer("E", currency="EUR")
    hand = three.by_hand("2026-05-01")
    hand.group("family", "P", "A")
    with pytest.raises(RuleViolation) as refused:
        hand.group(name, parent, *members)
    assert refused.value.rule == rule
    assert three.rows("select count(*) from sharing_member") == [(2,)]


def test_unknown_bill_units_and_groups_are_named(three: World):
    hand = three.by_hand("2026-05-01")
    with pytest.raises(NotFound, match="'X', 'Y'"):
        hand.group("family", "X", "Y", "A")
    with pytest.raises(BadInput, match="needs a name"):
        hand.group(" ", "P", "A")
    hand.group("family", "P", "A")
    with pytest.raises(RuleViolation) as refused:
        hand.change_group("remove_members", "family", ["B"])
    assert refused.value.rule == "not_a_member"
    with pytest.raises(RuleViolation) as refused:
        hand.change_group("remove_members", "family", ["P"])
    assert refused.value.rule == "group_needs_parent"


def test_a_new_parent_comes_from_outside_and_the_old_one_leaves(three: World):
    hand = three.by_hand("2026-05-01")
    hand.group("family", "P", "A")
    with pytest.raises(RuleViolation) as refused:
        hand.change_group("change_parent", "family", "A")
    assert refused.value.rule == "parent_is_member"
    hand.change_group("change_parent", "family", "B")
    assert _roles(three, "P", "A", "B") == ["neither", "member", "parent"]


def test_modifying_changes_only_what_is_given(three: World):
    three.customer("C")
    hand = three.by_hand("2026-05-01")
    hand.group("family", "P", "A", "B")
    hand.change_group("modify", "family", name="household", members=["B", "C"])
    assert _roles(three, "P", "A", "B", "C") == ["parent", "neither", "member", "member"]
    hand.change_group("modify", "household", parent="B", members=["C", "P"])
    assert _roles(three, "P", "A", "B", "C") == ["member", "neither", "parent", "member"]
    hand.change_group("rename", "household", "flat")
    assert three.group_role("C")["group"] == "flat"


def test_who_left_may_join_another_group_at_once(three: World):
    three.customer("C")
    hand = three.by_hand("2026-05-01")
    hand.group("family", "P", "A", "B")
    hand.change_group("remove_members", "family", ["A"])
    hand.group("flat", "C", "A")
    assert three.group_role("A")["group"] == "flat"
    assert three.rows(
        "select kind, data ->> 'group' from event where data ? 'group' and bill_unit_id ="
        " (select id from bill_unit where bill_unit_no = 'A') order by id"
    ) == [("joined_group", "family"), ("left_group", "family"), ("joined_group", "flat")]


def test_a_group_in_collections_is_not_deleted(three: World):
    three.bill("100.00", "2026-05-01", "A")
    hand = three.by_hand("2026-05-01")
    hand.group("family", "P", "A")
    three.night("2026-05-20")
    hand = three.by_hand("2026-05-20")
    with pytest.raises(RuleViolation, match="in collections \\('P'\\)") as refused:
        hand.change_group("delete", "family")
    assert refused.value.rule == "group_in_collections"
    three.pay("100.00", "2026-05-21", "A")
    three.night("2026-05-21")
    three.by_hand("2026-05-21").change_group("delete", "family")
    assert _roles(three, "P", "A") == ["neither", "neither"]
    three.by_hand("2026-05-21").group("family", "P", "A")
