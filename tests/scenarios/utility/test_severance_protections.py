"""When nobody is cut: protections are asked in the night that would send the cut, and once more
when the field system is about to do it. Each refusal is in the log, and the cut is tried again.
"""

import pytest
from tests.scenarios.utility.conftest import Utility

from dunwell.features.alerts import queries as alerts
from dunwell.features.receivables import agreements

MORATORIUM = """
[[moratoria]]
name = "heat"
jurisdiction = "NY"
first_day = "{}"
last_day = "{}"
"""


def _reasons(utility: Utility) -> list[str]:
    return [each["reason"] for each in utility.log("severance_event_refused")]


def _due(utility: Utility, until: str = "2026-06-16") -> None:
    """The cut is due on Monday, the 15th of June."""
    utility.nights("2026-06-07", "2026-06-09")
    utility.answer("warn", "2026-06-10")
    utility.complete("ask", "2026-06-10")
    utility.nights("2026-06-10", until)


def _register(utility: Utility, **columns: str) -> None:
    utility.load("accounts", {"account_no": "A-B1", "name": "Ada Okafor", **columns})


def test_nobody_is_cut_while_life_support_is_registered_for_the_person(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09")
    _register(utility, life_support="true")
    utility.answer("warn", "2026-06-10")
    utility.complete("ask", "2026-06-10")
    utility.nights("2026-06-10", "2026-06-16")
    assert _reasons(utility) == ["life_support", "life_support"]
    assert utility.severances()[0]["events"][2]["refusals"] == 2
    _register(utility, life_support="false")
    utility.night("2026-06-17")
    assert utility.told()["cut"] == "sent 2026-06-15"
    utility.check()


def test_nobody_is_cut_while_life_support_is_registered_for_the_premise(utility: Utility):
    utility.utility(sever='nominate = "highest_arrears"')
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09")
    utility.agreement("G9", "gas", premise_no="P1", life_support="true")
    utility.answer("warn", "2026-06-10")
    utility.complete("ask", "2026-06-10")
    utility.nights("2026-06-10", "2026-06-15")
    assert _reasons(utility) == ["life_support"]


def test_nobody_is_cut_while_somebody_elses_agreement_registers_life_support_for_the_premise(
    utility: Utility,
):
    utility.utility()
    utility.in_arrears()
    utility.customer("B2")
    utility.agreement("G2", "gas", "B2", premise_no="P1")
    # who moved out years ago, and somebody elsewhere
    utility.customer("B3")
    utility.agreement("G3", "gas", "B3", premise_no="P1", life_support="true", status="closed")
    utility.agreement("G4", "gas", "B3", premise_no="P2", life_support="true")
    _due(utility, "2026-06-15")
    assert _reasons(utility) == []
    utility.agreement("G2", "gas", "B2", premise_no="P1", life_support="true")
    assert utility.release("cut", "2026-06-15").reason == "life_support"
    assert utility.by_hand("2026-06-15").do(agreements.agreement, "E1").life_support
    assert not utility.by_hand("2026-06-15").do(agreements.agreement, "G4").sensitive_load
    told = utility.by_hand("2026-06-15").do(alerts.alerts_of, "A-B1")
    assert [each.about for each in told if each.alert == "life_support_at_premise"] == [
        ("P1: life_support",)
    ]
    utility.check()


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        ("2026-06-10", "2026-06-15", 1),
        ("06-15", "06-30", 2),
        ("11-01", "06-15", 1),
        ("2025-06-01", "2025-06-30", 0),
        ("07-01", "03-31", 0),
    ],
)
def test_nobody_is_cut_inside_a_moratorium(utility: Utility, first: str, last: str, refused: int):
    utility.utility(more=MORATORIUM.format(first, last))
    utility.in_arrears(jurisdiction="NY")
    _due(utility)
    assert _reasons(utility) == ["moratorium"] * refused


def test_a_moratorium_is_for_its_jurisdiction(utility: Utility):
    utility.utility(more=MORATORIUM.format("06-01", "06-30"))
    utility.in_arrears(jurisdiction="NJ")
    _due(utility)
    assert _reasons(utility) == []


def test_nobody_is_cut_on_the_day_before_a_day_off(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09")
    utility.answer("warn", "2026-06-09")
    utility.complete("ask", "2026-06-09")
    # three days later is Friday the 12th; then come the days off themselves
    utility.nights("2026-06-10", "2026-06-15")
    assert _reasons(utility) == ["day_before_day_off"] * 3
    assert utility.told()["cut"] == "sent 2026-06-12"


def test_nobody_is_cut_without_the_notices_that_the_policy_demands(utility: Utility):
    utility.utility(cut='notices = [{ event = "warn", days = 6 }]')
    utility.in_arrears()
    _due(utility)
    # warned on the 10th
    assert _reasons(utility) == ["notice_missing"]
    assert utility.told()["cut"] == "sent 2026-06-15"


@pytest.mark.parametrize("protection", ["hold", "exempt", "promise"])
def test_nobody_is_cut_who_is_held_exempt_or_has_promised_to_pay(utility: Utility, protection: str):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    person = utility.by_hand("2026-06-15")
    if protection == "hold":
        person.hold("2026-06-20")
    elif protection == "exempt":
        person.exempt("hardship")
    else:
        person.promise(number=1, first_on="2026-06-20")
    release = utility.release("cut", "2026-06-15")
    expected = {"hold": "on_hold", "exempt": "exempt", "promise": "promise_to_pay"}
    assert (release.go, release.reason) == (False, expected[protection])


def test_protections_are_asked_again_when_the_field_is_about_to_cut(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    _register(utility, life_support="true")
    release = utility.release("cut", "2026-06-15")
    assert (release.go, release.reason) == (False, "life_support")
    assert _reasons(utility) == ["life_support"]
    assert utility.told()["cut"] == "pending 2026-06-15"
    _register(utility, life_support="false")
    utility.night("2026-06-16")
    assert utility.told()["cut"] == "sent 2026-06-15"
    assert utility.release("cut", "2026-06-17").go
    utility.check()


def test_a_cut_is_not_for_a_day_off(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    assert utility.release("cut", "2026-06-20").reason == "day_before_day_off"


def test_a_letter_and_a_warning_are_not_refused(utility: Utility):
    utility.utility(more=MORATORIUM.format("06-01", "06-30"))
    utility.in_arrears(jurisdiction="NY")
    utility.nights("2026-06-07", "2026-06-09")
    assert utility.told()["warn"] == "sent 2026-06-08"
