"""Steps 1.5 and 1.6: the champion's process is made, or a challenger's, and the two compared."""

from decimal import Decimal

import pytest
from tests.policies import policy, scenario, two_brands
from tests.world import World

from dunwell.domain.errors import NotFound, RuleViolation
from dunwell.features.contacts import service as contacts
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


def test_1_6_of_an_experiment_that_has_ended_nobody_chooses_an_arm(world: World):
    world.policy(tried())
    owing(world, 1)
    wish = ("U00", "call first", "calls")
    world.by_hand("2026-06-30").do(service.choose_arm, *wish, reason="asked for it")
    with pytest.raises(RuleViolation, match="ended on 2026-06-30") as refused:
        world.by_hand("2026-07-01").do(service.choose_arm, *wish, reason="asked for it")
    assert refused.value.rule == "experiment_ended"
    world.policy(policy(*ARMS))
    with pytest.raises(NotFound, match="no experiment 'call first'"):
        world.by_hand("2026-06-30").do(service.choose_arm, *wish, reason="asked for it")


OF_EACH = """
[[experiments]]
name = "call first"
brand = "{brand}"
champion = "short {brand}"
challengers = [{ scenario = "long {brand}", share = 50 }]
ends_on = 2026-06-30
days = 20
""" + scenario(
    "long {brand}",
    profile="everybody {brand}",
    entry="50",
    leave="5",
    more='brand = "{brand}"',
    steps="5 call {brand}",
)


def test_1_6_two_brands_may_call_their_experiments_the_same(world: World):
    world.policy(two_brands("5 letter {brand}", of_each=OF_EACH))
    hand = world.by_hand("2026-06-05")
    for brand in ("north", "south"):
        world.customer(f"U-{brand}", brand=brand)
        hand.do(
            service.choose_arm, f"U-{brand}", "call first", f"long {brand}", reason="asked for it"
        )
        told = hand.do(queries.compare, "call first", brand)
        assert [arm.scenario for arm in told.arms] == [f"short {brand}", f"long {brand}"]
    with pytest.raises(NotFound, match="no experiment 'call first'"):
        hand.do(queries.compare, "call first", "west")


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
    world.nights("2026-06-13", "2026-07-03")
    told = world.by_hand("2026-07-03").do(queries.compare, "call first")
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


def compared(world: World, on: str) -> queries.Comparison:
    found: queries.Comparison = world.by_hand(on).do(queries.compare, "call first")
    return found


def looked_at_every_day(world: World, cured: dict[str, int]) -> list[str | None]:
    """Nights in which so many of ten customers of each arm pay, and a look after each: who has
    won by then.
    """
    world.policy(tried())
    numbers = owing(world, 200)
    world.night("2026-06-12")
    drawn = dict(zip(numbers, arms(world, numbers), strict=True))
    payers = []
    for arm, of_ten in cured.items():
        of_arm = [number for number in numbers if drawn[number] == arm]
        payers += [number for place, number in enumerate(of_arm) if place % 10 < of_ten]
    world.load(
        "payments",
        *(
            {
                "payment_no": f"P{number}",
                "bill_unit_no": number,
                "paid_on": f"2026-06-{13 + place % 15}",
                "amount": 100,
            }
            for place, number in enumerate(payers)
        ),
        on="2026-06-12",
    )
    looks = []
    for day in range(13, 35):
        on = f"2026-06-{day}" if day <= 30 else f"2026-07-{day - 30:02}"
        world.night(on)
        looks.append(compared(world, on).winner)
    return looks


def test_1_6_a_challenger_that_is_really_better_wins_and_the_report_says_so(world: World):
    looks = looked_at_every_day(world, {"letters": 2, "calls": 9})
    # their days end on the 2nd of July, and the night after it judges
    assert looks[:20] == [None] * 20
    assert looks[-1] == "calls"
    told = compared(world, "2026-07-04")
    assert "The challenger 'calls' has won" in told.verdict


def test_1_6_of_two_equal_arms_none_wins_however_often_one_looks(world: World):
    assert set(looked_at_every_day(world, {"letters": 5, "calls": 5})) == {None}


