"""Promises to pay, and when the other actions start again."""

from decimal import Decimal

import pytest
from tests.golden.examples import CALL, GOLDEN, PROFILE
from tests.policies import WEEKDAYS, scenario
from tests.world import World, day


@pytest.mark.parametrize("number", range(3))
def test_a_promise_to_pay_and_the_day_the_other_actions_start_again(world: World, number: int):
    given = GOLDEN["promise_to_pay"]
    terms, resume = given["schedules"][number], given["others_resume"][number]
    world.customer()
    working = number > 0
    world.policy((WEEKDAYS if working else "") + CALL + PROFILE + scenario(steps="5 call"))
    world.bill(terms["balance"], "2026-06-01")
    world.night("2026-06-11")
    world.by_hand("2026-06-15").promise(
        number=terms.get("milestones"),
        amount=Decimal(terms["milestone_amount"]) if "milestone_amount" in terms else None,
        interval_days=terms.get("interval_days"),
        total_days=terms.get("total_days"),
        first_on=terms["first"],
    )
    (promise,) = world.promises()
    assert [each["amount"] for each in promise["instalments"]] == terms["amounts"]
    assert [day(each["due_on"]) for each in promise["instalments"]] == terms["dates"]
    assert world.due("call") == (resume[-11:-1] if working else resume)


@pytest.mark.parametrize("number", range(3))
def test_a_broken_promise_lets_the_actions_start_the_next_day(world: World, number: int):
    terms = GOLDEN["promise_to_pay"]["schedules"][number]
    world.customer()
    world.policy(CALL + PROFILE + scenario(steps="5 call"))
    world.bill(terms["balance"], "2026-06-01")
    world.night("2026-06-11")
    world.by_hand("2026-06-15").promise(
        number=len(terms["dates"]), total_days=30, first_on=terms["first"]
    )
    world.nights("2026-06-15", "2026-07-02")
    assert world.promises()[0]["status"] == "broken"
    assert world.due("call") == "2026-07-03"
    world.check()
