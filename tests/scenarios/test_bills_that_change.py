"""Bills that are reduced, corrected or disputed, and adjustments of the account."""

import pytest
from tests.policies import policy, scenario
from tests.world import World


def test_a_bill_reduced_after_it_was_paid_frees_the_money_for_others(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01", bill_no="MARCH")
    world.bill("50.00", "2026-04-01", bill_no="APRIL")
    world.pay("80.00", "2026-03-01")
    world.night("2026-04-02")
    assert world.owed() == {"APRIL": "50.00"}
    world.bill("50.00", "2026-03-01", bill_no="MARCH")
    world.night("2026-04-03")
    assert (world.owed(), world.overdue()) == ({"APRIL": "20.00"}, "20.00")
    world.check()


def test_a_bill_reduced_in_collections_lets_the_customer_go(world: World):
    world.customer()
    world.policy(policy(scenario(leave="10.00")))
    world.bill("80.00", "2026-03-01", bill_no="MARCH")
    world.night("2026-03-11")
    world.bill("10.00", "2026-03-01", bill_no="MARCH")
    report = world.night("2026-03-12")
    assert report.left == {"cured": 1}


def test_a_credit_adjustment_counts_from_its_day(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01", bill_no="MARCH")
    world.adjust("-65.00", "2026-03-10", reason="goodwill")
    world.night("2026-03-09")
    assert world.overdue() == "80.00"
    report = world.night("2026-03-11")
    assert (report.entered, world.overdue()) == (0, "15.00")
    world.check()


def test_a_debit_adjustment_is_overdue_from_the_day_after_and_ripens_by_itself(world: World):
    world.customer()
    world.policy(policy(scenario(entry="60.00")))
    world.bill("50.00", "2026-03-01")
    world.adjust("10.00", "2026-03-15", reason="returned equipment")
    world.night("2026-03-15")
    assert world.overdue() == "50.00"
    world.night("2026-03-16")
    assert (world.overdue(), world.in_collections()) == ("60.00", False)
    world.night("2026-03-24")
    assert not world.in_collections()
    world.night("2026-03-25")
    case = world.case()
    assert case is not None
    assert (case["overdue_date"], case["entry_date"]) == ("2026-03-15", "2026-03-25")
    world.check()


def test_a_debit_adjustment_of_a_bill_not_yet_due_is_due_with_it(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("50.00", "2026-03-20", issued="2026-03-01", bill_no="MARCH")
    world.adjust("10.00", "2026-03-05", bill_no="MARCH")
    world.night("2026-03-20")
    assert world.overdue() == "0.00"
    world.night("2026-03-21")
    assert (world.overdue(), world.owed()) == ("60.00", {"MARCH": "60.00"})


def test_the_last_of_a_chain_of_corrective_bills_counts_with_the_age_of_the_first(world: World):
    world.customer()
    world.policy(policy(scenario(entry="60.00")))
    world.bill("100.00", "2026-03-01", bill_no="FIRST")
    world.bill("40.00", "2026-04-10", issued="2026-03-05", bill_no="SECOND", corrects="FIRST")
    world.bill("70.00", "2026-04-20", issued="2026-03-20", bill_no="THIRD", corrects="SECOND")
    world.night("2026-03-04")
    assert world.overdue() == "100.00"
    world.night("2026-03-11")
    assert (world.overdue(), world.in_collections()) == ("40.00", False)
    world.night("2026-03-20")
    assert world.overdue() == "70.00"
    case = world.case()
    assert case is not None
    assert case["bill_no"] == "THIRD"
    assert (case["overdue_date"], case["entry_date"]) == ("2026-03-01", "2026-03-11")
    world.check()


def test_a_correction_below_what_was_paid_leaves_the_rest_as_credit(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("100.00", "2026-03-01", bill_no="FIRST")
    world.pay("100.00", "2026-03-01")
    world.night("2026-03-02")
    world.bill("60.00", "2026-03-31", issued="2026-03-05", bill_no="SECOND", corrects="FIRST")
    world.night("2026-03-05")
    assert (world.owed(), world.credit()) == ({}, "40.00")
    world.check()


def test_who_disputes_a_whole_bill_stays_out_until_it_is_resolved(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill(
        "80.00",
        "2026-03-01",
        disputed_amount="80.00",
        disputed_on="2026-03-05",
        dispute_resolved_on="2026-03-25",
    )
    world.night("2026-03-04")
    assert world.overdue() == "80.00"
    world.night("2026-03-05")
    assert world.overdue() == "0.00"
    world.night("2026-03-24")
    assert not world.in_collections()
    report = world.night("2026-03-25")
    assert (report.entered, world.overdue()) == (1, "80.00")


@pytest.mark.parametrize(("disputed", "enters"), [("60.00", True), ("60.01", False)])
def test_the_part_that_is_not_disputed_must_reach_the_entry_amount(
    world: World, disputed: str, enters: bool
):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01", disputed_amount=disputed, disputed_on="2026-03-02")
    world.night("2026-03-11")
    assert world.in_collections() is enters


def test_a_payment_on_a_disputed_bill_pays_the_undisputed_part(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01", disputed_amount="30.00", disputed_on="2026-03-02")
    world.night("2026-03-11")
    assert world.overdue() == "50.00"
    world.pay("50.00", "2026-03-12")
    report = world.night("2026-03-12")
    assert (report.left, world.overdue()) == ({"cured": 1}, "0.00")
    # 30.00 stays open, and all of it is disputed
    assert list(world.owed().values()) == ["30.00"]


def test_a_dispute_in_collections_ends_the_case_and_its_end_opens_another(world: World):
    world.customer()
    world.policy(policy(scenario(steps="5 letter, 60 late fee")))
    world.bill("80.00", "2026-03-01", bill_no="MARCH")
    world.night("2026-03-11")
    world.bill(
        "80.00", "2026-03-01", bill_no="MARCH", disputed_amount="80.00", disputed_on="2026-03-13"
    )
    report = world.night("2026-03-13")
    assert report.left == {"cured": 1}
    assert world.statuses() == ["cancelled", "cancelled"]
    world.bill(
        "80.00",
        "2026-03-01",
        bill_no="MARCH",
        disputed_amount="80.00",
        disputed_on="2026-03-13",
        dispute_resolved_on="2026-04-01",
    )
    report = world.night("2026-04-01")
    assert report.entered == 1
    # the new case is as old as the debt: its letter goes out at once, the fee on its day
    assert world.newest_case()["entry_date"] == "2026-03-11"
    assert world.statuses() == ["completed", "pending"]
    world.check()


def test_a_part_disputed_in_collections_lowers_the_balance_only(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01", bill_no="MARCH")
    world.night("2026-03-11")
    world.bill(
        "80.00", "2026-03-01", bill_no="MARCH", disputed_amount="50.00", disputed_on="2026-03-13"
    )
    world.night("2026-03-13")
    # below the entry amount by now, but a case leaves at its exit amount
    assert (world.overdue(), world.in_collections()) == ("30.00", True)
