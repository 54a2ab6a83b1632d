"""Control central's alerts, each by the name that it has in the manual's list (step 2.9)."""

from typing import Any

import pytest
from tests.contracts.test_documentation import ROOT
from tests.policies import AGENCIES, policy, scenario
from tests.scenarios.utility.conftest import Utility
from tests.world import World

from dunwell.db.database import Database
from dunwell.domain.errors import BadInput, Forbidden, NotFound, RuleViolation
from dunwell.features.access.actor import Actor, Permission
from dunwell.features.alerts import queries, reference, registry, service
from dunwell.features.alerts.registry import Outside
from dunwell.features.contacts import service as contacts
from dunwell.features.pay_plans import service as pay_plans
from dunwell.features.tasks import service as to_dos

TYPES = """
[[pay_plan_types]]
name = "usual"

[[to_do_types]]
name = "review"
role = "agent"
"""


def alerts(world: World, on: str = "2026-06-20", account: str = "A-B1", **more: Any) -> Any:
    return {each.alert: each for each in world.by_hand(on).do(queries.alerts_of, account, **more)}


def by_manual(world: World, name: str, on: str = "2026-06-20") -> list[Any]:
    """The alerts that a name of the manual's list stands for."""
    return [each for each in alerts(world, on).values() if name in each.manual]


@pytest.fixture
def utility(database: Database, tmp_path: Any) -> Utility:
    return Utility(database, tmp_path)


def story(world: World, steps: str = "400 call", more: str = "", **options: Any) -> None:
    world.policy(policy(scenario(steps=steps, **options), more=TYPES + more))
    world.customer()
    world.bill("100.00", "2026-05-20", bill_no="MAY")


def test_nothing_noteworthy_is_no_alert(world: World):
    story(world)
    assert alerts(world) == {}


def test_pp_active_counts_the_active_pay_plans(world: World):
    story(world)
    plan = world.by_hand("2026-06-10").pay_plan(("100.00", "2026-07-01"))
    (alert,) = by_manual(world, "PP-Active")
    assert (alert.number, alert.about, str(alert.since)) == (1, (plan,), "2026-06-10")
    assert alert.bill_unit_no == "B1"


def test_pp_broken_and_pp_kept_tell_of_plans_that_ended_within_the_days(world: World):
    story(world)
    world.by_hand("2026-05-22").pay_plan(("40.00", "2026-06-01"))
    world.pay("40.00", "2026-06-01")
    world.nights("2026-06-01", "2026-06-02")
    (kept,) = by_manual(world, "PP-Kept")
    assert kept.number == 1
    world.by_hand("2026-06-03").pay_plan(("60.00", "2026-06-08"))
    world.nights("2026-06-03", "2026-06-10")
    (broken,) = by_manual(world, "PP-Broken")
    assert broken.number == 1
    assert not by_manual(world, "PP-Active")
    # a year later they are history
    later = alerts(world, "2027-06-30")
    assert {"kept_pay_plans", "broken_pay_plans"}.isdisjoint(later)


def test_the_days_of_history_are_the_policys(world: World):
    world.policy(policy(scenario(), more=TYPES, settings={"alert_days": "5"}))
    world.customer()
    world.bill("100.00", "2026-05-20")
    world.by_hand("2026-06-10").do(pay_plans.deny, "B1", reason="no income")
    assert by_manual(world, "CC-PPDENIAL", "2026-06-14")
    assert not by_manual(world, "CC-PPDENIAL", "2026-06-15")


def test_cc_ppdenial_counts_the_contacts_of_denials(world: World):
    story(world)
    for on in ("2026-06-10", "2026-06-12"):
        world.by_hand(on).do(pay_plans.deny, "B1", reason="no income")
    world.by_hand("2026-06-12").do(
        contacts.record, "B1", "a call", contact_class="complaint", contact_type="complaint"
    )
    (alert,) = by_manual(world, "CC-PPDENIAL")
    assert (alert.number, str(alert.since)) == (2, "2026-06-10")


def test_ccal_td_highlights_open_to_dos_until_they_are_completed(world: World):
    story(world)
    hand = world.by_hand("2026-06-10")
    made = str(hand.do(to_dos.make, "B1", "review", "look"))
    (alert,) = by_manual(world, "CCAL-TD")
    assert alert.about == (made,)
    hand.do(to_dos.complete, made)
    assert not by_manual(world, "CCAL-TD")


