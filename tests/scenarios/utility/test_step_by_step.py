"""The whole of the manual's process and its algorithms, each with the test that is about it; and
steps that have no story of their own elsewhere: 1.5, 1.8, 2.3, 3.3.
"""

import re
from pathlib import Path

import pytest
from tests.policies import policy, scenario
from tests.world import World

STEPS = {
    "1.0 identify accounts": (
        "test_1_0_1_7_a_condition_that_changes_is_looked_at_in_the_night_after"
    ),
    "1.1 eligibility": "test_1_1_the_first_condition_that_holds_can_spare",
    "1.2 arrears": "test_1_2_arrears_and_cases_are_kept_by_debt_class",
    "1.3 pay plans": "test_1_3_the_debt_that_a_plan_schedules_is_no_debt_for_collections",
    "1.4 criteria": "test_1_4_criteria_differ_by_jurisdiction_customer_class_and_debt_class",
    "1.5 create": "test_1_5_the_process_is_created_with_its_events_on_their_trigger_dates",
    "1.6 challenger": (
        "test_1_5_1_6_entries_are_shared_out_and_the_same_customer_gets_the_same_again"
    ),
    "1.7 additional review": "test_1_7_a_full_night_reviews_who_has_not_been_reviewed",
    "1.8 evaluate": "test_1_8_events_are_activated_on_or_after_their_trigger_date",
    "1.8.1.1 letter": "test_1_8_1_1_a_contact_with_a_template_makes_a_letter_that_is_delivered",
    "1.8.1.2 contact": "test_1_8_1_2_an_action_records_a_customer_contact",
    "1.8.1.3 complete": (
        "test_1_8_1_3_the_event_is_complete_and_running_again_contacts_nobody_twice"
    ),
    "1.8.2.1 credit rating": "test_1_8_2_1_an_action_lowers_the_credit_rating_for_some_days",
    "1.8.2.2 cash only": "test_1_8_2_1_an_action_raises_the_cash_only_score_for_good",
    "1.8.3.1, 1.8.3.2 to-do": "test_1_8_3_2_an_action_makes_a_to_do_on_its_trigger_date",
    "1.8.4.1, 1.8.4.2 budget": "test_1_8_4_2_an_event_cancels_the_budget_and_settles_it",
    "1.8.5.1, 1.8.5.2 plan": "test_1_8_5_2_a_cancel_event_ends_the_plan_and_its_debt_counts_again",
    "1.8.6.1, 1.8.6.2 custom": (
        "test_1_8_6_2_additional_activities_are_custom_actions_that_a_plug_in_carries_out"
    ),
    "1.8.7.1 start severance": "test_step_1_8_7_1_the_due_action_starts_severance",
    "1.8.7.2 nominate": "test_step_1_8_7_2_one_agreement_is_nominated_or_all_are",
    "1.8.7.3 determine": "test_step_1_8_7_3_the_first_template_that_fits_is_taken",
    "1.8.7.4 create": "test_step_1_8_7_4_each_agreement_has_a_process_of_its_own_and_only_one",
    "1.9 wait": "test_1_9_until_its_trigger_date_an_event_stays_pending",
    "2.0 inactive": (
        "test_2_0_a_process_whose_events_are_all_cancelled_becomes_inactive_if_its_template_says_so"
    ),
    "2.1 monitor": "test_2_1_incremental_nights_see_what_full_ones_see",
    "2.2 debts": "test_2_2_debt_at_or_under_the_debt_classs_threshold_cancels",
    "2.3 cancel events": (
        "test_2_3_pending_events_are_cancelled_when_the_debt_falls_to_the_threshold"
    ),
    "2.4, 2.5 agreements": (
        "test_2_4_2_5_an_agreement_at_its_threshold_leaves_and_the_last_one_closes"
    ),
    "2.6 to-do batch": "test_2_6_the_night_makes_to_dos_of_broken_pay_plans",
    "2.7 work to-dos": "test_2_7_a_to_do_is_assigned_forwarded_and_completed",
    "2.8 search": "test_2_8_a_customer_is_found_by_name_number_and_bill",
    "2.9 requirements": "test_2_9_alerts_and_what_must_be_paid_by_when_say_whether_to_collect",
    "3.0 to 3.4": "test_3_0_to_3_4_a_process_is_made_by_hand_with_edited_events_and_agreements",
    "3.3, 3.4 modify": "test_3_3_3_4_events_of_a_process_under_way_are_moved_added_and_cancelled",
    "3.5, 3.6 agreements": (
        "test_3_5_3_6_an_agreement_is_added_and_removed_by_hand_and_measured_at_once"
    ),
    "3.7 cancel events": "test_3_7_all_pending_events_are_cancelled_at_once",
    "3.8 cancel": "test_3_8_the_process_is_cancelled_with_a_reason",
}

