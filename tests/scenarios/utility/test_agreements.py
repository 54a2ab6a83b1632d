"""Steps 1.8.4.2, 2.1, 2.3 to 2.5, 2.9 and 3.0 to 3.8: agreements in a case, budgets, and what
people do with a collection process.
"""

import datetime as dt

import pytest
from tests.policies import policy, scenario
from tests.prepared import CopyOf
from tests.world import World

from dunwell.domain.errors import RuleViolation
from dunwell.engine import case_agreements, placing
from dunwell.engine.placing import Step
from dunwell.features.receivables import agreements, budgets

BY_AGREEMENT = """
[[debt_classes]]
name = "utility"
by_agreement = true
agreement_threshold = { USD = 5.00 }
"""

POWER = {"service_agreement_no": "POWER", "debt_class": "utility"}
GAS = {"service_agreement_no": "GAS", "debt_class": "utility"}


def _household(world: World) -> None:
    """Owes 100.00 for power and 60.00 for gas since the first of June."""
    world.policy(
        policy(
            scenario(steps="5 letter?, 20 call?", more='debt_class = "utility"'),
            more=BY_AGREEMENT,
        )
    )
    world.customer()
    world.bill("100.00", "2026-06-01", bill_no="P1", **POWER)
    world.bill("60.00", "2026-06-02", bill_no="G1", **GAS)


@pytest.fixture
def household(copy_of: CopyOf) -> World:
    return copy_of(_household)


def listed(world: World) -> dict[str, str | None]:
    """The agreements of the newest case, each with the day on which it left."""
    found = world.by_hand("2026-06-30").do(case_agreements.listed, handle(world))
    return {each.service_agreement_no: each.left_on and str(each.left_on) for each in found}


def handle(world: World) -> str:
    return str(world.newest_case()["handle"])


def requirements(world: World, on: str) -> list[case_agreements.Requirement]:
    return list(world.by_hand(on).do(case_agreements.requirements, "B1"))


def test_a_case_lists_its_agreements_with_the_arrears_of_each(household: World):
    household.night("2026-06-12")
    (joined,) = household.events("agreements_joined")
    assert joined["data"]["agreements"] == [
        {"service_agreement_no": "GAS", "overdue_amount": "60.0000", "threshold": "5.0000"},
        {"service_agreement_no": "POWER", "overdue_amount": "100.0000", "threshold": "5.0000"},
    ]


def test_2_4_2_5_an_agreement_at_its_threshold_leaves_and_the_last_one_closes(household: World):
    household.night("2026-06-12")
    household.pay("55.00", "2026-06-13", bill_no="G1")
    household.night("2026-06-13")
    assert listed(household) == {"GAS": "2026-06-13", "POWER": None}
    assert household.in_collections()
    household.pay("94.99", "2026-06-14", bill_no="P1")
    household.night("2026-06-14")
    assert household.in_collections()
    household.pay("0.01", "2026-06-15", bill_no="P1")
    household.night("2026-06-15")
    assert household.newest_case()["close_reason"] == "agreements_cleared"
    assert household.overdue() == "10.00"
    household.check()


def test_2_2_when_all_is_paid_the_case_is_cured(household: World):
    household.night("2026-06-12")
    household.pay("160.00", "2026-06-13")
    household.night("2026-06-13")
    assert household.newest_case()["close_reason"] == "cured"


def test_2_5_new_debt_of_another_agreement_neither_joins_nor_keeps_the_case(household: World):
    household.night("2026-06-12")
    household.bill(
        "70.00", "2026-06-13", bill_no="W1", debt_class="utility", service_agreement_no="WATER"
    )
    household.pay("100.00", "2026-06-14", bill_no="P1")
    household.pay("60.00", "2026-06-14", bill_no="G1")
    household.nights("2026-06-13", "2026-06-14")
    assert household.newest_case()["close_reason"] == "agreements_cleared"
    household.night("2026-06-25")
    assert listed(household) == {"WATER": None}


def test_2_1_incremental_nights_see_what_full_ones_see(household: World):
    household.night("2026-06-12")
    # the class owes the same before and after, only its agreements don't
    household.pay("60.00", "2026-06-13", bill_no="G1")
    household.bill("60.00", "2026-06-02", bill_no="P2", **POWER)
    household.night("2026-06-13")
    assert listed(household) == {"GAS": "2026-06-13", "POWER": None}


def test_3_5_3_6_an_agreement_is_added_and_removed_by_hand_and_measured_at_once(household: World):
    household.night("2026-06-12")
    household.bill("70.00", "2026-06-13", debt_class="utility", service_agreement_no="WATER")
    hand = household.by_hand("2026-06-14")
    why = {"reason": "asked by the customer"}
    hand.do(case_agreements.add_agreement, handle(household), "WATER", **why)
    assert listed(household) == {"GAS": None, "POWER": None, "WATER": None}
    for number in ("WATER", "GAS"):
        hand.do(case_agreements.remove_agreement, handle(household), number, **why)
    assert household.in_collections()
    state = hand.do(case_agreements.remove_agreement, handle(household), "POWER", **why)
    assert (state.status, state.close_reason) == ("closed", "agreements_cleared")
    assert household.statuses() == ["cancelled", "cancelled"]
    assert household.events("agreement_removed")[-1]["data"]["reason"] == "asked by the customer"
    household.check()


def test_3_5_an_agreement_that_owes_nothing_is_not_added(household: World):
    household.night("2026-06-12")
    household.load("service_agreements", {"service_agreement_no": "WATER", "bill_unit_no": "B1"})
    with pytest.raises(RuleViolation, match=r"'WATER' owes 0\.00 USD overdue"):
        household.by_hand("2026-06-14").do(
            case_agreements.add_agreement, handle(household), "WATER", reason="x"
        )


