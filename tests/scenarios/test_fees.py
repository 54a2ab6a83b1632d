"""What a late fee or a finance charge comes to, and when there is none to be had."""

from decimal import Decimal

import pytest
from tests.policies import late_fee, policy, scenario
from tests.world import World


@pytest.mark.parametrize(
    ("terms", "charged"),
    [
        ("amount = 5.00", "5.00"),
        ("percentage = 1.5", "3.00"),
        ("amount = 5.00, percentage = 1.5", "8.00"),
        ('amount = 5.00, percentage = 1.5, combine = "sum"', "8.00"),
        ('amount = 5.00, percentage = 1.5, combine = "minimum"', "3.00"),
        ('amount = 5.00, percentage = 1.5, combine = "maximum"', "5.00"),
        ("amount = 5.00, percentage = 1.5, cap = 7.50", "7.50"),
        ("amount = 5.00, percentage = 1.5, cap = 8.01", "8.00"),
        # 200.03 × 1.25 % = 2.500375
        ("percentage = 1.25", "2.50"),
    ],
)
def test_a_late_fee_is_an_amount_a_percentage_or_both(world: World, terms: str, charged: str):
    world.customer()
    world.policy(policy(scenario(steps="1 the fee"), more=late_fee("the fee", terms)))
    world.bill("200.03" if "1.25" in terms else "200.00", "2026-03-01")
    world.night("2026-03-12")
    assert world.charges() == [charged]
    rows = "select kind, issued_on::text, due_on::text from item where kind <> 'bill'"
    assert world.rows(rows) == [("late_fee", "2026-03-12", "2026-03-12")]
    (done,) = world.events("actions_performed")
    (action,) = done["data"]["actions"]
    assert (action["status"], Decimal(action["amount"])) == ("completed", Decimal(charged))
    world.check()


@pytest.mark.parametrize(
    ("currency", "owed", "charged"),
    # 1.5 %, halves away from zero, to the currency's decimals
    [
        ("JPY", "1234", "19"),
        ("JPY", "1100", "17"),
        ("KWD", "10.100", "0.152"),
        ("USD", "33", "0.50"),
    ],
)
def test_a_fee_is_rounded_to_the_decimals_of_the_customers_currency(
    world: World, currency: str, owed: str, charged: str
):
    world.customer(currency=currency)
    world.policy(
        policy(
            scenario(profile=f"default {currency}", entry="10", steps="1 the fee"),
            currencies=(currency,),
            more=late_fee("the fee", "percentage = 1.5", currency),
        )
    )
    world.bill(owed, "2026-03-01")
    world.night("2026-03-12")
    assert world.charges() == [charged]


def rate(day: str, rate: str, source: str = "USD", target: str = "EUR") -> str:
    return (
        f'[[exchange_rates]]\nsource_currency = "{source}"\ntarget_currency = "{target}"\n'
        f"valid_from = {day}\nrate = {rate}\n"
    )


def test_a_fee_in_another_currency_is_converted_at_the_rate_of_its_day(world: World):
    world.customer(currency="EUR")
    world.policy(
        policy(
            scenario(profile="default EUR", steps="1 late fee, 20 late fee"),
            currencies=("EUR",),
            more=rate("2026-01-01", "0.90") + rate("2026-03-20", "0.85")
            + rate("2026-12-01", "0.10"),
        )
    )  # fmt: skip
    world.bill("200.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-31")
    assert world.charges() == ["4.50", "4.25"]


def test_amount_and_cap_are_converted_and_the_percentage_is_not(world: World):
    world.customer(currency="JPY")
    world.policy(
        policy(
            scenario(profile="default JPY", entry="10", steps="1 sum, 2 capped"),
            currencies=("JPY",),
            more=late_fee("sum", "amount = 5.00, percentage = 1")
            + late_fee("capped", "percentage = 50, cap = 10.00")
            + rate("2026-01-01", "150.333", target="JPY"),
        )
    )
    world.bill("10000", "2026-03-01")
    world.nights("2026-03-11", "2026-03-13")
    # 5 × 150.333 + 100 = 851.665; half of 10,852 is more than 1,503.33
    assert world.charges() == ["852", "1503"]


