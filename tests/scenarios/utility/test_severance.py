"""Severance, from the action that starts it to the agreement's end: steps 1.8.7.1 to 1.8.7.4 of the
utility's process, then what happens to each process.
"""

import datetime as dt

import pytest
from tests.scenarios.utility.conftest import Utility

from dunwell.domain.errors import BadInput, RuleViolation
from dunwell.engine import case_agreements
from dunwell.features.ratings import queries as ratings
from dunwell.features.severance import service


def test_step_1_8_7_1_the_due_action_starts_severance(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09")
    assert utility.status("Sever") == "completed"
    assert utility.severed() == ["E1 by Cut, active"]
    (started,) = utility.log("severance_started")
    assert started["arrears"] == "100.00"
    assert started["cancel_amount"] == "10.0000"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('nominate = "highest_arrears"', ["G1"]),
        ('nominate = "oldest"', ["E1"]),
        ('nominate = "type_order"\ntype_order = ["water", "gas"]', ["W1"]),
        ('nominate = "type_order"\ntype_order = ["heat"]', ["E1", "G1", "W1"]),
        ("", ["E1", "G1", "W1"]),
    ],
)
def test_step_1_8_7_2_one_agreement_is_nominated_or_all_are(
    utility: Utility, rule: str, expected: list[str]
):
    utility.utility(sever=rule)
    utility.customer()
    for number, kind, amount, due in (
        ("E1", "electricity", "60", "2026-05-29"),
        ("G1", "gas", "90", "2026-06-01"),
        ("W1", "water", "30", "2026-06-01"),
    ):
        utility.agreement(number, kind)
        utility.bill(amount, due, service_agreement_no=number)
    utility.agreement("E2")
    utility.nights("2026-06-07", "2026-06-09")
    assert [each["service_agreement_no"] for each in utility.severances()] == expected


def test_step_1_8_7_3_the_first_template_that_fits_is_taken(utility: Utility):
    utility.utility(
        cut="priority = 90",
        more="""
[[severance_templates]]
name = "Spare"
priority = 10
only_with = ["life_support"]

[[severance_templates]]
name = "Ask the landlord"
priority = 20
only_with = ["master_meter"]
events = [{ name = "ask", type = "to_do" }]

[[severance_templates]]
name = "Vip"
priority = 30
criteria = { field = "account.attr.vip", operator = "=", value = "yes" }
events = [{ name = "call", type = "to_do" }]

[[severance_templates]]
name = "Gas"
priority = 40
agreement_types = ["gas"]
only_without = ["sensitive_load"]
events = [{ name = "call", type = "to_do" }]
""",
    )
    for number, of_account, of_agreement in (
        ("B1", {}, {}),
        ("B2", {"life_support": "true"}, {}),
        ("B3", {}, {"life_support": "true"}),
        ("B4", {}, {"master_meter": "true"}),
        ("B5", {"attr.vip": "yes"}, {}),
        ("B6", {}, {"type": "gas"}),
        ("B7", {"sensitive_load": "true"}, {"type": "gas"}),
        ("B8", {}, {"type": "gas", "premise_no": "P8"}),
    ):
        utility.customer(number, **of_account)
        kind = of_agreement.pop("type", "electricity")
        utility.agreement(f"S-{number}", kind, number, **of_agreement)
        utility.bill("100", "2026-06-01", number, service_agreement_no=f"S-{number}")
    utility.agreement("W-B8", "water", "B8", premise_no="P8", sensitive_load="true")
    utility.nights("2026-06-07", "2026-06-09")
    assert [
        utility.severances(number)[0]["template"] if utility.severances(number) else None
        for number in ("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8")
    ] == ["Cut", None, None, "Ask the landlord", "Vip", "Gas", "Cut", "Cut"]
    assert {each["reason"] for each in utility.log("severance_screened_out")} == {"spared by Spare"}
    assert utility.actions("B2")["Sever"]["message"] == "No service agreement could be severed."