def test_c1_coll_df_and_ci_od_proc_highlight_open_cases(world: World):
    story(world)
    world.night("2026-06-01")
    for name in ("C1-COLL-DF", "CI_OD-PROC"):
        (alert,) = by_manual(world, name)
        case = world.case()
        assert case is not None
        assert alert.about == (case["handle"],)
    world.pay("100.00", "2026-06-02")
    world.night("2026-06-02")
    assert not by_manual(world, "C1-COLL-DF")


def test_c1_collrf_df_highlights_a_referral_to_an_agency(world: World):
    story(world, steps="2 Refer to collections agency", more=AGENCIES)
    world.nights("2026-06-01", "2026-06-03")
    (alert,) = by_manual(world, "C1_COLLRF-DF")
    assert alert.number == 1
    world.pay("100.00", "2026-06-04")
    world.night("2026-06-04")
    assert not by_manual(world, "C1_COLLRF-DF")


def test_ci_wo_bill_names_bills_that_were_written_off(world: World):
    story(world, steps="2 Write off balance")
    world.bill("30.00", "2026-05-21", bill_no="MORE")
    world.nights("2026-06-01", "2026-06-03")
    (alert,) = by_manual(world, "CI_WO_BILL")
    assert (alert.number, sorted(alert.about)) == (2, ["MAY", "MORE"])


def test_ci_omf_df_highlights_disputes_and_credits_without_a_bill(world: World):
    world.policy(policy(scenario()))
    world.customer()
    world.bill(
        "50.00", "2026-06-01", bill_no="WRONG", disputed_amount="50", disputed_on="2026-06-05"
    )
    world.pay("10.00", "2026-06-06", payment_no="EARLY")
    found = by_manual(world, "CI_OMF_DF")
    assert [(each.alert, each.about) for each in found] == [
        ("open_disputes", ("WRONG",)),
        ("unmatched_credits", ("EARLY",)),
    ]
    # before it was raised nobody disputed it, and nothing is paid before its day
    assert {"open_disputes", "unmatched_credits"}.isdisjoint(alerts(world, "2026-06-04"))


def test_ci_stopsa_df_and_c1_pendst_df_highlight_agreements_by_their_status(utility: Utility):
    utility.customer()
    utility.agreement("E1", status="stopped", stopped_on="2026-06-01")
    utility.agreement("E2", status="pending_start", started_on="2026-08-01")
    utility.agreement("E3")
    utility.agreement("E4", status="closed")
    (stopped,) = by_manual(utility, "CI_STOPSA-DF")
    (pending,) = by_manual(utility, "C1_PENDST-DF")
    assert (stopped.about, pending.about) == (("E1",), ("E2",))


def test_c1_cash_df_and_c1_crrt_df_follow_the_thresholds(world: World):
    story(world)
    hand = world.by_hand("2026-06-10")
    hand.demerit(-100)
    hand.demerit(99, kind="cash_only")
    # 700 - 100 isn't below 600, and 99 isn't 100
    assert not by_manual(world, "C1_CRRT-DF")
    assert not by_manual(world, "C1_CASH-DF")
    hand.demerit(-1)
    hand.demerit(1, kind="cash_only", until="2026-06-19")
    (poor,) = by_manual(world, "C1_CRRT-DF")
    (cash,) = by_manual(world, "C1_CASH-DF", "2026-06-19")
    assert (poor.about, cash.about) == (("599",), ("100",))
    assert not by_manual(world, "C1_CASH-DF", "2026-06-20")


def test_c1_lssl_df_highlights_life_support_and_sensitive_load_of_the_person(world: World):
    world.customer(life_support="true", sensitive_load="true")
    (alert,) = by_manual(world, "C1_LSSL-DF")
    assert (alert.level, sorted(alert.about)) == ("danger", ["life_support", "sensitive_load"])
    assert not by_manual(world, "C1_LSSLPR-DF")


