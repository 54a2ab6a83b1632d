"""What the night makes of promises to pay."""

import pytest
from tests.policies import policy, scenario
from tests.prepared import CopyOf
from tests.world import World


def _promised(world: World, number: int = 2, *, steps: str = "5 call, 8 letter", **options) -> None:
    """300.00 promised on 12 March 2026, from 20 March on every ten days."""
    method = {name: options.pop(name) for name in ("payment_method_id",) if name in options}
    world.customer()
    world.policy(policy(scenario(steps=steps), **options))
    world.bill("300.00", "2026-03-01")
    world.night("2026-03-11")
    world.by_hand("2026-03-12").promise(
        number=number, interval_days=10, first_on="2026-03-20", **method
    )


@pytest.fixture
def promised(copy_of: CopyOf) -> World:
    """With a promise of two instalments."""
    return copy_of(_promised)


def test_while_a_promise_is_active_nothing_else_is_due(world: World):
    _promised(world, steps="1 letter, 9 late fee")
    # somebody moved an action back to today, and it still rests
    world.rows("update action set due_on = '2026-03-13' where step = 1 returning 1")
    reports = world.nights("2026-03-12", "2026-03-19")
    assert [report.actions for report in reports] == [{}] * 8


def test_a_paid_debt_ends_the_case_and_the_promise_as_kept(promised: World):
    promised.pay("150.00", "2026-03-19")
    promised.nights("2026-03-12", "2026-03-29")
    assert promised.promise() == (
        "active: 150.00 on 2026-03-20 completed, 150.00 on 2026-03-30 pending"
    )
    promised.pay("150.00", "2026-03-30")
    report = promised.night("2026-03-30")
    assert report.left == {"promise_kept": 1}
    assert promised.promises()[0]["status"] == "kept"
    assert promised.newest_case()["close_reason"] == "promise_kept"
    promised.check()


def test_who_pays_everything_early_has_kept_the_promise(promised: World):
    promised.pay("300.00", "2026-03-15")
    reports = promised.nights("2026-03-12", "2026-03-15")
    assert reports[-1].left == {"promise_kept": 1}
    assert promised.promise() == (
        "kept: 150.00 on 2026-03-20 cancelled, 150.00 on 2026-03-30 cancelled"
    )
    promised.check()


def test_a_kept_promise_that_leaves_a_debt_lets_the_actions_start(promised: World):
    promised.bill("80.00", "2026-03-14")
    promised.pay("150.00", "2026-03-18")
    promised.pay("150.00", "2026-03-28")
    promised.nights("2026-03-12", "2026-03-30")
    assert promised.promises()[0]["status"] == "kept"
    assert (promised.overdue(), promised.due("call")) == ("80.00", "2026-03-31")
    report = promised.night("2026-03-31")
    assert report.actions == {"manual": {"pending": 1}}
    assert promised.in_collections()
    promised.check()


def test_an_unpaid_instalment_is_a_task_and_breaks_the_promise_the_next_day(promised: World):
    reports = promised.nights("2026-03-12", "2026-03-20")
    assert reports[-1].actions == {"promise": {"pending": 1}}
    assert promised.promise().startswith("active: 150.00 on 2026-03-20 pending")
    report = promised.night("2026-03-21")
    assert report.actions == {}
    assert promised.promise() == (
        "broken: 150.00 on 2026-03-20 cancelled, 150.00 on 2026-03-30 cancelled"
    )
    assert (promised.due("call"), promised.due("letter")) == ("2026-03-22", "2026-03-25")
    (broken,) = promised.events("promise_broken")
    assert float(broken["data"]["wanted"]) == 150
    assert broken["data"]["actions_start_on"] == "2026-03-22"
    assert promised.night("2026-03-22").actions == {"manual": {"pending": 1}}
    promised.check()


def test_a_payment_of_the_due_day_is_in_time_however_late_it_is_loaded(promised: World):
    promised.nights("2026-03-12", "2026-03-20")
    promised.pay("150.00", "2026-03-20")
    promised.night("2026-03-21")
    assert promised.promise().startswith("active: 150.00 on 2026-03-20 completed")


@pytest.mark.parametrize(
    ("paid_on", "status"), [("2026-03-23", "active"), ("2026-03-24", "broken")]
)
def test_the_policy_gives_days_of_grace(world: World, paid_on: str, status: str):
    _promised(world, settings={"promise_grace_days": "3"})
    world.nights("2026-03-12", "2026-03-23")
    assert world.promises()[0]["status"] == "active"
    world.pay("150.00", paid_on)
    world.night("2026-03-24")
    assert world.promises()[0]["status"] == status


