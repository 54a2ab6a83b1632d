"""`dunwell demo --utility`: its data load, its policy severs, and its crew gives back."""

from tests.cli.conftest import Call

from dunwell.cli.demo import utility
from dunwell.cli.demo.utility import Agreement, ServiceBill


def test_every_bill_is_one_services_and_rows_are_the_same_every_time():
    for number in range(30):
        rows = list(utility.rows(number))
        agreements = {row.service_agreement_no for row in rows if isinstance(row, Agreement)}
        bills = [row for row in rows if isinstance(row, ServiceBill)]
        assert {bill.service_agreement_no for bill in bills} <= agreements
        assert rows == list(utility.rows(number))


def test_a_small_demo_of_a_utility_tells_of_severance(dunwell: Call):
    outcome = dunwell("demo", "--utility", "--accounts", "24", "--nights", "60")
    assert outcome.code == 0, outcome.err
    for said in (
        "A small utility",
        "service agreements",
        "Severance after these nights",
        "Cut",
        "declaration",
        "experiments compare 'a call first'",
    ):
        assert said in outcome.out
