"""The page of a bill unit: how it stands, its parts, and what one can do there."""

import datetime as dt
import re
from typing import Any

import pytest
from babel import Locale
from playwright.sync_api import expect
from tests.web import town
from tests.web.conftest import BrowserAs, Site

from dunwell.domain.statuses import ActionStatus
from dunwell.features.alerts.registry import Outside
from dunwell.features.alerts.service import set_alert
from dunwell.web import languages
from dunwell.web.bill_units import standing

OFFERED = re.compile(r'href="/bill-units/[^"/]+/do/(\w+)"')


def _verbs(text: str) -> set[str]:
    return set(OFFERED.findall(text))


def test_it_says_why_it_is_here_and_what_happens_next(shared: Site):
    shared.come_in("agent")
    text = shared.get("/bill-units/B1").text
    assert "In collections since Mar 11, 2026: 30.00\u00a0USD was at least 10 days overdue" in text
    assert "Somebody has to do: call. Next: letter on Mar 21, 2026 (in 4 days)." in text
    assert "It leaves when nothing is overdue any more." in text


def test_sentences_write_amounts_and_names_as_their_readers_do():
    below = {"code": "below_minimum", "value": "1234.50", "threshold": "2000.0000"}
    strange: dict[str, Any] = {"action": "مكالمة", "status": "pending", "task_on": "2026-03-01"}
    strange |= {"due_on": "2026-03-01", "step": 1}
    case = {"actions": [strange], "exit_amount": "0"}
    languages.use(Locale("de"))
    try:
        said = standing.why_not({"why": below, "currency": "EUR"})
        assert "1.234,50\u00a0EUR" in said
        assert "2.000,00\u00a0EUR" in said
        unasked = {"code": "pay_type", "value": "cash"}
        assert "bar" in standing.why_not({"why": unasked, "currency": "EUR"})
        family = {"role": "member", "group": "Familie", "parent": "B6"}
        member = {"why": {"code": "member", "value": "member of"}, "sharing_group": family}
        assert standing.why_not(member) == (
            "Es ist nicht im Mahnwesen: B6 steht in der Gruppe Familie für seine Schulden ein."
        )
        told = standing.what_next(case, town.TODAY, held_until=None, promise=None)
    finally:
        languages.use(Locale("en"))
    assert "\u2068مكالمة\u2069." in told[0], "the full stop stays behind it"


def test_its_timeline_has_the_past_with_reasons_and_the_future_with_dates(shared: Site):
    shared.come_in("agent")
    line = shared.get("/bill-units/B1").text.partition('<ol class="timeline">')[2]
    past, _today, future = line.partition("Today</strong>")
    assert "Entered collections" in past
    assert "30.00\u00a0USD was at least 10 days overdue" in past
    assert "Assigned to Jennifer" in past
    assert 'datetime="2026-03-21"' in future
    assert "<strong>letter</strong>" in future


def test_a_letter_opens_as_it_was_sent(site: Site):
    of = "bill_unit_id = (select id from bill_unit where bill_unit_no = 'B2')"
    (row,) = site.world.rows(
        "insert into letter_document"
        " (account_id, letter_id, content, media_type, sha256, message_id, facts)"
        " select account_id, id, '%PDF-1.7', 'application/pdf', '', '<2@example.org>', '{}'"
        f" from letter where {of} limit 1 returning letter_id"
    )
    site.come_in("agent")
    address = f"/bill-units/B2/letters/{row[0]}/document"
    assert f'href="{address}"' in site.get("/bill-units/B2/letters").text
    answer = site.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content == b"%PDF-1.7"


def test_one_without_a_case_says_why_not(shared: Site):
    shared.come_in("agent")
    assert "It isn&#39;t in collections: nothing is overdue." in shared.get("/bill-units/B7").text


def test_a_treatment_is_offered_to_whom_the_experiment_is_about(shared: Site):
    shared.come_in("manager")
    offered = {
        number: "treat" in _verbs(shared.get(f"/bill-units/{number}").text)
        for number in ("B1", "B7", "B8")
    }
    assert offered == {"B1": True, "B7": True, "B8": False}, "B8 is in yen"
    assert "wait · low" in shared.get("/bill-units/B1/do/treat").text
    assert "wait · low" not in shared.get("/bill-units/B8/do/treat").text


def test_names_and_numbers_are_escaped(shared: Site):
    shared.come_in("agent")
    text = shared.get("/bill-units/B8").text
    assert "<b>& Sons" not in text
    assert "&lt;b&gt;&amp; Sons" in text
    answer = shared.get("/bill-units/%3Cscript%3E")
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_a_part_comes_alone_for_htmx_and_whole_without(shared: Site):
    shared.come_in("agent")
    part, whole = (shared.get("/bill-units/B2/bills", part=each).text for each in (True, False))
    assert "1,150" in part
    assert "<html" not in part
    assert "1,150" in whole
    assert "Why is it here?" in whole


