"""What the night does with sharing groups."""

from decimal import Decimal
from typing import Any

import pytest
from tests.policies import late_fee, policy, scenario
from tests.prepared import CopyOf
from tests.world import World


def _family(world: World, *, steps: str = "400 call", **options: Any) -> None:
    """P answers for A (100.00 due 1 May) and B (50.00 due 5 May); 20.00 ten days old enters."""
    world.policy(policy(scenario(steps=steps), **options))
    for number in ("P", "A", "B"):
        world.customer(number)
    world.bill("100.00", "2026-05-01", "A")
    world.bill("50.00", "2026-05-05", "B")
    world.by_hand("2026-04-01").group("family", "P", "A", "B")


@pytest.fixture
def family(copy_of: CopyOf) -> World:
    """As it stands before anybody is chased."""
    return copy_of(_family)


@pytest.mark.parametrize("width", [1, 2, 50_000])
def test_members_never_enter_and_the_parent_owes_the_sum(family: World, width: int):
    reports = [family.night(f"2026-05-{day:02}", slice_width=width) for day in range(1, 16)]
    assert [str(report.date)[-2:] for report in reports if report.entered] == ["11"]
    assert [family.in_collections(number) for number in ("P", "A", "B")] == [True, False, False]
    assert [family.overdue(number) for number in ("P", "A", "B")] == ["150.00", "0.00", "0.00"]
    assert reports[-1].in_collections == 1
    assert reports[-1].overdue == {"USD": Decimal(150)}
    family.check()


def test_a_payment_of_a_member_lets_the_parent_leave(family: World):
    family.nights("2026-05-01", "2026-05-11")
    family.pay("100.00", "2026-05-12", "A")
    family.pay("50.00", "2026-05-13", "B")
    reports = family.nights("2026-05-12", "2026-05-13")
    assert [report.left for report in reports] == [{}, {"cured": 1}]
    family.check()


def test_the_case_of_who_joins_a_group_closes(world: World):
    world.policy(policy(scenario()))
    for number in ("P", "A"):
        world.customer(number)
    world.bill("100.00", "2026-05-01", "A")
    world.night("2026-05-11")
    assert world.in_collections("A")
    world.by_hand("2026-05-12").group("family", "P", "A")
    report = world.night("2026-05-12")
    assert (report.left, report.entered) == ({"joined_group": 1}, 1)
    assert world.newest_case("A")["close_reason"] == "joined_group"
    assert world.newest_case("P")["overdue_date"] == "2026-05-01"
    world.check()


def test_who_leaves_a_group_is_chased_alone_again(family: World):
    family.nights("2026-05-01", "2026-05-11")
    family.by_hand("2026-05-12").change_group("remove_members", "family", ["A"])
    report = family.night("2026-05-12")
    assert (report.entered, report.left) == (1, {})
    assert [family.overdue(number) for number in ("P", "A")] == ["50.00", "100.00"]
    family.check()


def test_a_new_parent_enters_and_the_old_one_leaves(family: World):
    family.customer("N")
    family.nights("2026-05-01", "2026-05-11")
    family.by_hand("2026-05-12").change_group("change_parent", "family", "N")
    report = family.night("2026-05-12")
    assert (report.entered, report.left) == (1, {"cured": 1})
    assert [family.in_collections(number) for number in ("P", "N")] == [False, True]
    family.check()


def test_debts_that_are_exempt_or_disputed_do_not_count(family: World):
    family.load(
        "bills",
        {
            "bill_no": "D",
            "bill_unit_no": "P",
            "issued_on": "2026-04-20",
            "due_on": "2026-05-02",
            "amount": "70.00",
            "disputed_amount": "30.00",
            "disputed_on": "2026-05-03",
        },
    )
    family.by_hand("2026-05-10").exempt("hardship", "A", until="2026-05-20")
    family.nights("2026-05-01", "2026-05-15")
    assert family.overdue("P") == "90.00"
    # the exemption ends by itself
    family.nights("2026-05-16", "2026-05-21")
    assert family.overdue("P") == "190.00"
    family.check()


def test_the_whole_group_must_be_ripe_enough(world: World):
    world.policy(policy(scenario(entry="120.00")))
    for number in ("P", "A", "B"):
        world.customer(number)
    world.bill("100.00", "2026-05-01", "A")
    world.bill("50.00", "2026-05-05", "B")
    world.by_hand("2026-04-01").group("family", "P", "A", "B")
    reports = world.nights("2026-05-01", "2026-05-15")
    assert [str(report.date)[-2:] for report in reports if report.entered] == ["15"]


