"""Customers who pay: in full, in part, too much, for a bill to come, with money that bounces."""

from tests.policies import policy, scenario
from tests.world import World


def test_who_pays_in_full_the_day_before_the_letter_gets_none(world: World):
    world.customer()
    world.policy(policy(scenario(steps="5 letter, 10 late fee")))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-11")
    assert world.due("letter") == "2026-03-16"
    world.pay("80.00", "2026-03-15")
    reports = world.nights("2026-03-15", "2026-03-16")
    assert [report.left for report in reports] == [{"cured": 1}, {}]
    case = world.newest_case()
    assert (case["close_reason"], case["closed_on"]) == ("cured", "2026-03-15")
    assert world.statuses() == ["cancelled", "cancelled"]
    assert world.rows("select count(*) from letter") == [(0,)]
    (closed,) = world.events("case_closed")
    assert closed["data"] == {
        "reason": "cured",
        "scenario": "reminders",
        "overdue_amount": "0",
        "exit_amount": "0.0000",
        "cancelled": [{"step": 1, "action": "letter"}, {"step": 2, "action": "late fee"}],
    }
    world.check()


def test_who_pays_on_the_day_of_the_letter_gets_none_either(world: World):
    world.customer()
    world.policy(policy(scenario(steps="5 letter")))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-11")
    world.pay("80.00", "2026-03-16")
    world.night("2026-03-16")
    assert world.status("letter") == "cancelled"
    assert world.rows("select count(*) from letter") == [(0,)]


def test_partial_payments_pay_the_oldest_bill_first(world: World):
    world.customer()
    world.policy(policy(scenario(leave="10.00")))
    world.bill("50.00", "2026-03-01", bill_no="MARCH")
    world.bill("50.00", "2026-04-01", bill_no="APRIL")
    world.night("2026-04-02")
    assert world.overdue() == "100.00"
    world.pay("30.00", "2026-04-03")
    world.night("2026-04-03")
    assert world.owed() == {"APRIL": "50.00", "MARCH": "20.00"}
    world.pay("40.00", "2026-04-04")
    world.night("2026-04-04")
    assert world.owed() == {"APRIL": "30.00"}
    assert world.in_collections()
    world.pay("19.99", "2026-04-05")
    world.night("2026-04-05")
    assert (world.overdue(), world.in_collections()) == ("10.01", True)
    world.pay("0.01", "2026-04-06")
    report = world.night("2026-04-06")
    assert (world.overdue(), report.left) == ("10.00", {"cured": 1})
    world.check()


def test_too_much_becomes_credit_and_meets_the_next_bill(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("50.00", "2026-03-01", bill_no="MARCH")
    world.pay("75.00", "2026-02-25")
    world.night("2026-03-02")
    assert (world.overdue(), world.credit(), world.owed()) == ("0.00", "25.00", {})
    world.bill("60.00", "2026-04-01", issued="2026-03-15", bill_no="APRIL")
    world.night("2026-03-14")
    assert world.credit() == "25.00"
    world.night("2026-03-15")
    assert (world.credit(), world.owed()) == ("0.00", {"APRIL": "35.00"})
    world.night("2026-04-11")
    case = world.case()
    assert case is not None
    assert case["entry_overdue_amount"] == "35.00"
    world.check()


def test_a_payment_waits_for_the_bill_that_it_names_and_leaves_older_debt_alone(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("50.00", "2026-03-01", bill_no="MARCH")
    world.bill("60.00", "2026-04-01", issued="2026-03-15", bill_no="APRIL")
    world.pay("60.00", "2026-03-05", bill_no="APRIL")
    world.night("2026-03-14")
    assert (world.overdue(), world.credit()) == ("50.00", "60.00")
    assert world.in_collections()
    world.night("2026-03-15")
    assert (world.credit(), world.owed()) == ("0.00", {"MARCH": "50.00"})
    assert world.rows("select effective_on::text, posted_on::text from allocation") == [
        ("2026-03-15", "2026-03-15")
    ]


def test_a_payment_that_names_a_bill_pays_it_before_older_ones(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("50.00", "2026-03-01", bill_no="MARCH")
    world.bill("60.00", "2026-04-01", bill_no="APRIL")
    world.pay("70.00", "2026-04-05", bill_no="APRIL")
    world.night("2026-04-05")
    assert world.owed() == {"MARCH": "40.00"}
    world.check()


def test_a_payment_that_bounces_after_leaving_brings_the_customer_back(world: World):
    world.customer()
    world.policy(policy(scenario(steps="5 letter")))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-11")
    world.pay("80.00", "2026-03-12", payment_no="CHECK")
    world.night("2026-03-12")
    assert not world.in_collections()
    world.pay("80.00", "2026-03-20", payment_no="BOUNCE", reverses="CHECK")
    report = world.night("2026-03-20")
    assert (report.entered, world.overdue()) == (1, "80.00")
    first, second = reversed(world.cases())
    assert (first["status"], first["close_reason"]) == ("closed", "cured")
    assert (second["entered_on"], second["entry_date"]) == ("2026-03-20", "2026-03-11")
    # its letter was due on 16 March, so it goes out at once
    assert [action["status"] for action in second["actions"]] == ["completed"]
    assert world.rows("select count(*) from letter") == [(1,)]
    world.check()


def test_a_payment_that_bounces_in_collections_raises_the_balance_again(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-11")
    world.pay("30.00", "2026-03-12", payment_no="CHECK")
    world.night("2026-03-12")
    assert world.overdue() == "50.00"
    world.pay("30.00", "2026-03-15", payment_no="BOUNCE", reverses="CHECK")
    world.night("2026-03-15")
    assert (world.overdue(), len(world.cases())) == ("80.00", 1)
    assert world.rows("select sum(amount)::numeric(10, 2)::text from allocation") == [("0.00",)]
    world.check()


def test_money_that_bounces_before_any_night_never_counted(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01")
    world.pay("80.00", "2026-03-05", payment_no="CHECK")
    world.pay("80.00", "2026-03-08", payment_no="BOUNCE", reverses="CHECK")
    world.night("2026-03-11")
    assert world.in_collections()
    # as of the days between, it had been paid
    rows = "select effective_on::text, amount::numeric(10, 2)::text from allocation order by 1"
    assert world.rows(rows) == [("2026-03-05", "80.00"), ("2026-03-08", "-80.00")]
    world.check()


def test_paying_a_fee_as_well_is_needed_to_leave(world: World):
    world.customer()
    world.policy(policy(scenario(steps="5 late fee")))
    world.bill("80.00", "2026-03-01", bill_no="MARCH")
    world.nights("2026-03-11", "2026-03-17")
    assert world.overdue() == "85.00"
    world.pay("80.00", "2026-03-18")
    world.night("2026-03-18")
    assert (world.owed(), world.in_collections()) == ({"late_fee": "5.00"}, True)
    world.pay("5.00", "2026-03-19")
    world.night("2026-03-19")
    assert not world.in_collections()
    world.check()