def test_2_9_how_much_must_be_paid_by_when_for_a_case_to_end(household: World):
    household.night("2026-06-12")
    (needed,) = requirements(household, "2026-06-12")
    # entry date 12 June, the letter on 17 June; each agreement may owe 5.00
    assert (needed.overdue_amount, needed.to_pay) == ("160.00", "150.00")
    assert (needed.pay_by, needed.next_action) == (dt.date(2026, 6, 16), "letter")
    assert [(each.service_agreement_no, each.to_pay) for each in needed.agreements] == [
        ("GAS", "55.00"),
        ("POWER", "95.00"),
    ]
    household.pay("60.00", "2026-06-12", bill_no="G1")
    (needed,) = requirements(household, "2026-06-13")
    assert needed.to_pay == "95.00"
    # only asked: the payment still waits for its night
    assert household.owed() == {"P1": "100.00", "G1": "60.00"}


def test_2_9_what_is_required_counts_the_scenarios_exit_amount(world: World):
    world.policy(policy(scenario(leave="10.00")))
    world.customer()
    world.bill("100.00", "2026-06-01")
    assert requirements(world, "2026-06-12") == []
    world.night("2026-06-12")
    assert [needed.to_pay for needed in requirements(world, "2026-06-12")] == ["90.00"]


def test_3_0_to_3_4_a_process_is_made_by_hand_with_edited_events_and_agreements(household: World):
    hand = household.by_hand("2026-06-05")
    steps = [Step(9, "call"), Step(None, "letter", due_on=dt.date(2026, 6, 8))]
    opened = hand.do(
        placing.place_in_scenario,
        "B1",
        "reminders",
        reason="agreed",
        steps=steps,
        debt_class="utility",
        agreements=["GAS"],
    )
    assert [(each.name, str(each.due_on)) for each in opened.actions] == [
        ("letter", "2026-06-08"),
        ("call", "2026-06-14"),
    ]
    assert listed(household) == {"GAS": None}
    household.by_hand("2026-06-06").reschedule(1, "2026-06-10")
    household.by_hand("2026-06-06").add("second call", "2026-06-20")
    assert household.due("letter") == "2026-06-10"
    household.pay("60.00", "2026-06-07", bill_no="G1")
    household.night("2026-06-07")
    assert household.newest_case()["close_reason"] == "agreements_cleared"


def test_3_2_agreements_that_owe_nothing_are_refused_with_the_whole_process(household: World):
    with pytest.raises(RuleViolation, match="'WATER'"):
        household.by_hand("2026-06-05").do(
            placing.place_in_scenario,
            "B1",
            "reminders",
            reason="agreed",
            debt_class="utility",
            agreements=["GAS", "WATER"],
        )
    assert household.cases() == []


def test_3_7_2_0_pending_events_are_cancelled_and_the_process_ends(household: World):
    household.night("2026-06-12")
    for step in (1, 2):
        household.by_hand("2026-06-13").cancel(step)
    assert household.statuses() == ["cancelled", "cancelled"]
    household.by_hand("2026-06-13").stop()
    assert household.newest_case()["close_reason"] == "stopped"


def test_3_8_a_process_is_cancelled_with_a_reason(household: World):
    household.night("2026-06-12")
    household.by_hand("2026-06-13").stop(reason="billing error")
    assert household.newest_case()["close_reason"] == "stopped"
    assert household.events("case_stopped")[0]["data"]["reason"] == "billing error"


@pytest.mark.parametrize(
    ("difference", "owed", "credit"),
    [("30.00", {"adjustment": "30.00"}, "0.00"), ("-30.00", {}, "30.00"), ("0", {}, "0.00")],
)
def test_1_8_4_2_a_cancelled_budget_is_settled(
    world: World, difference: str, owed: dict[str, str], credit: str
):
    world.policy(policy(scenario()))
    world.customer()
    world.load(
        "budgets",
        {
            "budget_no": "G1",
            "bill_unit_no": "B1",
            "amount": 80,
            "started_on": "2026-01-01",
            "difference": difference,
        },
    )
    hand = world.by_hand("2026-06-05")
    cancelled = hand.do(budgets.cancel_budget, "B1", reason="missed two payments")
    assert (cancelled.status, cancelled.ended_on) == ("cancelled", dt.date(2026, 6, 5))
    assert (world.owed(), world.credit()) == (owed, credit)
    assert world.rows("select on_budget from bill_unit") == [(False,)]
    with pytest.raises(RuleViolation, match="is on no budget"):
        hand.do(budgets.cancel_budget, "B1", reason="again")


def test_life_support_counts_for_every_agreement_of_the_premise(world: World):
    world.customer()
    world.load(
        "service_agreements",
        *(
            {
                "service_agreement_no": number,
                "bill_unit_no": "B1",
                "premise_no": premise,
                "life_support": support,
            }
            for number, premise, support in (
                ("GAS", "P1", "false"),
                ("POWER", "P1", "true"),
                ("SHED", "P2", "false"),
            )
        ),
    )
    look = world.by_hand("2026-06-05").do
    found = {
        each.service_agreement_no: each.life_support for each in look(agreements.agreements, "B1")
    }
    assert found == {"GAS": True, "POWER": True, "SHED": False}
    world.load("accounts", {"account_no": "A-B1", "name": "Ada Okafor", "life_support": "true"})
    assert all(each.life_support for each in look(agreements.agreements, "B1"))
