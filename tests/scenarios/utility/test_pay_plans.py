"""The utility's collection process: step 1.3, debt is reduced by what an active pay plan schedules
(PP OVRD ARS), steps 1.8.5.1 and 1.8.5.2, a plan is cancelled (COLL CAN PP), and the effect of a
plan that is made on a process under way (2.2).
"""

import datetime as dt
from typing import Any

import pytest
from tests.policies import policy, scenario
from tests.world import World

from dunwell.domain.errors import RuleViolation
from dunwell.features.contacts import queries as contacts
from dunwell.features.pay_plans import service
from dunwell.features.ratings import queries as ratings

TYPES = """
[[debt_classes]]
name = "gas"

[[pay_plan_types]]
name = "usual"
grace_days = 2
broken_points = -100
broken_days = 30

[[pay_plan_types]]
name = "of the welfare office"
third_party = true

[[pay_plan_types]]
name = "gas only"
debt_classes = ["gas"]

[[actions]]
name = "cancel plan"
type = "cancel_pay_plan"
"""

FOUR = (
    ("25.00", "2026-06-10"),
    ("25.00", "2026-07-10"),
    ("25.00", "2026-08-10"),
    ("25.00", "2026-09-10"),
)


def story(world: World, *scenarios: str, steps: str = "400 call", **more: Any) -> None:
    world.policy(policy(*(scenarios or [scenario(steps=steps, **more)]), more=TYPES))
    world.customer()
    world.bill("100.00", "2026-05-20")


def plan(world: World) -> tuple[str, str, str]:
    newest = world.pay_plans()[0]
    return newest.status, str(newest.paid), str(newest.remaining)


def test_1_3_the_debt_that_a_plan_schedules_is_no_debt_for_collections(world: World):
    story(world)
    world.by_hand("2026-05-25").pay_plan(*FOUR)
    world.nights("2026-05-26", "2026-06-09")
    assert not world.in_collections()
    assert world.overdue() == "0.00"
    assert plan(world) == ("active", "0.00", "100.00")


def test_1_3_what_the_plan_does_not_cover_is_still_debt(world: World):
    story(world)
    world.bill("60.00", "2026-05-21")
    world.by_hand("2026-05-25").pay_plan(*FOUR)
    world.night("2026-06-05")
    assert world.overdue() == "60.00"
    assert world.newest_case()["entry_overdue_amount"] == "60.00"
    (balance,) = world.explain("2026-06-05")["balances"]
    assert (balance["overdue"], balance["insulated"]) == ("160.00", "100.00")


def test_1_3_explain_says_that_a_plan_keeps_somebody_out(world: World):
    story(world)
    world.by_hand("2026-05-25").pay_plan(*FOUR)
    world.night("2026-06-05")
    assert "an active pay plan insulates all" in world.explain("2026-06-05")["outcome"]
    assert "Enters" in world.explain("2026-05-24")["outcome"] or world.explain("2026-05-24")


def test_1_3_only_the_debt_classes_of_its_type_are_covered(world: World):
    story(world, scenario(), scenario("gas", more='debt_class = "gas"'))
    world.bill("80.00", "2026-05-20", debt_class="gas")
    world.by_hand("2026-05-25").pay_plan(("80.00", "2026-07-01"), kind="gas only")
    world.night("2026-06-05")
    assert [case["debt_class"] for case in world.cases()] == ["standard"]


def test_1_3_a_payment_lowers_the_debt_and_what_the_plan_insulates_alike(world: World):
    story(world)
    world.by_hand("2026-05-25").pay_plan(*FOUR)
    world.night("2026-05-26")
    world.pay("40.00", "2026-06-08")
    world.nights("2026-06-08", "2026-06-10")
    assert world.overdue() == "0.00"
    assert plan(world) == ("active", "40.00", "60.00")
    met = [each.met_on for each in world.pay_plans()[0].payments]
    assert met == [dt.date(2026, 6, 10), None, None, None]


def test_a_missed_payment_breaks_the_plan_when_its_grace_is_over(world: World):
    story(world)
    world.by_hand("2026-05-25").pay_plan(*FOUR)
    world.nights("2026-05-26", "2026-06-12")
    assert plan(world)[0] == "active"
    world.night("2026-06-13")
    assert plan(world) == ("broken", "0.00", "0.00")
    assert world.in_collections()
    assert world.overdue() == "100.00"
    (told,) = world.events_of("pay_plan_broken")
    assert (told["due_on"], told["wanted"], told["paid"]) == ("2026-06-10", "25.0000", "0")


def test_a_payment_on_the_last_day_of_grace_keeps_the_plan_alive(world: World):
    story(world)
    world.by_hand("2026-05-25").pay_plan(*FOUR)
    world.night("2026-06-11")
    world.pay("25.00", "2026-06-12")
    world.nights("2026-06-12", "2026-06-14")
    assert plan(world) == ("active", "25.00", "75.00")


def test_a_broken_plan_affects_the_credit_rating_and_flags_the_bill_unit(world: World):
    story(world)
    world.by_hand("2026-05-25").pay_plan(*FOUR)
    world.night("2026-06-13")
    rating = world.by_hand("2026-06-13").do(ratings.rating, "B1")
    assert rating.credit_rating == 600
    assert rating.demerits[0].source == "pay_plan"
    assert world.rows("select broken_pay_plan from bill_unit") == [(True,)]