def test_step_1_8_7_4_each_agreement_has_a_process_of_its_own_and_only_one(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.agreement("E2")
    utility.agreement("E3", status="stopped")
    utility.bill("40", "2026-06-01", service_agreement_no="E2")
    utility.bill("40", "2026-06-01", service_agreement_no="E3")
    utility.nights("2026-06-07", "2026-06-09")
    assert utility.severed() == ["E1 by Cut, active", "E2 by Cut, active"]
    utility.by_hand("2026-06-10").add("Sever", "2026-06-11")
    utility.nights("2026-06-10", "2026-06-11")
    assert len(utility.severances()) == 2
    utility.check()


def test_a_date_appears_when_all_predecessors_are_closed(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09")
    assert utility.told() == {
        "warn": "sent 2026-06-08",
        "ask": "sent 2026-06-08",
        "cut": "waiting",
        "end": "waiting",
    }
    utility.answer("warn", "2026-06-10")
    assert utility.told()["cut"] == "waiting"
    utility.complete("ask", "2026-06-11")
    # three days after Thursday is Sunday, so Monday
    assert utility.told()["cut"] == "pending 2026-06-15"


def test_days_may_be_working_days(utility: Utility):
    utility.utility(cut='day_unit = "working"')
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09")
    utility.answer("warn", "2026-06-10")
    utility.complete("ask", "2026-06-11")
    assert utility.told()["cut"] == "pending 2026-06-16"


def test_a_process_runs_to_the_end_of_the_agreement(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    assert utility.release("cut", "2026-06-15").go
    utility.answer("cut", "2026-06-15")
    assert utility.told()["end"] == "pending 2026-07-15"
    utility.nights("2026-06-16", "2026-07-15")
    assert utility.severed() == ["E1 by Cut, completed"]
    assert utility.rows("select status, stopped_on::text from service_agreement") == [
        ("stopped", "2026-07-15")
    ]
    utility.check()


@pytest.mark.parametrize(
    ("outcome", "options", "status"),
    [
        ("could_not", {"message": "dog"}, "pending 2026-06-16"),
        ("rescheduled", {"due_on": "2026-06-18"}, "pending 2026-06-18"),
        ("refused", {}, "error 2026-06-15"),
    ],
)
def test_what_the_field_could_not_do_is_due_again_or_for_a_person(
    utility: Utility, outcome: str, options: dict[str, str], status: str
):
    given = {k: dt.date.fromisoformat(v) if k == "due_on" else v for k, v in options.items()}
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    utility.answer("cut", "2026-06-15", outcome, **given)
    assert utility.told()["cut"] == status
    utility.check()


def test_an_answer_must_make_sense(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    with pytest.raises(BadInput, match="new day"):
        utility.answer("cut", "2026-06-15", "rescheduled")
    with pytest.raises(BadInput, match="no outcome"):
        utility.answer("cut", "2026-06-15", "perhaps")
    with pytest.raises(RuleViolation, match="isn't outstanding: it is completed"):
        utility.answer("warn", "2026-06-15")
    with pytest.raises(RuleViolation, match="no field activity"):
        utility.answer("ask", "2026-06-15")
    with pytest.raises(RuleViolation, match="the field system answers it"):
        utility.complete("cut", "2026-06-15")


def test_a_process_is_cancelled_by_hand_with_a_reason(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    handle = utility.severances()[0]["severance"]
    utility.by_hand("2026-06-15").do(service.cancel, handle, reason="hardship")
    assert utility.severed() == ["E1 by Cut, cancelled"]
    (cancelled,) = utility.log("severance_cancelled")
    assert cancelled["reason"] == "hardship"
    assert [each["event"] for each in cancelled["cancelled"]] == ["cut", "end"]
    (recalled,) = utility.log("field_activity_recalled")
    assert recalled["activity"] == "cut"
    with pytest.raises(RuleViolation, match="isn't active"):
        utility.by_hand("2026-06-15").do(service.cancel, handle, reason="hardship")


def test_a_second_night_of_a_day_does_nothing(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09")
    before = utility.rows("select count(*) from event")
    utility.night("2026-06-09")
    assert utility.rows("select count(*) from event") == before


def test_a_demerit_of_severance_says_where_it_comes_from(utility: Utility):
    utility.utility(
        cut="only_with = ['master_meter']",
        more="""
[[severance_templates]]
name = "Warn"
events = [{ name = "worse", type = "credit_rating", points = -30, lasts_days = 10 }]
""",
    )
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-08")
    rating = utility.by_hand("2026-06-17").do(ratings.rating, "B1")
    (demerit,) = rating.demerits
    assert (demerit.source, demerit.reason, demerit.in_effect) == ("severance", "worse", True)
    rating = utility.by_hand("2026-06-18").do(ratings.rating, "B1")
    assert not rating.demerits[0].in_effect


def test_step_1_8_7_3_an_agreement_that_left_the_case_is_not_severed_for_it(utility: Utility):
    utility.utility(more='[[debt_classes]]\nname = "standard"\nby_agreement = true\n')
    utility.in_arrears()
    utility.agreement("G1", "gas")
    utility.bill("80", "2026-06-01", service_agreement_no="G1")
    utility.night("2026-06-07")
    case = str(utility.newest_case()["handle"])
    utility.by_hand("2026-06-07").do(
        case_agreements.remove_agreement, case, "E1", reason="hardship"
    )
    utility.nights("2026-06-08", "2026-06-09")
    assert utility.severed() == ["G1 by Cut, active"]
    utility.check()