def test_what_was_paid_before_the_promise_does_not_count(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("300.00", "2026-03-01")
    world.night("2026-03-11")
    world.pay("100.00", "2026-03-12")
    world.night("2026-03-12")
    world.by_hand("2026-03-12").promise(number=2, interval_days=10, first_on="2026-03-20")
    world.nights("2026-03-13", "2026-03-21")
    assert world.promise().startswith("broken: 100.00 on 2026-03-20 cancelled")


def test_a_payment_that_bounces_no_longer_counts(promised: World):
    paid = promised.pay("150.00", "2026-03-19")
    promised.nights("2026-03-12", "2026-03-20")
    promised.pay("150.00", "2026-03-25", reverses=paid)
    promised.pay("150.00", "2026-03-29")
    promised.nights("2026-03-21", "2026-03-31")
    # 150.00 of the 300.00 that were promised until then
    assert promised.promise() == (
        "broken: 150.00 on 2026-03-20 completed, 150.00 on 2026-03-30 cancelled"
    )


def test_a_missed_fortnight_is_judged_by_the_dates_of_payments(promised: World):
    promised.pay("150.00", "2026-03-20")
    promised.pay("150.00", "2026-04-02")
    promised.night("2026-04-10")
    assert promised.promise() == (
        "broken: 150.00 on 2026-03-20 completed, 150.00 on 2026-03-30 cancelled"
    )
    assert promised.newest_case()["close_reason"] == "cured"


def test_a_payment_method_collects_what_is_missing(world: World):
    _promised(world, payment_method_id=7)
    world.pay("50.00", "2026-03-18")
    world.nights("2026-03-12", "2026-03-20")
    assert world.rows("select amount::numeric(9, 2)::text, made_on::text from payment_attempt") == [
        ("100.00", "2026-03-20")
    ]


def test_an_instalment_completed_by_hand_holds_until_the_next_one(promised: World):
    promised.nights("2026-03-12", "2026-03-20")
    promised.by_hand("2026-03-20").change_promise("complete", 3)
    promised.nights("2026-03-21", "2026-03-29")
    assert promised.promises()[0]["status"] == "active"
    promised.pay("150.00", "2026-03-30")
    promised.nights("2026-03-30", "2026-03-31")
    assert promised.promise() == (
        "broken: 150.00 on 2026-03-20 completed, 150.00 on 2026-03-30 cancelled"
    )


def test_an_exemption_takes_the_promise_back_with_the_case(promised: World):
    promised.by_hand("2026-03-13").exempt("hardship")
    promised.night("2026-03-13")
    assert promised.newest_case()["close_reason"] == "exempted"
    assert promised.promises()[0]["status"] == "revoked"
    promised.check()


def test_a_promise_holds_the_case_in_its_scenario(world: World):
    scenarios = (
        scenario(
            "mild",
            more='criteria = { field = "account.credit_score", operator = ">=", value = 500 }',
        ),
        scenario("strict", severity=2),
    )
    world.customer(credit_score="700")
    world.policy(policy(*scenarios))
    world.bill("300.00", "2026-03-01")
    world.night("2026-03-11")
    world.by_hand("2026-03-12").promise(number=1, first_on="2026-03-20")
    world.load("accounts", {"account_no": "A-B1", "name": "Ada", "credit_score": "100"})
    world.nights("2026-03-12", "2026-03-20")
    assert world.newest_case()["scenario"] == "mild"
    # broken: the next night it is tried again
    world.nights("2026-03-21", "2026-03-22")
    assert world.newest_case()["scenario"] == "strict"


def test_under_dependencies_the_actions_keep_their_order_and_distance(world: World):
    _promised(world, settings={"action_dependencies": "true"}, steps="5 call, 8 letter, 20 visit")
    world.nights("2026-03-12", "2026-03-21")
    assert world.statuses() == ["pending", "waiting", "waiting", "cancelled", "cancelled"]
    assert [world.due(name) for name in ("call", "letter", "visit")] == [
        "2026-03-22",
        "2026-03-25",
        "2026-04-06",
    ]
    world.by_hand("2026-03-23").complete(1)
    assert (world.status("letter"), world.due("letter")) == ("pending", "2026-03-26")
    world.check()


def test_explain_says_until_when_the_actions_rest(promised: World):
    assert promised.explain("2026-03-14")["outcome"].endswith(
        " Its actions rest: a promise to pay is active until 2026-03-30."
    )
    promised.nights("2026-03-12", "2026-03-22")
    assert "promise" not in promised.explain("2026-03-22")["outcome"]
    assert promised.explain("2026-03-14")["outcome"].endswith("active until 2026-03-30.")