def test_1_1_a_broken_plan_is_a_condition(world: World):
    story(
        world,
        more='criteria = { field = "bill_unit.broken_pay_plan", operator = "=", value = "true" }',
    )
    world.nights("2026-05-21", "2026-06-05")
    assert not world.in_collections()
    world.by_hand("2026-06-05").pay_plan(*FOUR)
    world.nights("2026-06-06", "2026-06-12")
    assert not world.in_collections()
    world.night("2026-06-13")
    assert world.in_collections()


def test_a_plan_is_kept_when_all_scheduled_payments_are_met(world: World):
    story(world)
    world.by_hand("2026-05-25").pay_plan(*FOUR)
    world.night("2026-05-26")
    for on in ("2026-06-10", "2026-07-10", "2026-08-10", "2026-09-10"):
        world.pay("25.00", on)
        world.night(on)
    assert plan(world) == ("kept", "100.00", "0.00")
    assert len(world.events_of("pay_plan_payments_met")) == 4
    assert len(world.events_of("pay_plan_kept")) == 1
    assert not world.in_collections()


def test_a_plan_that_is_paid_at_once_is_kept_at_once(world: World):
    story(world)
    world.by_hand("2026-05-25").pay_plan(*FOUR)
    world.pay("100.00", "2026-05-28")
    world.night("2026-05-28")
    assert plan(world)[0] == "kept"


def test_a_payment_that_bounced_was_none(world: World):
    story(world)
    world.by_hand("2026-05-25").pay_plan(*FOUR)
    number = world.pay("25.00", "2026-06-01")
    world.night("2026-06-01")
    world.pay("25.00", "2026-06-05", reverses=number)
    world.night("2026-06-05")
    assert plan(world) == ("active", "0.00", "100.00")
    world.night("2026-06-13")
    assert plan(world)[0] == "broken"


def test_2_2_a_plan_that_lowers_the_debt_to_the_exit_amount_ends_the_case_in_the_night(
    world: World,
):
    story(world)
    world.night("2026-06-05")
    assert world.in_collections()
    world.by_hand("2026-06-05").pay_plan(*FOUR)
    world.night("2026-06-06")
    assert world.newest_case()["close_reason"] == "cured"


def test_1_8_5_2_a_cancel_event_ends_the_plan_and_its_debt_counts_again(world: World):
    story(world, steps="3 cancel plan")
    world.bill("60.00", "2026-05-20")
    world.by_hand("2026-05-25").pay_plan(*FOUR)
    world.night("2026-06-05")
    assert world.overdue() == "60.00"
    world.nights("2026-06-06", "2026-06-07")
    assert world.status("cancel plan") == "completed"
    newest = world.pay_plans()[0]
    assert (newest.status, newest.ended_reason) == ("cancelled", "cancel plan")
    world.night("2026-06-08")
    assert world.overdue() == "160.00"


def test_1_8_5_2_a_third_partys_plan_survives_the_cancel_event(world: World):
    story(world, steps="3 cancel plan")
    world.bill("60.00", "2026-05-20")
    kind = "of the welfare office"
    world.by_hand("2026-05-25").pay_plan(*FOUR, kind=kind, payer="City of Springfield")
    world.nights("2026-06-05", "2026-06-09")
    assert world.status("cancel plan") == "completed"
    newest = world.pay_plans()[0]
    assert (newest.status, newest.payer) == ("active", "City of Springfield")
    world.by_hand("2026-06-10").cancel_pay_plan()
    assert world.pay_plans()[0].status == "cancelled"


def test_a_denied_plan_is_a_contact_and_is_counted(world: World):
    story(world)
    hand = world.by_hand("2026-06-05")
    told = hand.do(service.deny, "B1", reason="Two plans broken this year")
    assert (told.contact_class, told.contact_type) == ("pay plan", "denied")
    (counted,) = hand.do(contacts.counts, "B1")
    assert (counted.contact_type, counted.contacts) == ("denied", 1)
    assert world.events_of("pay_plan_denied")[0]["reason"] == "Two plans broken this year"


def test_a_plan_and_a_promise_exclude_each_other(world: World):
    story(world)
    world.bill("60.00", "2026-05-20")
    world.night("2026-06-05")
    hand = world.by_hand("2026-06-05")
    hand.promise(number=1)
    with pytest.raises(RuleViolation, match="revoke that promise"):
        hand.pay_plan(*FOUR)
    hand.revoke_promise()
    hand.pay_plan(*FOUR)
    world.night("2026-06-06")
    assert world.in_collections()
    with pytest.raises(RuleViolation, match="A pay plan of the bill unit 'B1'"):
        world.by_hand("2026-06-06").promise(number=1)


def test_a_members_plan_relieves_its_group(world: World):
    story(world)
    world.customer("B2")
    world.bill("70.00", "2026-05-20", "B2")
    world.by_hand("2026-05-25").group("ours", "B1", "B2")
    world.by_hand("2026-05-25").pay_plan(("70.00", "2026-07-01"), bill_unit_no="B2")
    world.night("2026-06-05")
    assert world.newest_case("B1")["entry_overdue_amount"] == "100.00"