def test_c1_lsslpr_df_highlights_them_at_the_premise(utility: Utility):
    utility.customer()
    utility.agreement("E1", premise_no="P1", premise_address="1 Harbour St", life_support="true")
    utility.agreement("W1", "water", premise_no="P1", premise_address="1 Harbour St")
    (alert,) = by_manual(utility, "C1_LSSLPR-DF")
    assert (alert.premise_no, alert.text) == ("P1", "1 Harbour St")
    assert not by_manual(utility, "C1_LSSL-DF")


def test_c1_sevpr_df_and_ccal_faermsg_highlight_severances_and_unanswered_field_work(
    utility: Utility,
):
    utility.utility()
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09")
    (process,) = by_manual(utility, "C1_SEVPR-DF")
    (message,) = by_manual(utility, "CCAL-FAERMSG")
    assert message.about == (utility.handle("warn"),)
    assert process.level == "danger"
    utility.answer("warn", "2026-06-10")
    assert not by_manual(utility, "CCAL-FAERMSG")
    utility.pay("100", "2026-06-10")
    utility.night("2026-06-10")
    assert not by_manual(utility, "C1_SEVPR-DF")


OUTSIDE = {
    "CCAL-DECL": Outside.DECLARATION,
    "CCAL-CASE": Outside.SERVICE_CASE,
    "CCAL WFACCTX": Outside.WORKFLOW,
    "CCAL WFACCTR": Outside.WORKFLOW,
    "C1-CCAL-CLM": Outside.REBATE_CLAIM,
    "C1-CCAL-OCBG": Outside.OFF_CYCLE_BILL,
    "F1-SYNRQALRT": Outside.SYNC_REQUEST,
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_lives_elsewhere_is_set_and_cleared_by_its_system(world: World, name: str):
    world.customer()
    hand = world.by_hand("2026-06-10")
    given = ("A-B1", OUTSIDE[name], "X-1")
    assert hand.do(service.set_alert, *given, text="see there")
    (alert,) = by_manual(world, name)
    assert (alert.outside_id, alert.text, alert.number) == ("X-1", "see there", 1)
    assert hand.do(service.clear_alert, *given)
    assert by_manual(world, name) == []


@pytest.mark.parametrize("name", ["CCAL WFPREMX", "CCAL WFPREMR"])
def test_a_workflow_that_names_a_premise_is_one_of_the_premise(utility: Utility, name: str):
    utility.customer()
    utility.agreement("E1", premise_no="P1")
    utility.by_hand("2026-06-10").do(
        service.set_alert, "A-B1", Outside.WORKFLOW, "W-1", premise_no="P1"
    )
    (alert,) = by_manual(utility, name)
    assert (alert.premise_no, alert.about) == ("P1", ("W-1",))
    assert not by_manual(utility, "CCAL WFACCTX")


def test_setting_an_alert_again_changes_it_and_says_so_once(world: World):
    world.customer()
    hand = world.by_hand("2026-06-10")
    given = ("A-B1", Outside.DECLARATION, "D-1")
    assert hand.do(service.set_alert, *given, text="first")
    assert not hand.do(service.set_alert, *given, text="first")
    assert not hand.do(service.set_alert, *given, text="second", until=None)
    (alert,) = by_manual(world, "CCAL-DECL")
    assert alert.text == "second"
    assert len(world.rows("select from event where kind = 'alert_set'")) == 2
    assert hand.do(service.clear_alert, *given)
    assert not hand.do(service.clear_alert, *given)
    assert len(world.rows("select from event where kind = 'alert_cleared'")) == 1


def test_a_declaration_is_shown_while_it_is_in_effect(world: World):
    world.customer()
    hand = world.by_hand("2026-06-10")
    days = {"since": hand.operation(None).date.replace(day=12)}
    hand.do(service.set_alert, "A-B1", Outside.DECLARATION, "D-1", until=days["since"], **days)
    shown = [
        on for on in ("2026-06-11", "2026-06-12", "2026-06-13") if by_manual(world, "CCAL-DECL", on)
    ]
    assert shown == ["2026-06-12"]


def test_an_alert_for_one_context_is_shown_there_only(world: World):
    world.customer()
    world.by_hand("2026-06-10").do(
        service.set_alert, "A-B1", Outside.WORKFLOW, "W-1", context="move in"
    )
    assert alerts(world) == {}
    assert alerts(world, context="another") == {}
    assert "workflow" in alerts(world, context="move in")


def test_an_alert_names_only_what_is_the_accounts_own(world: World):
    world.customer()
    world.customer("B2")
    set_alert = world.by_hand("2026-06-10").do
    wrong: list[tuple[Any, dict[str, Any]]] = [
        (RuleViolation, {"bill_unit_no": "B2"}),
        (RuleViolation, {"premise_no": "P9"}),
        (BadInput, {"until": world.by_hand("2026-06-09").operation(None).date}),
        (BadInput, {"text": "x" * 1_001}),
    ]
    for error, more in wrong:
        with pytest.raises(error):
            set_alert(service.set_alert, "A-B1", Outside.WORKFLOW, "W-1", **more)
    with pytest.raises(NotFound):
        set_alert(service.set_alert, "A-B9", Outside.WORKFLOW, "W-1")
    with pytest.raises(BadInput):
        set_alert(service.set_alert, "A-B1", Outside.WORKFLOW, " ")
    assert alerts(world) == {}


def test_who_may_only_look_sets_nothing(world: World):
    world.customer()
    viewer = Actor("viewer", frozenset({Permission.VIEW}), brands=None)
    hand = world.by_hand("2026-06-10", viewer)
    assert hand.do(queries.alerts_of, "A-B1") == ()
    with pytest.raises(Forbidden):
        hand.do(service.set_alert, "A-B1", Outside.WORKFLOW, "W-1")


def test_many_things_of_a_kind_are_one_alert_that_names_the_newest(world: World):
    story(world)
    made = [
        str(world.by_hand(f"2026-06-{day:02}").do(to_dos.make, "B1", "review", "look"))
        for day in range(1, 16)
    ]
    (alert,) = by_manual(world, "CCAL-TD")
    assert (alert.number, alert.about) == (15, tuple(reversed(made))[: queries.MOST])


def test_alerts_are_of_all_bill_units_of_the_account_the_loudest_first(world: World):
    world.policy(policy(scenario()))
    world.customer("B1", account_no="A")
    world.customer("B2", account_no="A", life_support="true")
    for number in ("B1", "B2"):
        world.bill("100.00", "2026-05-20", number)
    world.night("2026-06-01")
    found = world.by_hand("2026-06-20").do(queries.alerts_of, "A")
    assert [(each.alert, each.bill_unit_no) for each in found] == [
        ("life_support", None),
        ("open_cases", "B1"),
        ("open_cases", "B2"),
    ]


MANUAL = {
    *("PP-Active", "PP-Broken", "PP-Kept", "CC-PPDENIAL", "CCAL-TD"),
    *("CCAL-DECL", "CCAL-CASE", "CCAL-FAERMSG", "CI_WO_BILL", "CI_OD-PROC"),
    *("CI_OMF_DF", "CI_STOPSA-DF", "C1-CCAL-CLM", "C1-COLL-DF", "C1_COLLRF-DF"),
    *("C1_PENDST-DF", "C1_CASH-DF", "C1_CRRT-DF", "C1_LSSL-DF", "C1_LSSLPR-DF"),
    *("C1_SEVPR-DF", "C1-CCAL-OCBG", "F1-SYNRQALRT"),
    *("CCAL WFACCTX", "CCAL WFPREMX", "CCAL WFACCTR", "CCAL WFPREMR"),
}


def test_every_query_finds_the_accounts_rows_by_an_index(world: World):
    """So that a million others make no difference: no table of customers is read as a whole."""
    world.customer()
    with world.database.connect() as connection:
        connection.execute("set local enable_seqscan = off")
        given = dict.fromkeys(("account_id", "most"), 1) | dict.fromkeys(
            ("pay_plan_class", "denied", "context"), "x"
        )
        text = b"explain " + queries.found().encode()
        rows = connection.execute(text, {**given, "business_date": "2026-06-20"}).fetchall()
    small = ("setting", "agency")
    read = [line for (line,) in rows if "Seq Scan on " in line]
    assert [line for line in read if not line.split(" on ")[1].startswith(small)] == []


def test_every_alert_of_the_manuals_list_is_in_the_registry():
    known = {name for alert in registry.ALERTS for name in alert.manual}
    assert known == MANUAL


def test_the_page_is_what_the_registry_says():
    assert (ROOT / "docs/reference/alerts.md").read_text("utf-8") == reference.render()
