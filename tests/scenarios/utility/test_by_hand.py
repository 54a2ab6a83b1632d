"""The utility's collection process by hand: steps 2.7 to 3.8, as a service representative or an
authorised user goes through them, and what is said about service agreements besides.
"""

import datetime as dt
from typing import Any

import pytest
from tests.policies import policy, scenario
from tests.scenarios.utility.conftest import Utility
from tests.world import World

from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.statuses import AgreementStatus as Status
from dunwell.engine import case_agreements, to_dos
from dunwell.features.alerts import queries as alerts
from dunwell.features.cases import closing, stopping
from dunwell.features.receivables import agreements, searching, supplying
from dunwell.features.receivables.supplying import Change
from dunwell.features.tasks import todos


def test_2_8_a_customer_is_found_by_name_number_and_bill(world: World):
    world.policy(policy(scenario()))
    world.customer(name="Ada Okafor", email="ada@example.org")
    world.bill("80.00", "2026-05-20", bill_no="MAY-1")
    hand = world.by_hand("2026-06-20")
    for query in ("ada", "okafor", "A-B1", "B1", "MAY-1"):
        found = repr(hand.do(searching.search, query))
        assert "A-B1" in found, query


def test_2_9_alerts_and_what_must_be_paid_by_when_say_whether_to_collect(world: World):
    world.policy(policy(scenario(steps="5 call")))
    world.customer()
    world.bill("80.00", "2026-05-20")
    world.night("2026-06-01")
    hand = world.by_hand("2026-06-02")
    assert [each.alert for each in hand.do(alerts.alerts_of, "A-B1")] == ["open_cases"]
    (needed,) = hand.do(case_agreements.requirements, "B1")
    # CI_CAN-INF: the threshold at which it is cancelled; the day before the call is due
    assert (needed.to_pay, needed.exit_amount) == ("80.00", "0.00")
    assert (str(needed.pay_by), needed.next_action) == ("2026-06-03", "call")


def test_3_7_all_pending_events_are_cancelled_at_once(world: World):
    world.policy(policy(scenario(steps="1 call, 5 letter, 10 second call")))
    world.customer()
    world.bill("80.00", "2026-05-20")
    world.nights("2026-06-01", "2026-06-02")
    world.by_hand("2026-06-02").complete(step=1)
    case = world.case()
    assert case is not None
    left = world.by_hand("2026-06-02").do(
        closing.cancel_actions, case["handle"], reason="a mistake"
    )
    assert left.status == "open"
    assert world.statuses() == ["completed", "cancelled", "cancelled"]
    (told,) = world.events("action_cancelled")
    assert told["data"]["reason"] == "a mistake"
    assert [each["action"] for each in told["data"]["others"]] == ["second call"]
    # nothing more is done, and there is nothing more to cancel
    assert all(not report.actions for report in world.nights("2026-06-03", "2026-06-20"))
    with pytest.raises(RuleViolation, match="no open action"):
        world.by_hand("2026-06-20").do(closing.cancel_actions, case["handle"], reason="again")


def test_2_0_a_process_whose_events_are_all_cancelled_becomes_inactive_if_its_template_says_so(
    world: World,
):
    world.policy(policy(scenario(steps="5 call", more='when_finished = "close"')))
    world.customer()
    world.bill("80.00", "2026-05-20")
    world.night("2026-06-01")
    case = world.case()
    assert case is not None
    world.by_hand("2026-06-01").do(closing.cancel_actions, case["handle"], reason="a mistake")
    world.night("2026-06-02")
    assert world.cases()[-1]["close_reason"] == "exhausted"


def test_3_8_the_process_is_cancelled_with_a_reason(world: World):
    world.policy(policy(scenario(steps="5 call")))
    world.customer()
    world.bill("80.00", "2026-05-20")
    world.night("2026-06-01")
    case = world.case()
    assert case is not None
    world.by_hand("2026-06-01").do(
        stopping.stop_case, case["handle"], reason="dispute", note="by telephone"
    )
    assert world.cases()[0]["close_reason"] == "stopped"
    (told,) = world.events("case_stopped")
    assert (told["data"]["reason"], told["data"]["note"]) == ("dispute", "by telephone")


def to_do(utility: Utility) -> Any:
    return utility.by_hand("2026-06-30").do(todos.todos, "B1")