def test_who_may_not_is_not_offered_it(shared: Site):
    shared.come_in("manager")
    assert {"hold", "exempt", "replace", "stop", "promise"} <= _verbs(
        shared.get("/bill-units/B1").text
    )
    shared.come_in("policy_owner")
    assert _verbs(shared.get("/bill-units/B1").text) == set()
    assert shared.get("/bill-units/B1/do/hold").status_code == 403


def test_only_what_makes_sense_is_offered(shared: Site):
    shared.come_in("manager")
    offered = _verbs(shared.get("/bill-units/B7").text)
    assert "place" in offered
    assert not offered & {"replace", "stop", "promise", "revoke", "lift_hold", "lift_exemption"}


def test_a_hold_is_put_and_ended(site: Site):
    site.come_in("manager")
    answer = site.post("/bill-units/B1/do/hold", until="2026-03-30", reason="asked for time")
    assert answer.status_code == 303
    text = site.get("/bill-units/B1").text
    assert "on hold until Mar 30, 2026" in text
    assert "Nothing is done until Mar 30, 2026: it is on hold." in text
    assert site.post("/bill-units/B1/do/lift_hold", reason="sorted out").status_code == 303
    assert "on hold until" not in site.get("/bill-units/B1").text
    history = site.get("/bill-units/B1/history").text
    assert "asked for time" in history
    assert "sorted out" in history


def test_what_is_refused_stands_above_the_form_with_what_was_typed(site: Site):
    site.come_in("manager")
    answer = site.post("/bill-units/B1/do/hold", until="2026-03-01", reason="asked for time")
    assert answer.status_code == 422
    assert "before it starts" in answer.text
    assert 'value="asked for time"' in answer.text
    answer = site.post("/bill-units/B1/do/hold", part=True, until="2026-03-30")
    assert answer.status_code == 422
    assert "This is needed." in answer.text
    assert "<html" not in answer.text


def test_an_exemption_says_that_the_case_leaves(site: Site):
    site.come_in("manager")
    assert site.post("/bill-units/B1/do/exempt", reason="hardship").status_code == 303
    text = site.get("/bill-units/B1").text
    assert "It leaves with the next night: it is exempt." in text
    site.world.night("2026-03-17")
    assert "It isn&#39;t in collections: it is exempt." in site.get("/bill-units/B1").text


def test_a_promise_is_seen_before_it_is_made(site: Site):
    site.come_in("agent")
    given: dict[str, Any] = {
        "number": "2",
        "interval_days": "14",
        "first_on": "2026-03-20",
        "reason": "called",
    }
    answer = site.post("/bill-units/B3/do/promise", preview="true", **given)
    assert answer.status_code == 200
    assert "Apr 3, 2026" in answer.text
    assert "Nothing was ever promised." in site.get("/bill-units/B3/promises").text
    assert site.post("/bill-units/B3/do/promise", **given).status_code == 303
    text = site.get("/bill-units/B3/promises").text
    assert text.count("pending") == 2
    answer = site.post("/bill-units/B3/do/revoke", reason="cannot pay")
    assert answer.headers["location"] == "/bill-units/B3/promises"
    assert "revoked" in site.get("/bill-units/B3/promises").text


def test_an_instalment_moves(site: Site):
    site.come_in("agent")
    site.post("/bill-units/B3/do/promise", number="1", first_on="2026-03-20", reason="called")
    task = re.search(r"reschedule\?of=([-\d]+)", site.get("/bill-units/B3/promises").text)
    assert task
    path = f"/bill-units/B3/do/reschedule?of={task[1]}"
    assert site.post(path, due_on="2026-03-25", reason="salary").status_code == 303
    assert "Mar 25, 2026" in site.get("/bill-units/B3/promises").text
    answer = site.post(path.replace(task[1], "nonsense"), due_on="2026-03-25", reason="x")
    assert answer.status_code == 404


def test_a_scenario_is_replaced_and_stopped_and_placed(site: Site):
    site.come_in("manager")
    form = site.get("/bill-units/B2/do/replace").text
    assert "✔" in form
    answer = site.post("/bill-units/B1/do/replace", scenario="high", reason="large customer")
    assert answer.status_code == 303
    assert "Scenario replaced by hand: high instead of low" in site.get("/bill-units/B1").text
    assert site.post("/bill-units/B1/do/stop", reason="a mistake").status_code == 303
    assert "exited collections</span>" in site.get("/bill-units/B1").text
    answer = site.post(
        "/bill-units/B1/do/place", scenario="low", steps="3 call\n9 letter ?", reason="by hand"
    )
    assert answer.status_code == 303
    (case,) = [each for each in site.world.cases("B1") if each["status"] == "open"]
    assert [(step["action"], step["mandatory"]) for step in case["actions"]] == [
        ("call", True),
        ("letter", False),
    ]
    answer = site.post("/bill-units/B4/do/place", scenario="low", steps="call", reason="by hand")
    assert "isn’t a step" in answer.text.replace("&#39;", "’")


