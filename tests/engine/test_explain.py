"""Explain: why a bill unit is in collections, or why it stays out, on any date."""

from typing import Any

import pytest
from tests.policies import policy, scenario
from tests.world import World

from dunwell.domain.errors import NotFound


def lines(explanation: dict[str, Any], name: str) -> dict[str, tuple[Any, Any, bool]]:
    """The criteria of a scenario: value, threshold, whether it holds."""
    (found,) = [each for each in explanation["scenarios"] if each["scenario"] == name]
    return {
        each["criterion"]: (each["value"], each["threshold"], each["holds"])
        for each in found["criteria"]
    }


def conditions(explanation: dict[str, Any]) -> dict[str, tuple[Any, Any, bool]]:
    return {
        each["criterion"]: (each["value"], each["threshold"], each["holds"])
        for each in explanation["conditions"]
    }


def test_an_unknown_bill_unit_is_not_found(world: World):
    with pytest.raises(NotFound, match="There is no bill unit 'B9'"):
        world.explain("2026-03-11", "B9")


def test_nothing_is_overdue(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-11")
    told = world.explain("2026-03-11")
    assert told["outcome"] == "Stays out: nothing is overdue."
    assert (told["balances"], told["cases"]) == ([], [])
    # a day later it is
    assert world.explain("2026-03-12")["outcome"] == (
        "Stays out: nothing has been overdue long enough."
    )


def test_all_is_disputed(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01", disputed_amount="80.00", disputed_on="2026-03-02")
    told = world.explain("2026-03-11")
    assert told["outcome"] == "Stays out: all that is overdue is under dispute."
    (balance,) = told["balances"]
    assert (balance["overdue"], balance["disputed"]) == ("80.00", "80.00")


def test_it_is_exempt(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01")
    world.by_hand("2026-03-05").exempt("hardship", until="2026-03-20")
    told = world.explain("2026-03-20")
    assert told["outcome"] == "Stays out: it is exempt from collections."
    assert conditions(told)["not exempt"] == ("exempt", None, False)
    assert world.explain("2026-03-21")["outcome"].startswith("Enters the scenario 'reminders'")


def test_an_exemption_shows_also_while_nothing_is_overdue(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.by_hand("2026-03-05").exempt("hardship")
    told = world.explain("2026-03-20")
    assert conditions(told)["not exempt"] == ("exempt", None, False)


def test_its_pay_type_is_not_considered(world: World):
    world.customer(pay_type="prepaid")
    world.policy(policy(scenario(), settings={"pay_types": '["invoice", "card"]'}))
    world.bill("80.00", "2026-03-01")
    told = world.explain("2026-03-11")
    assert told["outcome"] == "Stays out: the pay type 'prepaid' isn't considered."
    assert conditions(told)["pay type is considered"] == ("prepaid", "invoice, card", False)


def test_it_is_below_the_minimum_due(world: World):
    world.customer()
    world.policy(policy(scenario(), settings={"minimum_due": "{ USD = 90.00 }"}))
    world.bill("80.00", "2026-03-01")
    told = world.explain("2026-03-11")
    assert told["outcome"] == "Stays out: 80.00 is below the minimum due of 90."
    assert conditions(told)["minimum due"] == ("80.00", "90", False)


def test_its_profile_has_no_scenario(world: World):
    world.customer()
    world.bill("80.00", "2026-03-01")
    told = world.explain("2026-03-11")
    assert told["outcome"] == "Stays out: its profile has no scenario."
    assert told["profile"] == "default USD"


def test_nothing_has_been_overdue_long_enough(world: World):
    world.customer()
    world.policy(policy(scenario(days=10)))
    world.bill("80.00", "2026-03-01")
    told = world.explain("2026-03-10")
    assert told["outcome"] == "Stays out: nothing has been overdue long enough."
    assert lines(told, "reminders") == {
        "amount at least 10 days overdue": ("0.00", "20.00", False),
        "days overdue of the oldest item": (9, 10, False),
    }


def test_too_little_has_been_overdue_long_enough(world: World):
    world.customer()
    world.policy(policy(scenario(days=10)))
    world.bill("15.00", "2026-03-01")
    world.bill("80.00", "2026-03-05")
    told = world.explain("2026-03-11")
    assert told["outcome"] == "Stays out: too little has been overdue long enough."
    assert lines(told, "reminders") == {
        "amount at least 10 days overdue": ("15.00", "20.00", False),
        "days overdue of the oldest item": (10, 10, True),
    }


CRITERIA = """criteria = { all = [
    { field = "account.credit_score", operator = "<", value = 500 },
    { not = { field = "account.attr.segment", operator = "=", value = "business" } },
] }"""


def test_extra_criteria_do_not_hold(world: World):
    world.customer(credit_score=700)
    world.policy(policy(scenario(more=CRITERIA.replace("\n", " "))))
    world.bill("80.00", "2026-03-01")
    told = world.explain("2026-03-11")
    assert told["outcome"] == "Stays out: no scenario's criteria all hold."
    extra = lines(told, "reminders")
    assert extra["account.credit_score < 500"] == ("700", None, False)
    (chosen,) = told["scenarios"]
    assert (chosen["valid"], chosen["chosen"]) == (False, False)


def test_the_choice_with_every_criterion_of_every_scenario(world: World):
    world.customer(credit_score=300, **{"attr.segment": "consumer"})
    world.policy(
        policy(
            scenario("large", entry="500.00", days=30),
            scenario("risky", entry="50.00", severity=1, more=CRITERIA.replace("\n", " ")),
            scenario("all others", entry="50.00", severity=2),
        )
    )
    world.bill("80.00", "2026-03-01")
    world.bill("20.00", "2026-03-08")
    told = world.explain("2026-03-11")
    assert told["outcome"] == (
        "Enters the scenario 'risky', the first in rank whose criteria all hold."
    )
    assert [(each["scenario"], each["valid"], each["chosen"]) for each in told["scenarios"]] == [
        ("large", False, False),
        ("risky", True, True),
        ("all others", True, False),
    ]
    assert lines(told, "large") == {
        "amount at least 30 days overdue": ("0.00", "500.00", False),
        "days overdue of the oldest item": (10, 30, False),
    }
    (balance,) = told["balances"]
    assert (balance["overdue"], balance["debt_class"]) == ("100.00", "standard")
    assert [(age["bucket"], age["amount"]) for age in balance["ages"]] == [
        ("30", "100.00"),
        ("60", "0.00"),
        ("90", "0.00"),
        (">90", "0.00"),
    ]
    # and so the night decides
    world.night("2026-03-11")
    assert world.newest_case()["scenario"] == "risky"


def test_in_collections(world: World):
    world.customer()
    world.policy(policy(scenario(leave="12.50")))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-12")
    told = world.explain("2026-03-12")
    assert told["outcome"] == (
        "In collections: it entered the scenario 'reminders' on 2026-03-12 and leaves when 12.50"
        " or less is overdue."
    )
    (case,) = told["cases"]
    assert (case["entered_on"], case["entry_date"]) == ("2026-03-12", "2026-03-11")


def test_a_past_date_is_explained_as_its_night_saw_it(world: World):
    world.customer()
    world.policy(policy(scenario(steps="5 late fee")))
    world.bill("80.00", "2026-03-01")
    world.nights("2026-03-10", "2026-03-17")
    world.pay("85.00", "2026-03-18")
    world.bill("60.00", "2026-04-01", issued="2026-03-20")
    world.nights("2026-03-18", "2026-03-20")
    told = world.explain("2026-03-10")
    assert told["outcome"] == "Stays out: nothing has been overdue long enough."
    assert told["balances"][0]["overdue"] == "80.00"
    told = world.explain("2026-03-15")
    assert told["outcome"].startswith("In collections")
    assert told["balances"][0]["overdue"] == "80.00"
    assert world.explain("2026-03-17")["balances"][0]["overdue"] == "85.00"
    told = world.explain("2026-03-18")
    assert (told["outcome"], told["cases"]) == ("Stays out: nothing is overdue.", [])


def test_a_payment_that_was_loaded_late_is_not_seen_on_the_nights_before(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-14")
    world.pay("80.00", "2026-03-12")
    assert world.night("2026-03-15").left == {"cured": 1}
    assert world.explain("2026-03-14")["outcome"].startswith("In collections")
    assert world.explain("2026-03-15")["outcome"] == "Stays out: nothing is overdue."


def test_a_date_to_come_is_explained_with_the_payments_that_are_known(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-05")
    world.pay("70.00", "2026-03-08")
    told = world.explain("2026-03-11")
    assert told["outcome"] == "Stays out: too little has been overdue long enough."
    assert told["balances"][0]["overdue"] == "10.00"


def test_the_days_up_to_a_date_to_come_are_posted_in_turn(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("100.00", "2026-03-14", issued="2026-02-15")
    world.bill("60.00", "2026-03-10", issued="2026-03-10")
    world.pay("100.00", "2026-03-05")
    world.night("2026-03-01")
    # the payment finds the bill of the 14th alone, though the other one will be due before
    told = lines(world.explain("2026-03-25"), "reminders")
    assert told["days overdue of the oldest item"] == (15, 10, True)
    world.night("2026-03-25")
    assert world.newest_case()["overdue_date"] == "2026-03-10"


def test_explaining_changes_nothing(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-11")
    world.pay("80.00", "2026-03-12")
    world.explain("2026-03-05")
    world.explain("2026-03-12")
    assert (world.overdue(), world.credit(), world.in_collections()) == ("80.00", "80.00", True)
    assert world.night("2026-03-12").left == {"cured": 1}