def test_2_7_completing_the_to_do_of_a_severance_completes_its_event(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09")
    (made,) = to_do(utility)
    assert (made.type, made.role, made.status) == ("ask", "agent", "open")
    assert made.message == "E1 · ask"
    utility.answer("warn", "2026-06-10")
    assert utility.told()["cut"] == "waiting"
    utility.by_hand("2026-06-10").do(to_dos.complete, str(made.handle), comment="called them")
    assert utility.told()["ask"].startswith("completed")
    assert utility.told()["cut"] == "pending 2026-06-15"
    (done,) = to_do(utility)
    assert (done.status, done.comment) == ("completed", "called them")


def test_2_7_completing_the_event_of_a_severance_completes_its_to_do(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09")
    utility.complete("ask", "2026-06-10")
    (done,) = to_do(utility)
    assert (done.status, done.completed_by) == ("completed", "Grace")


def test_2_7_a_severance_that_ends_takes_its_to_dos_off_the_list(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09")
    utility.pay("100", "2026-06-10")
    assert utility.severed() == ["E1 by Cut, cancelled"]
    (done,) = to_do(utility)
    assert (done.status, done.comment) == ("completed", "debt_fell")


def test_a_severances_to_do_is_of_the_type_that_its_template_names(utility: Utility):
    more = """
[[to_do_types]]
name = "look before a cut"
role = "service_rep"
priority = 10

[[severance_templates]]
name = "Careful"
priority = 10
events = [
    { name = "ask", type = "to_do", to_do_type = "look before a cut" },
]
"""
    utility.utility(more=more)
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09")
    (made,) = to_do(utility)
    assert (made.type, made.role, made.priority) == ("look before a cut", "service_rep", 10)


def change(utility: Utility, number: str, day: str = "2026-06-20", **given: Any) -> None:
    wanted = Change(**given)
    utility.by_hand(day).do(supplying.change_agreement, number, wanted, reason="a test")


def agreement(utility: Utility) -> Any:
    return utility.by_hand("2026-06-30").do(agreements.agreements, "B1")[0]


def test_an_agreement_is_started_stopped_taken_up_again_and_closed(utility: Utility):
    utility.customer()
    utility.agreement("E1", status="pending_start")
    change(utility, "E1", "2026-06-01", status=Status.ACTIVE)
    change(utility, "E1", "2026-06-10", status=Status.STOPPED, on=dt.date(2026, 6, 8))
    found = agreement(utility)
    days = (str(found.started_on), str(found.stopped_on))
    assert (found.status, *days) == ("stopped", "2026-06-01", "2026-06-08")
    change(utility, "E1", "2026-06-12", status=Status.ACTIVE)
    assert agreement(utility).stopped_on is None
    change(utility, "E1", "2026-06-20", status=Status.CLOSED)
    assert str(agreement(utility).stopped_on) == "2026-06-20"
    told = utility.log("agreement_changed")
    assert [(each["from"], each["to"]) for each in told] == [
        ("pending_start", "active"),
        ("active", "stopped"),
        ("stopped", "active"),
        ("active", "closed"),
    ]
    with pytest.raises(RuleViolation, match="closed"):
        change(utility, "E1", status=Status.ACTIVE)


def test_a_change_that_makes_no_sense_changes_nothing(utility: Utility):
    utility.customer()
    utility.agreement("E1", started_on="2026-06-01")
    wrong: list[tuple[Any, str, dict[str, Any]]] = [
        (BadInput, "E1", {}),
        (BadInput, "E1", {"status": Status.STOPPED, "on": dt.date(2026, 5, 31)}),
        # its status would be another at once, and the day one to come
        (BadInput, "E1", {"status": Status.STOPPED, "on": dt.date(2026, 6, 21)}),
        (BadInput, "E1", {"on": dt.date(2026, 6, 3)}),
        (BadInput, "E1", {"life_support": True, "on": dt.date(2026, 6, 3)}),
        (BadInput, "E1", {"status": Status.ACTIVE, "on": dt.date(2026, 6, 3)}),
        (RuleViolation, "E1", {"status": Status.PENDING_START}),
        (NotFound, "E9", {"status": Status.STOPPED}),
    ]
    for error, number, given in wrong:
        with pytest.raises(error):
            change(utility, number, **given)
    assert agreement(utility).status == "active"
    assert utility.log("agreement_changed") == []


def test_life_support_that_is_registered_by_hand_protects_from_the_cut(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    change(utility, "E1", "2026-06-15", life_support=True)
    assert utility.release("cut", "2026-06-15").reason == "life_support"
    change(utility, "E1", "2026-06-16", life_support=False)
    household = {"life_support": True, "reason": "a ventilator"}
    utility.by_hand("2026-06-16").do(supplying.change_household, "A-B1", **household)
    utility.night("2026-06-16")
    assert utility.log("severance_event_refused")[-1]["reason"] == "life_support"
    assert utility.log("household_changed")[0]["life_support"] is True


def test_a_third_partys_agreement_that_is_closed_is_no_longer_billed_for_others(
    utility: Utility,
):
    utility.customer()
    utility.agreement("E1", third_party_supplier="Other Power")
    flag = "select bills_for_others from bill_unit"
    assert utility.rows(flag) == [(True,)]
    change(utility, "E1", status=Status.CLOSED)
    assert utility.rows(flag) == [(False,)]
