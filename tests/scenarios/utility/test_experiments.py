"""Steps 1.5 and 1.6: the champion's process is made, or a challenger's, and the two compared."""

from decimal import Decimal

import pytest
from tests.policies import policy, scenario
from tests.world import World

from dunwell.domain.errors import NotFound
from dunwell.features.experiments import queries, service

HALF = """
[[experiments]]
name = "call first"
champion = "letters"
challengers = [{ scenario = "calls", share = 50 }]
ends_on = 2026-06-30
days = 20
costs = { letter = 1.10, call = 6 }
"""

ARMS = (scenario("letters", steps="5 letter"), scenario("calls", steps="5 call"))


def tried(*more: str) -> str:
    return policy(*ARMS, more=HALF + "".join(more))


def owing(world: World, count: int, due: str = "2026-06-01") -> list[str]:
    numbers = [f"U{number:02}" for number in range(count)]
    world.load("accounts", *({"account_no": f"A{no}", "name": "Ada"} for no in numbers))
    world.load(
        "bill_units",
        *({"bill_unit_no": no, "account_no": f"A{no}", "currency": "USD"} for no in numbers),
    )
    world.load("bills", *(bill(no, due) for no in numbers))
    return numbers


def bill(number: str, due: str) -> dict[str, str]:
    return {
        "bill_no": f"{number}-{due}",
        "bill_unit_no": number,
        "issued_on": due,
        "due_on": due,
        "amount": "100.00",
    }


def arms(world: World, numbers: list[str]) -> list[str]:
    return [world.newest_case(number)["scenario"] for number in numbers]


def test_1_5_1_6_entries_are_shared_out_and_the_same_customer_gets_the_same_again(world: World):
    world.policy(tried())
    numbers = owing(world, 40)
    world.night("2026-06-12")
    first = arms(world, numbers)
    assert 10 <= first.count("calls") <= 30
    world.load(
        "payments",
        *(
            {"payment_no": f"P{no}", "bill_unit_no": no, "paid_on": "2026-06-13", "amount": 100}
            for no in numbers
        ),
    )
    world.night("2026-06-13")
    world.load("bills", *(bill(no, "2026-06-14") for no in numbers))
    world.night("2026-06-25")
    assert arms(world, numbers) == first
    (opened,) = world.events("case_opened", numbers[0])
    assert (opened["data"]["experiment"], opened["data"]["arm"]) == ("call first", first[0])


def test_1_6_after_its_last_day_everybody_gets_the_champion(world: World):
    world.policy(tried())
    numbers = owing(world, 20, "2026-06-25")
    world.night("2026-07-06")
    assert set(arms(world, numbers)) == {"letters"}


def test_1_6_a_challenger_keeps_its_cases_while_criteria_are_asked_every_night(world: World):
    with_criteria = scenario(
        "grave", entry="500.00", more='criteria = { field = "account.city", missing = false }'
    )
    world.policy(policy(*ARMS, with_criteria, more=HALF))
    numbers = owing(world, 10)
    world.nights("2026-06-12", "2026-06-14")
    assert {len(world.cases(number)) for number in numbers} == {1}


def test_1_6_full_and_incremental_nights_share_out_alike(world: World):
    world.policy(tried())
    numbers = owing(world, 20)
    world.night("2026-06-11")
    world.night("2026-06-12", full=True)
    drawn = arms(world, numbers)
    told = [world.explain("2026-06-12", number)["cases"] for number in numbers[:1]]
    assert told
    assert len(set(drawn)) == 2


def test_1_6_explain_shows_the_arm_that_was_drawn(world: World):
    world.policy(tried())
    numbers = owing(world, 10)
    chosen = {
        number: [
            each["scenario"]
            for each in world.explain("2026-06-12", number)["scenarios"]
            if each["chosen"]
        ]
        for number in numbers
    }
    world.night("2026-06-12")
    assert [[arm] for arm in arms(world, numbers)] == list(chosen.values())


def test_1_6_an_arm_chosen_by_hand_takes_the_place_of_the_draw(world: World):
    world.policy(tried())
    numbers = owing(world, 10)
    hand = world.by_hand("2026-06-05")
    for number in numbers:
        hand.do(service.choose_arm, number, "call first", "calls", reason="asked for it")
    world.night("2026-06-12")
    assert set(arms(world, numbers)) == {"calls"}
    with pytest.raises(NotFound, match="no arm 'visits'; it has 'letters', 'calls'"):
        hand.do(service.choose_arm, "U00", "call first", "visits", reason="why not")


def test_1_6_the_arms_are_compared_by_what_became_of_their_first_cases(world: World):
    world.policy(tried())
    numbers = owing(world, 30)
    world.night("2026-06-12")
    drawn = dict(zip(numbers, arms(world, numbers), strict=True))
    payers = [number for number in numbers if drawn[number] == "calls"]
    world.load(
        "payments",
        *(
            {"payment_no": f"P{no}", "bill_unit_no": no, "paid_on": "2026-06-20", "amount": 100}
            for no in payers
        ),
    )
    world.nights("2026-06-13", "2026-07-02")
    told = world.by_hand("2026-07-02").do(queries.compare, "call first")
    found = {
        arm.scenario: (arm.entries, arm.judged, arm.cured, arm.cure_rate, arm.days_to_cure)
        for arm in told.arms
    }
    others = len(numbers) - len(payers)
    assert found == {
        "letters": (others, others, 0, 0.0, None),
        "calls": (len(payers), len(payers), len(payers), 1.0, 8.0),
    }
    costs = {arm.scenario: arm.cost for arm in told.arms}
    assert Decimal(costs["letters"]) == others * Decimal("1.10")
    assert told.winner is None
    assert "Undecided" in told.verdict