def test_without_a_rate_only_that_fee_is_in_error_and_says_what_to_do(world: World):
    world.customer("EURO", currency="EUR")
    world.customer("DOLLAR", currency="USD")
    world.policy(
        policy(
            scenario("euros", profile="default EUR", steps="1 late fee, 1 letter"),
            scenario("dollars", steps="1 late fee"),
            currencies=("EUR", "USD"),
        )
    )
    world.bill("200.00", "2026-03-01", "EURO")
    world.bill("200.00", "2026-03-01", "DOLLAR")
    report = world.night("2026-03-12")
    assert report.actions == {
        "late_fee": {"completed": 1, "error": 1},
        "dunning_letter": {"completed": 1},
    }
    assert world.charges("DOLLAR") == ["5.00"]
    assert world.message("late fee", "EURO") == (
        "No exchange rate from USD to EUR is valid on 2026-03-12; load exchange_rates.csv or add"
        " one to the policy, then retry."
    )
    assert (world.charges("EURO"), world.status("letter", "EURO")) == ([], "completed")
    # it doesn't try again by itself
    assert world.night("2026-03-13").actions == {}
    world.check()


def test_a_finance_charge_is_a_percentage_of_what_is_overdue(world: World):
    world.customer()
    world.policy(policy(scenario(steps="1 interest")))
    world.bill("123.45", "2026-03-01")
    world.bill("1000.00", "2026-04-01")
    world.night("2026-03-12")
    assert world.charges() == ["2.47"]
    assert world.rows("select kind from item where kind <> 'bill'") == [("finance_charge",)]


def test_percentages_are_of_the_balance_before_any_fee_of_the_same_night(world: World):
    world.customer()
    world.policy(
        policy(
            scenario(steps="1 late fee, 1 interest, 2 interest, 3 interest"),
        )
    )
    world.bill("100.00", "2026-03-01")
    # the days of three steps pass in one night
    world.night("2026-03-11")
    world.night("2026-03-14")
    assert world.charges() == ["5.00", "2.00", "2.00", "2.00"]
    assert world.overdue() == "100.00"
    world.night("2026-03-15")
    assert world.overdue() == "111.00"
    world.check()


def test_the_fee_stands_in_the_letter_of_the_same_day(world: World):
    world.customer()
    world.policy(policy(scenario(steps="3 late fee, 3 letter, 9 second letter")))
    world.bill("100.00", "2026-03-01", bill_no="MARCH")
    world.nights("2026-03-11", "2026-03-14")
    ((data,),) = world.rows("select data from letter")
    assert data["overdue_amount"] == "100.00"
    (fee,) = data["fees"]
    assert (fee["kind"], fee["due_on"], fee["open_amount"]) == ("late_fee", "2026-03-14", "5.00")
    assert data["bills"] == [
        {
            "bill_no": "MARCH",
            "kind": "bill",
            "issued_on": "2026-02-15",
            "due_on": "2026-03-01",
            "amount": "100.00",
            "open_amount": "100.00",
            "days_overdue": 13,
        }
    ]
    assert data["next_action"] == {"action": "second letter", "due_on": "2026-03-20"}


def test_a_letter_before_the_fee_of_the_same_day_does_not_state_it(world: World):
    world.customer()
    world.policy(policy(scenario(steps="3 letter, 3 late fee")))
    world.bill("100.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-14")
    ((data,),) = world.rows("select data from letter")
    assert data["fees"] == []


def test_the_same_night_twice_charges_once(world: World):
    world.customer()
    world.policy(policy(scenario(steps="3 late fee, 3 letter")))
    world.bill("100.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-14")
    again = world.night("2026-03-14")
    assert (again.actions, world.charges()) == ({}, ["5.00"])
    assert world.night("2026-03-14", full=True).actions == {}
    assert world.charges() == ["5.00"]