AIMED = (
    late_fee("all", 'percentage = 10, target = "all_members_and_parent"')
    + late_fee("members", 'percentage = 10, target = "all_members"')
    + late_fee("own", "percentage = 10")
)


@pytest.mark.parametrize(
    ("action", "fees"),
    [
        ("own", {"P": ["17.00"], "A": [], "B": []}),
        ("members", {"P": [], "A": ["10.00"], "B": ["5.00"]}),
        ("all", {"P": ["2.00"], "A": ["10.00"], "B": ["5.00"]}),
    ],
)
def test_a_fee_reaches_its_targets_each_by_its_own_balance(
    world: World, action: str, fees: dict[str, list[str]]
):
    _family(world, steps=f"2 {action}", more=AIMED)
    world.bill("20.00", "2026-05-02", "P")
    reports = world.nights("2026-05-01", "2026-05-13")
    assert {number: world.charges(number) for number in fees} == fees
    assert reports[-1].actions == {"late_fee": {"completed": 1}}
    assert world.statuses("P") == ["completed"]
    world.check()


def test_a_fee_of_the_parents_meets_the_credit_that_the_parent_has_the_same_night(world: World):
    _family(world, steps="2 own", more=AIMED)
    world.pay("40.00", "2026-05-03", "P")
    world.nights("2026-05-01", "2026-05-13")
    assert (world.charges("P"), world.credit("P")) == (["15.00"], "25.00")
    assert world.owed("P") == {}
    world.night("2026-05-13", full=True)
    assert (world.charges("P"), world.credit("P")) == (["15.00"], "25.00")
    world.check()


def test_a_write_off_of_all_lets_the_parent_leave_the_same_night(world: World):
    _family(world, steps="2 Write off balance")
    world.rows(
        "update action_definition set target = 'all_members_and_parent' where type = 'write_off'"
        " returning 1"
    )
    reports = world.nights("2026-05-01", "2026-05-13")
    assert reports[-1].left == {"written_off": 1}
    assert [world.overdue(number) for number in ("P", "A", "B")] == ["0.00"] * 3
    world.check()


def test_a_corrective_bill_of_a_member_counts_in_its_group(family: World):
    corrected = family.bill("300.00", "2026-05-01", "B", bill_no="original")
    family.nights("2026-05-01", "2026-05-11")
    family.bill("40.00", "2026-06-01", "B", issued="2026-05-12", bill_no="new", corrects=corrected)
    family.night("2026-05-12")
    assert family.overdue("P") == "190.00"
    family.check()


def test_a_promise_of_the_parent_is_kept_with_the_payments_of_all(family: World):
    family.nights("2026-05-01", "2026-05-11")
    family.by_hand("2026-05-12").promise("P", number=2, interval_days=5, first_on="2026-05-15")
    family.pay("80.00", "2026-05-14", "A")
    family.nights("2026-05-12", "2026-05-16")
    assert family.promise("P").startswith("active: 75.00 on 2026-05-15 completed")
    family.pay("20.00", "2026-05-17", "A")
    family.pay("50.00", "2026-05-20", "B")
    reports = family.nights("2026-05-17", "2026-05-20")
    assert reports[-1].left == {"promise_kept": 1}
    family.check()


def test_the_night_of_one_bill_unit_does_its_whole_group(family: World):
    family.nights("2026-05-01", "2026-05-10")
    family.pay("90.00", "2026-05-11", "A")
    report = family.night("2026-05-11", bill_unit_no="A")
    # 60.00 is left, of which 10.00 is ripe
    assert (report.entered, family.overdue("P")) == (0, "60.00")
    report = family.night("2026-05-15", bill_unit_no="P")
    assert report.entered == 1
    family.check()


def test_a_dry_run_sees_what_the_night_would_do_and_keeps_nothing(family: World):
    family.nights("2026-05-01", "2026-05-10")
    family.pay("10.00", "2026-05-11", "A")
    dry = family.night("2026-05-11", dry_run=True)
    assert not family.in_collections("P")
    real = family.night("2026-05-11")
    for report in (dry, real):
        assert (report.entered, report.overdue) == (1, {"USD": Decimal(140)})


def test_explain_says_who_answers_for_whom(family: World):
    family.nights("2026-05-01", "2026-05-03")
    told = family.explain("2026-05-12", "A")
    assert told["outcome"] == (
        "Stays out: it is member of family (parent P), who answers for its debts."
    )
    assert family.explain("2026-05-10", "P")["outcome"] == (
        "Stays out: nothing has been overdue long enough."
    )
    told = family.explain("2026-05-12", "P")
    assert told["outcome"].startswith("Enters the scenario 'reminders'")
    assert [balance["overdue"] for balance in told["balances"]] == ["150.00"]
    assert not family.in_collections("P")
