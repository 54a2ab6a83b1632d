"""Pay plans in people's hands: what is refused, and what a change does."""

import datetime as dt
from decimal import Decimal

import pytest
from tests.policies import policy, scenario
from tests.world import World

from dunwell.domain.errors import BadInput, Conflict, NotFound, RuleViolation
from dunwell.features.pay_plans import service
from dunwell.features.pay_plans.rules import ScheduledPayment, Terms

TYPES = """
[[pay_plan_types]]
name = "usual"

[[pay_plan_types]]
name = "welfare"
third_party = true

[[debt_classes]]
name = "gas"

[[pay_plan_types]]
name = "gas only"
debt_classes = ["gas"]
"""
ON = "2026-06-05"


@pytest.fixture
def world(world: World) -> World:
    world.policy(policy(scenario(), more=TYPES))
    world.customer()
    world.bill("100.00", "2026-05-20")
    world.bill("40.00", "2026-05-20", debt_class="gas")
    return world


@pytest.mark.parametrize(
    ("payments", "more", "error", "message"),
    [
        ([("1.00", "2026-06-04")], {}, RuleViolation, "before 2026-06-05"),
        ([("140.01", "2026-07-01")], {}, RuleViolation, "only 140.00 of what the plan covers"),
        ([("40.01", "2026-07-01")], {"kind": "gas only"}, RuleViolation, "only 40.00"),
        ([("1.00", "2026-07-01")], {"kind": "gold"}, NotFound, "no pay plan type 'gold'"),
        ([("1.00", "2026-07-01")], {"kind": "welfare"}, BadInput, "say who pays"),
        ([("1.00", "2026-07-01")], {"payer": "Mum"}, BadInput, "not 'Mum'"),
        ([("1.00", "2026-07-01")], {"kind": "welfare", "payer": " "}, BadInput, "1 to 200"),
        ([], {}, BadInput, "1 to 366 payments"),
        ([("1.00", "2026-07-01")], {"bill_unit_no": "B9"}, NotFound, "no bill unit 'B9'"),
    ],
)
def test_what_is_no_plan_is_refused_and_leaves_nothing(world, payments, more, error, message):
    with pytest.raises(error, match=message):
        world.by_hand(ON).pay_plan(*payments, **more)
    assert world.rows("select count(*) from pay_plan") == [(0,)]


def test_a_second_plan_for_the_same_debt_is_refused_and_one_for_other_debt_is_not(world: World):
    hand = world.by_hand(ON)
    hand.pay_plan(("40.00", "2026-07-01"), kind="gas only")
    with pytest.raises(RuleViolation, match="change or cancel that plan first"):
        hand.pay_plan(("50.00", "2026-07-01"))
    hand.cancel_pay_plan()
    hand.pay_plan(("50.00", "2026-07-01"))
    assert [plan.type for plan in world.pay_plans()] == ["usual", "gas only"]


def test_a_plan_by_terms_has_equal_payments_and_the_rest_with_the_last(world: World):
    terms = Terms(Decimal("100.00"), 3, dt.date(2026, 6, 30), interval_months=1)
    world.by_hand(ON).do(service.make, "B1", "usual", terms, reason="a test")
    (plan,) = world.pay_plans()
    assert [(str(each.due_on), str(each.amount)) for each in plan.payments] == [
        ("2026-06-30", "33.33"),
        ("2026-07-30", "33.33"),
        ("2026-08-30", "33.34"),
    ]