def test_an_action_is_done_by_hand(site: Site):
    site.come_in("agent")
    case = site.world.cases("B1")[0]
    call = next(each for each in case["actions"] if each["action"] == "call")
    text = site.get("/bill-units/B1").text
    assert f"/do/complete?of={call['handle']}" in text
    answer = site.post(f"/bill-units/B1/do/complete?of={call['handle']}", reason="reached")
    assert answer.status_code == 303
    assert site.world.actions("B1")["call"]["status"] == ActionStatus.COMPLETED


def test_completing_shows_what_moves_along_here_too(site: Site):
    site.come_in("agent")
    call = site.world.actions("B2")["call"]
    path = f"/bill-units/B2/do/reschedule?of={call['handle']}"
    given: dict[str, Any] = {"due_on": "2026-03-30", "followers": "1", "days": "4"}
    before = site.world.actions("B2")
    shown = site.post(path, preview="1", **given).text
    assert site.world.actions("B2") == before
    site.post(path, reason="asked for time", **given)
    after = site.world.actions("B2")
    changed = [name for name in after if after[name]["due_on"] != before[name]["due_on"]]
    assert "second call" in changed
    for name in changed:
        assert f'datetime="{after[name]["due_on"]}"' in shown
    other = site.get(f"/bill-units/B1/do/complete?of={call['handle']}")
    assert other.status_code == 404, "B2's action isn't B1's"


def test_a_payment_is_taken_and_the_night_of_the_bill_unit_alone_posts_it(site: Site):
    site.come_in("service_rep")
    form = site.get("/bill-units/B1/do/payment").text
    key = form.partition('name="key" value="')[2].partition('"')[0]
    given: dict[str, Any] = {
        "amount": "60.00",
        "paid_on": "2026-03-17",
        "method": "cash",
        "key": key,
    }
    answer = site.post("/bill-units/B1/do/payment", **given)
    assert answer.headers["location"] == "/bill-units/B1/payments"
    assert site.post("/bill-units/B1/do/night").status_code == 403
    site.come_in("operator")
    assert "night" in _verbs(site.get("/bill-units/B1").text)
    assert site.post("/bill-units/B1/do/night").status_code == 303
    text = site.get("/bill-units/B1").text
    assert "It has left collections." in text
    assert "It isn&#39;t in collections" in text
    assert "In collections since" in site.get("/bill-units/B2").text


def test_of_several_cases_one_is_chosen(site: Site):
    """A second debt class, so that a second case is open beside the first."""
    site.world.rows(
        "insert into debt_class (name) values ('energy') returning id",
    )
    site.world.rows(
        """
        insert into collection_case
        select (jsonb_populate_record(collection_case, jsonb_build_object(
            'id', 900000, 'debt_class_id', (select max(id) from debt_class)
        ))).*
        from collection_case where id = 1
        returning id
        """
    )
    site.come_in("manager")
    form = site.get("/bill-units/B1/do/stop").text
    assert "Which case" in form
    assert "energy · low" in form
    answer = site.post("/bill-units/B1/do/stop", reason="which one?")
    assert answer.status_code == 422
    assert "say which one" in answer.text
    account = re.search(r'value="(\d+)-900000"', form)
    assert account
    site.post("/bill-units/B1/do/stop", reason="this one", case=f"{account[1]}-900000")
    open_ones = [case for case in site.world.cases("B1") if case["status"] == "open"]
    assert [case["debt_class"] for case in open_ones] == ["standard"]


def test_two_people_on_the_same_action_are_told(site: Site):
    site.come_in("agent")
    case = site.world.cases("B1")[0]
    call = next(each for each in case["actions"] if each["action"] == "call")
    path = f"/bill-units/B1/do/reschedule?of={call['handle']}"
    version = str(call["version"])
    given: dict[str, Any] = {"version": version, "reason": "busy"}
    assert site.post(path, due_on="2026-03-20", **given).status_code == 303
    answer = site.post(path, due_on="2026-03-23", **given)
    assert answer.status_code == 422
    assert "changed" in answer.text


def test_who_adds_an_action_to_a_case_that_was_changed_meanwhile_is_told(site: Site):
    site.come_in("agent")
    version = str(site.world.cases("B1")[0]["version"])
    given: dict[str, Any] = {"definition": "call", "due_on": "2026-04-20", "reason": "asked"}
    assert site.post("/bill-units/B1/do/add", **given, version=version).status_code == 303
    answer = site.post("/bill-units/B1/do/add", **given, version=version)
    assert answer.status_code == 422
    assert "changed" in answer.text