def test_1_6_every_figure_has_an_interval_that_holds_on_any_day(world: World):
    world.policy(tried())
    numbers = owing(world, 20)
    world.night("2026-06-12")
    drawn = dict(zip(numbers, arms(world, numbers), strict=True))
    angry = [number for number in numbers if drawn[number] == "letters"][:2]
    for number in angry:
        for _ in range(2):
            world.by_hand("2026-06-20").do(
                contacts.record,
                number,
                "Why me?",
                contact_class=contacts.COMPLAINT,
                contact_type="complaint",
            )
    world.nights("2026-06-13", "2026-07-03")
    first, _second = compared(world, "2026-07-03").arms
    assert (first.scenario, first.complaints) == ("letters", 4)
    assert first.complaint_share == pytest.approx(2 / first.judged)
    assert first.cost_per_customer == pytest.approx(1.10)
    # calls are the dearest
    assert 0 <= first.cost_per_customer_interval.low < 1.10 < first.cost_per_customer_interval.high
    assert first.cost_per_customer_interval.high <= 6
    assert first.days_to_cure is None
    assert (first.days_to_cure_interval.low, first.days_to_cure_interval.high) == (0, 20)
    for mean, where in (
        (first.cure_rate, first.cure_rate_interval),
        (first.recovered_share, first.recovered_share_interval),
        (first.complaint_share, first.complaint_share_interval),
    ):
        assert mean is not None
        assert 0 <= where.low <= mean <= where.high <= 1


def test_1_6_what_became_of_a_customer_within_their_days_never_changes_again(world: World):
    world.policy(tried().replace("ends_on = 2026-06-30", "ends_on = 2026-07-31"))
    numbers = owing(world, 10)
    world.night("2026-06-12")
    pay(world, numbers[:1], "2026-06-20", 40)
    world.nights("2026-06-13", "2026-07-02")
    assert {arm.judged for arm in compared(world, "2026-07-02").arms} == {0}
    pay(world, numbers[1:2], "2026-07-03", 100)
    world.night("2026-07-03")
    judged = compared(world, "2026-07-03")
    assert sum(arm.judged for arm in judged.arms) == len(numbers)
    assert sum((arm.recovered_share or 0) * arm.judged for arm in judged.arms) == pytest.approx(0.4)
    assert {arm.cured for arm in judged.arms} == {0}
    # dated within their days, but it came too late
    pay(world, numbers[2:3], "2026-06-30", 100)
    world.pay("40.00", "2026-07-04", numbers[0], payment_no="BOUNCE", reverses=f"P{numbers[0]}")
    world.by_hand("2026-07-04").do(
        service.choose_arm, numbers[3], "call first", "calls", reason="asked for it"
    )
    world.nights("2026-07-04", "2026-07-05")
    assert compared(world, "2026-07-05").arms == judged.arms


def test_1_6_who_paid_before_anything_was_done_cost_nothing(world: World):
    world.policy(tried())
    numbers = owing(world, 10)
    world.night("2026-06-12")
    pay(world, numbers, "2026-06-13", 100)
    world.nights("2026-06-13", "2026-07-03")
    for arm in compared(world, "2026-07-03").arms:
        assert (arm.cure_rate, arm.recovered_share, arm.cost_per_customer) == (1, 1, 0)


def pay(world: World, numbers: list[str], on: str, amount: int) -> None:
    world.load(
        "payments",
        *(
            {"payment_no": f"P{no}", "bill_unit_no": no, "paid_on": on, "amount": amount}
            for no in numbers
        ),
    )


def test_1_6_what_a_member_of_its_group_pays_is_recovered_from_the_parent(world: World):
    world.policy(tried())
    numbers = owing(world, 2)
    world.by_hand("2026-06-05").group("ours", *numbers)
    world.night("2026-06-12")
    pay(world, numbers[1:], "2026-06-20", 100)
    world.nights("2026-06-13", "2026-07-03")
    (arm,) = (arm for arm in compared(world, "2026-07-03").arms if arm.judged)
    assert (arm.judged, arm.recovered_share) == (1, 0.5)