def test_a_change_puts_other_payments_in_the_place_of_those_that_are_not_met(world: World):
    world.by_hand(ON).pay_plan(("30.00", "2026-06-10"), ("30.00", "2026-07-10"))
    world.pay("30.00", "2026-06-10")
    world.night("2026-06-10")
    world.by_hand("2026-06-11").change_pay_plan(
        ("10.00", "2026-08-10"), ("40.00", "2026-09-10"), version=1
    )
    (plan,) = world.pay_plans()
    assert [(str(each.amount), each.met_on is not None) for each in plan.payments] == [
        ("30.00", True),
        ("10.00", False),
        ("40.00", False),
    ]
    assert (str(plan.paid), str(plan.remaining)) == ("30.00", "50.00")
    with pytest.raises(Conflict, match="changed the pay plan"):
        world.by_hand("2026-06-11").change_pay_plan(("1.00", "2026-08-10"), version=1)
    world.nights("2026-07-09", "2026-07-12")
    assert world.pay_plans()[0].status == "active"


def test_an_ended_plan_is_neither_changed_nor_cancelled(world: World):
    hand = world.by_hand(ON)
    hand.pay_plan(("30.00", "2026-06-10"))
    with pytest.raises(RuleViolation, match="needs a reason"):
        hand.cancel_pay_plan(reason=" ")
    hand.cancel_pay_plan()
    for verb in (hand.cancel_pay_plan, lambda: hand.change_pay_plan(("1.00", "2026-06-10"))):
        with pytest.raises(RuleViolation, match="is cancelled since 2026-06-05"):
            verb()


def test_anothers_plan_is_not_ones_own(world: World):
    world.customer("B2")
    plan = world.by_hand(ON).pay_plan(("30.00", "2026-06-10"))
    with pytest.raises(NotFound, match="'B2' has no pay plan"):
        world.by_hand(ON).do(service.cancel, "B2", plan, reason="mistaken")
    payments = [ScheduledPayment(dt.date(2026, 7, 1), Decimal(1))]
    with pytest.raises(NotFound, match="no pay plan 'nonsense'"):
        world.by_hand(ON).do(service.change, "B1", "nonsense", payments, reason="a test")


def test_a_plan_keeps_the_terms_of_its_type_on_the_day_it_was_made(world: World):
    world.by_hand(ON).pay_plan(("30.00", "2026-06-10"))
    world.policy(policy(scenario(), more='[[debt_classes]]\nname = "gas"\n'))
    world.nights("2026-06-06", "2026-06-10")
    assert world.pay_plans()[0].status == "active"
    world.night("2026-06-11")
    assert world.pay_plans()[0].status == "broken"


def test_a_change_leaves_in_the_plan_what_was_paid_towards_a_payment_that_is_not_met(world: World):
    world.by_hand(ON).pay_plan(("70.00", "2026-06-10"), ("70.00", "2026-07-10"))
    world.pay("30.00", "2026-06-08")
    world.night("2026-06-08")
    # all that is left of the debt is to be paid otherwise
    world.by_hand("2026-06-09").change_pay_plan(("55.00", "2026-06-20"), ("55.00", "2026-07-20"))
    (plan,) = world.pay_plans()
    assert (str(plan.paid), str(plan.remaining)) == ("30.00", "110.00")
    world.pay("54.99", "2026-06-20")
    world.nights("2026-06-09", "2026-06-20")
    assert world.pay_plans()[0].status == "active"
    world.night("2026-06-21")
    assert world.pay_plans()[0].status == "broken"


def test_what_is_changed_after_it_was_paid_early_counts_once(world: World):
    world.by_hand(ON).pay_plan(("50.00", "2026-06-10"), ("50.00", "2026-07-10"))
    world.pay("80.00", "2026-06-10")
    world.night("2026-06-10")
    world.by_hand("2026-06-11").change_pay_plan(("20.00", "2026-06-20"))
    world.by_hand("2026-06-12").change_pay_plan(("20.00", "2026-06-21"))
    (plan,) = world.pay_plans()
    assert [(str(each.amount), each.met_on is not None) for each in plan.payments] == [
        ("50.00", True),
        ("30.00", True),
        ("20.00", False),
    ]
    world.pay("20.00", "2026-06-21")
    world.nights("2026-06-11", "2026-06-21")
    assert world.pay_plans()[0].status == "kept"