def test_a_group_is_made_grown_left_renamed_and_ended(site: Site):
    site.come_in("manager")
    why: dict[str, Any] = {"reason": "they asked for it"}
    answer = site.post("/bill-units/B2/do/make_group", name="family", members="B3", **why)
    assert answer.status_code == 303
    assert site.post("/bill-units/B2/do/add_members", members="B1, B4").status_code == 422
    assert site.post("/bill-units/B2/do/add_members", members="B1, B4", **why).status_code == 303
    text = site.get("/bill-units/B2/group").text
    assert all(f"/bill-units/{number}/group" in text for number in ("B1", "B3", "B4"))
    assert site.post("/bill-units/B2/do/leave_group?of=B4", **why).status_code == 303
    assert "/bill-units/B4/group" not in site.get("/bill-units/B2/group").text
    assert "It isn&#39;t in collections" in site.get("/bill-units/B7").text
    assert site.post("/bill-units/B2/do/rename_group", name="clan", **why).status_code == 303
    assert "<h2>clan</h2>" in site.get("/bill-units/B2/group").text
    in_collections = site.post("/bill-units/B2/do/delete_group", **why)
    assert (in_collections.status_code, "in collections" in in_collections.text) == (422, True)


def test_explain_tells_every_criterion_on_any_day(shared: Site):
    shared.come_in("agent")
    text = shared.get("/bill-units/B1/explain?date=2026-02-25").text
    assert "It isn&#39;t in collections: nothing has been overdue long enough." in text
    assert "amount at least 10 days overdue" in text
    assert shared.get("/bill-units/B1/explain?date=1700-01-01").status_code == 200
    assert shared.get("/bill-units/B1/explain?date=x").status_code == 422


@pytest.mark.parametrize("query", ["ada", "B1", "a1", "+1 555 0101", "customer1@"])
def test_the_search_finds_a_customer(shared: Site, query: str):
    shared.come_in("agent")
    part = shared.post("/search", part=True, q=query)
    assert "/bill-units/B1" in part.text


def test_a_whole_number_leads_straight_there(shared: Site):
    shared.come_in("agent")
    answer = shared.post("/search", q="b3")
    assert (answer.status_code, answer.headers["location"]) == (303, "/bill-units/B3")
    assert "begins with “zzz”" in shared.seek("/search", q="zzz").text


def test_a_representatives_morning(browser_as: BrowserAs, today: dt.date):
    """Search, look why it is here, put it on hold, promise; by keyboard where keys are quicker."""
    assert today == town.TODAY
    with browser_as("manager") as visit:
        page = visit.go("/bill-units/B7")
        page.keyboard.press("/")
        page.keyboard.type("ángel ña")
        page.get_by_role("link", name="Ángel Ñandú").click()
        page.wait_for_url("**/bill-units/B2")
        visit.assert_accessible()
        assert "In collections since" in page.locator(".why").inner_text()
        page.get_by_role("link", name="Why / why not").click()
        page.get_by_text("Its profile's scenarios").wait_for()
        visit.assert_accessible()
        page.keyboard.press("h")
        page.get_by_role("heading", name="Put on hold").wait_for()
        page.get_by_label("Reason").fill("asked for time")
        page.locator("#doing button", has_text="Put on hold").click()
        page.get_by_text("It is on hold until").wait_for()
        page.get_by_role("button", name="Promise to pay").click()
        page.get_by_label("Instalments").fill("4")
        page.locator("#doing").get_by_label("What was agreed").fill("called")
        expect(page.locator("#foresee table").first.locator("tr")).to_have_count(4)
        visit.assert_accessible()
        page.locator("#doing button", has_text="Promise to pay").click()
        page.get_by_text("the other actions wait until then").wait_for()
        assert page.locator(".promise tbody tr").count() == 4
        page.go_back()
        page.go_forward()
        assert page.locator(".promise tbody tr").count() == 4
        for part in ("bills", "payments", "letters", "group", "notes", "history"):
            visit.go(f"/bill-units/B2/{part}")
            visit.assert_accessible()


def test_what_one_should_know_stands_at_the_top(site: Site):
    hand = site.world.by_hand(town.TODAY)
    hand.demerit(-300, bill_unit_no="B7")
    hand.do(set_alert, "A7", Outside.DECLARATION, "D-1", text="<b>insolvent</b>")
    site.come_in("agent")
    text = site.get("/bill-units/B7").text
    assert "poor credit rating: <bdi>400</bdi>" in text
    assert "declaration: <bdi>&lt;b&gt;insolvent&lt;/b&gt;</bdi>" in text