ALGORITHMS = {
    "CI_ADM": "test_1_5_the_process_is_created_with_its_events_on_their_trigger_dates",
    "CI_ADM2": "test_1_7_a_full_night_reviews_who_has_not_been_reviewed",
    "CI_CET": "test_1_8_events_are_activated_on_or_after_their_trigger_date",
    "CI_CPM": "test_2_3_pending_events_are_cancelled_when_the_debt_falls_to_the_threshold",
    "COLL COND AS": "test_1_1_whoever_has_a_third_partys_service_is_asked_about_first",
    "COLL COND BG": "test_1_1_whoever_is_on_a_budget_comes_before_a_weak_credit_score",
    "COLL COND CS": "test_1_1_a_credit_rating_below_the_installations_threshold_counts",
    "COLL COND DF": "test_1_4_a_scenario_that_no_condition_names_is_for_everybody",
    "PP OVRD ARS": "test_1_3_the_debt_that_a_plan_schedules_is_no_debt_for_collections",
    "LTEX-COL": "test_1_8_1_1_a_contact_with_a_template_makes_a_letter_that_is_delivered",
    "COLL CAN PP": "test_1_8_5_2_a_cancel_event_ends_the_plan_and_its_debt_counts_again",
    "COLL EVT GEN": (
        "test_1_8_6_2_additional_activities_are_custom_actions_that_a_plug_in_carries_out"
    ),
    "COLL EVT SEV": "test_step_1_8_7_2_one_agreement_is_nominated_or_all_are",
    "SV CRIT LS, SV CRIT MMSA, SV CRIT DFLT": (
        "test_step_1_8_7_3_the_first_template_that_fits_is_taken"
    ),
    "DC COLL CAN": "test_2_2_debt_at_or_under_the_debt_classs_threshold_cancels",
    "COLL CC CPSA": "test_2_4_2_5_an_agreement_at_its_threshold_leaves_and_the_last_one_closes",
    "TD-CEVT": "test_2_6_the_night_makes_to_dos_of_broken_pay_plans",
    "CI_CAN-INF": "test_2_9_alerts_and_what_must_be_paid_by_when_say_whether_to_collect",
    "CI_TL-COL": "test_2_9_the_timeline_tells_what_happened_and_what_is_to_come",
}


@pytest.fixture
def story(world: World) -> World:
    world.policy(policy(scenario(steps="2 call?, 5 letter, 9 second call", leave="10.00")))
    world.customer()
    world.bill("100.00", "2026-05-20")
    return world


def test_every_step_and_algorithm_has_its_test():
    found = {
        name
        for path in Path(__file__).parent.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {*STEPS.values(), *ALGORITHMS.values()} <= found


def test_1_5_the_process_is_created_with_its_events_on_their_trigger_dates(story: World):
    story.nights("2026-05-28", "2026-05-29")
    assert not story.in_collections()
    # due on the 20th of May, ten days overdue on the 30th
    story.night("2026-05-30")
    dates = [story.due(name) for name in ("call", "letter", "second call")]
    assert dates == ["2026-06-01", "2026-06-04", "2026-06-08"]


def test_1_7_a_full_night_reviews_who_has_not_been_reviewed(story: World):
    """The second account debt monitor: whoever the ordinary review has left out for any reason."""
    story.night("2026-05-31")
    story.pay("100.00", "2026-06-01")
    story.night("2026-06-01")
    assert not story.in_collections()
    # nobody was told: as if another program had written the debt
    with story.database.connect() as connection:
        connection.execute("update item set open_amount = amount")
    story.night("2026-06-02")
    assert not story.in_collections()
    story.night("2026-06-03", full=True)
    assert story.in_collections()


def test_1_8_events_are_activated_on_or_after_their_trigger_date(story: World):
    story.nights("2026-05-30", "2026-06-03")
    assert story.statuses() == ["pending", "pending", "pending"]
    assert story.actions()["call"]["task_on"] == "2026-06-01"
    # the night of the trigger date is missed
    story.night("2026-06-06")
    assert story.status("letter") == "completed"
    assert story.actions()["letter"]["closed_on"] == "2026-06-06"


def test_2_3_pending_events_are_cancelled_when_the_debt_falls_to_the_threshold(story: World):
    story.nights("2026-05-30", "2026-06-04")
    story.pay("89.99", "2026-06-05")
    story.night("2026-06-05")
    assert story.in_collections()
    story.pay("0.01", "2026-06-06")
    story.night("2026-06-06")
    assert not story.in_collections()
    assert story.statuses() == ["cancelled", "completed", "cancelled"]


def test_2_9_the_timeline_tells_what_happened_and_what_is_to_come(story: World):
    story.nights("2026-05-30", "2026-06-04")
    case = story.newest_case()
    assert case["events"][0]["kind"] == "case_opened"
    to_come = [each["action"] for each in case["actions"] if each["status"] == "pending"]
    assert to_come == ["call", "second call"]


def test_3_3_3_4_events_of_a_process_under_way_are_moved_added_and_cancelled(story: World):
    story.nights("2026-05-30", "2026-06-01")
    hand = story.by_hand("2026-06-01")
    hand.reschedule(2, "2026-06-05")
    hand.add("late fee", "2026-06-03")
    hand.cancel(step=1)
    due = {name: story.due(name) for name in ("letter", "late fee", "second call")}
    assert due == {"letter": "2026-06-05", "late fee": "2026-06-03", "second call": "2026-06-08"}
    assert story.status("call") == "cancelled"
