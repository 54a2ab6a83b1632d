"""What due actions leave for the outside world: letters, reminders, payments, referrals, tasks."""

from tests.policies import AGENCIES, policy, scenario
from tests.world import World


def test_a_due_call_becomes_a_task_and_stays_pending_until_a_person_closes_it(world: World):
    world.customer()
    world.policy(policy(scenario(steps="2 call, 5 letter")))
    world.bill("100.00", "2026-03-01")
    world.night("2026-03-11")
    assert world.actions()["call"]["task_on"] is None
    report = world.night("2026-03-13")
    assert report.actions == {"manual": {"pending": 1}}
    assert world.actions()["call"]["task_on"] == "2026-03-13"
    # it is handed out once
    assert world.night("2026-03-14").actions == {}
    # without dependencies nothing waits for it
    assert world.night("2026-03-16").actions == {"dunning_letter": {"completed": 1}}
    world.by_hand("2026-03-18").complete(step=1)
    assert world.actions()["call"]["closed_on"] == "2026-03-18"
    (done,) = world.events("action_completed")
    assert (done["actor"], done["date"], done["data"]["action"]) == ("Grace", "2026-03-18", "call")


def test_an_invoice_reminder_waits_as_a_row_with_its_data(world: World):
    world.customer(locale="de_DE", email="ada@example.org")
    world.policy(policy(scenario(steps="2 reminder")))
    world.bill("100.00", "2026-03-01", bill_no="MARCH")
    world.nights("2026-03-11", "2026-03-13")
    ((template, locale, status, data),) = world.rows(
        "select template, locale, status, data from reminder_message"
    )
    assert (template, locale, status) == ("with-the-invoice", "de_DE", "ready")
    assert (data["overdue_amount"], data["currency"]) == ("100.00", "USD")
    assert data["account"]["email"] == "ada@example.org"
    assert [bill["bill_no"] for bill in data["bills"]] == ["MARCH"]


def test_collect_payment_asks_for_what_is_overdue(world: World):
    world.customer(pay_type="card")
    world.policy(policy(scenario(steps="2 late fee, 2 collect")))
    world.bill("100.00", "2026-03-01")
    world.bill("70.00", "2026-04-01")
    world.nights("2026-03-11", "2026-03-13")
    assert world.rows(
        "select amount::numeric(10, 2)::text, currency, status, made_on::text from payment_attempt"
    ) == [("100.00", "USD", "ready", "2026-03-13")]


def test_cases_go_to_the_agency_with_the_least_open_debt(world: World):
    world.policy(policy(scenario(steps="1 Refer to collections agency"), more=AGENCIES))
    for number, amount, due in (
        ("B1", "100.00", "2026-03-01"),
        ("B2", "30.00", "2026-03-02"),
        ("B3", "40.00", "2026-03-03"),
        ("B4", "50.00", "2026-03-04"),
    ):
        world.customer(number)
        world.bill(amount, due, number)
    world.nights("2026-03-11", "2026-03-14")
    # Fair Recovery 0, Kind Collections 0; 100 and 0; 100 and 30; then B1 pays
    world.pay("100.00", "2026-03-15", "B1")
    world.night("2026-03-15")
    found = world.rows(
        """
        select bill_unit.bill_unit_no, agency.name
        from agency_referral
        join agency on agency.id = agency_referral.agency_id
        join bill_unit on bill_unit.account_id = agency_referral.account_id
            and bill_unit.id = agency_referral.bill_unit_id
        """
    )
    assert dict(found) == {
        "B1": "Fair Recovery",
        "B2": "Kind Collections",
        "B3": "Kind Collections",
        "B4": "Fair Recovery",
    }


def test_without_an_agency_the_referral_is_in_error_and_says_so(world: World):
    world.customer()
    world.policy(policy(scenario(steps="1 Refer to collections agency, 1 letter")))
    world.bill("100.00", "2026-03-01")
    report = world.night("2026-03-12")
    assert report.actions == {
        "dunning_letter": {"completed": 1},
        "refer_to_agency": {"error": 1},
    }
    message = "The brand has no such agency; add one to the policy, then retry."
    assert world.message("Refer to collections agency") == message
    (done,) = world.events("actions_performed")
    assert done["data"]["actions"][0]["message"] == message


def test_a_custom_action_that_nobody_carries_out_stays_pending_and_is_named_each_night(
    world: World,
):
    world.customer()
    world.policy(policy(scenario(steps="2 visit, 3 letter")))
    world.bill("100.00", "2026-03-01")
    reports = world.nights("2026-03-11", "2026-03-16")
    assert [report.unhandled for report in reports] == [[], [], *[["visit"]] * 4]
    assert [report.actions.get("custom") for report in reports[2:]] == [{"pending": 1}] * 4
    assert world.statuses() == ["pending", "completed"]
    world.pay("100.00", "2026-03-17")
    assert world.night("2026-03-17").unhandled == []
