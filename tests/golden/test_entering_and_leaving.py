"""Who enters, by which scenario, and who leaves."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from tests.golden.examples import CALL, GOLDEN, PROFILE
from tests.policies import scenario
from tests.world import World, day


@pytest.mark.parametrize("given", GOLDEN["floor"], ids=lambda given: given["balance"])
def test_the_minimum_due_applies_before_any_scenario(world: World, given: Any):
    world.customer()
    world.policy(
        f"[settings]\nminimum_due = {{ USD = {given['minimum_due']} }}\n"
        + CALL
        + PROFILE
        + scenario(entry=given["scenario_entry"], days=1)
    )
    world.bill(given["balance"], "2026-01-15")
    world.night("2026-02-15")
    assert world.in_collections() is given["enters"]


@pytest.mark.parametrize(
    "case", GOLDEN["scenario_choice"]["cases"], ids=lambda case: case["balance"]
)
def test_the_highest_entry_criteria_win_then_the_severity(world: World, case: Any):
    world.customer()
    world.policy(
        CALL
        + PROFILE
        + "".join(
            scenario(found["name"], entry=found["entry"], days=10, severity=found["severity"])
            for found in GOLDEN["scenario_choice"]["scenarios"]
        )
    )
    world.bill(case["balance"], "2026-01-15")
    world.night("2026-02-15")
    chosen = world.case()
    assert (chosen and chosen["scenario"]) == case["chosen"]


@pytest.mark.parametrize(
    "case", GOLDEN["scenario_choice"]["days_tie_break"]["cases"], ids=lambda case: str(case["days"])
)
def test_of_equal_amounts_the_longer_entry_days_win_when_they_are_met(world: World, case: Any):
    world.customer()
    world.policy(
        CALL
        + PROFILE
        + "".join(
            scenario(
                found["name"], entry=found["entry"], days=found["days"], severity=found["severity"]
            )
            for found in GOLDEN["scenario_choice"]["days_tie_break"]["scenarios"]
        )
    )
    due = dt.date(2026, 1, 15)
    world.bill(case["balance"], due)
    world.night(due + dt.timedelta(days=case["days"]))
    chosen = world.case()
    assert chosen is not None
    assert chosen["scenario"] == case["chosen"]


@pytest.mark.parametrize("given", GOLDEN["exit"], ids=lambda given: given["balance"])
def test_a_case_leaves_at_or_below_the_exit_amount(world: World, given: Any):
    world.customer()
    world.policy(CALL + PROFILE + scenario(entry="100.00", leave=given["exit_amount"]))
    world.bill("100.00", "2026-01-15")
    world.night("2026-02-15")
    assert world.in_collections()
    world.pay(str(100 - float(given["balance"])), "2026-02-16")
    report = world.night("2026-02-16")
    assert world.in_collections() is not given["leaves"]
    assert report.left == ({"cured": 1} if given["leaves"] else {})


def test_only_the_parent_of_a_sharing_group_enters_with_the_debts_of_all(world: World):
    given = GOLDEN["sharing_group"]
    demands = given["parent_scenario"]
    world.policy(
        CALL + PROFILE + scenario(entry=demands["entry_amount"], days=demands["entry_days"])
    )
    for number, debt in enumerate(given["children"], start=1):
        world.customer(f"child {number}")
        world.bill(debt["overdue"], debt["due"], f"child {number}")
    world.customer("parent")
    world.by_hand("2026-05-01").group("family", "parent", "child 1", "child 2")
    reports = world.nights("2026-06-01", given["enters_on"])
    assert [report.date for report in reports if report.entered] == [given["enters_on"]]
    assert reports[-1].overdue == {"USD": Decimal(given["group_balance"])}
    assert world.overdue("parent") == given["group_balance"]
    case = world.case("parent")
    assert case is not None
    assert day(case["overdue_date"]) == given["group_overdue_date"]
    assert day(case["entry_date"]) == given["entry_date"]
    assert not world.in_collections("child 1")
    assert not world.in_collections("child 2")
    world.check()


@pytest.mark.parametrize("given", GOLDEN["corrective_bill"], ids=lambda given: given["adjustments"])
def test_the_sum_of_a_bills_adjustments_decides(world: World, given: Any):
    world.customer()
    entry = given.get("entry", "60.00")
    world.policy(CALL + PROFILE + scenario(entry=entry, leave=given.get("exit", "0.00")))
    original = world.bill(given["balance"], "2026-01-15", bill_no="ORIGINAL")
    if given["in_collections"]:
        world.night("2026-02-15")
        assert world.in_collections()
    corrected = float(given["balance"]) + float(given["adjustments"])
    world.bill(
        f"{corrected:.2f}",
        "2026-03-15",
        issued="2026-02-16",
        bill_no="CORRECTIVE",
        corrects=original,
    )
    world.night("2026-02-16")
    case = world.case()
    if not given["in_collections"]:
        assert case is None
    elif given["leaves"]:
        assert case is None
        assert world.cases()[0]["close_reason"] == "cured"
    else:
        assert case is not None
        assert case["bill_no"] == "CORRECTIVE"
        assert day(case["overdue_date"]) == dt.date(2026, 1, 15)
    world.check()
