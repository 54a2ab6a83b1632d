"""The agent's list and what is done from it, form by form."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from tests.web.conftest import Site
from tests.web.pages import places

from dunwell.domain.statuses import ActionStatus
from dunwell.features.access.actor import Permission
from dunwell.features.access.roles import PERMISSIONS, Role
from dunwell.features.payments import methods
from dunwell.features.receivables import notes


@pytest.fixture
def agent(site: Site) -> Site:
    """Jennifer, whose B1 to B4 are."""
    site.come_in("agent")
    return site


def _task(site: Site, name: str = "call", unit: str = "B2") -> dict[str, Any]:
    return site.world.actions(unit)[name]


def test_the_list_has_ones_own_tasks_the_most_overdue_first(agent: Site):
    text = agent.get("/tasks").text
    rows = text.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr")[1:]
    units = [row.partition('href="/bill-units/')[2].partition('"')[0] for row in rows]
    assert set(units) <= {"B1", "B2", "B3", "B4"}
    days = [row.partition('datetime="')[2].partition('"')[0] for row in rows]
    assert days == sorted(days)
    assert days[-1] <= "2026-03-17"
    assert "&lt;b&gt;" not in text, "B8 is nobody's"


def test_a_line_of_the_list_says_whose_it_is_and_what_why_when_and_how_much(agent: Site):
    text = agent.get("/tasks?task=call&scenario=high").text
    heads = re.findall(r"<th[^>]*>(?:<a[^>]*>)?([^<]+)", text.partition("<tbody>")[0])
    assert heads == ["Due", "Task", "Status", "Customer", "Bill unit", "Account", "Scenario",
                     "Profile", "Overdue"]  # fmt: skip
    row = text.partition("<tbody>")[2].partition("</tr>")[0]
    for said in ("Ángel Ñandú", ">A2<", ">B2<", ">high<", "default USD", ">call<", "pending",
                 'datetime="2026-03-', "1,17"):  # fmt: skip
        assert said in row, said


def test_how_somebody_pays_is_masked_and_who_holds_it_told_to_whom_may_know(site: Site):
    card = methods.Card("tok", "4242", "visa", holder="Ángel's mother")
    site.world.by_hand("2026-03-17").do(methods.add_card, "B2", card)
    handle = _task(site)["handle"]
    for role in (Role.AGENT, Role.MANAGER):
        site.come_in(role)
        told = site.get(f"/tasks/{handle}", part=True).text
        assert "…4242" in told
        may_know = Permission.UNMASK_PAYMENT in PERMISSIONS[role]
        assert ("Ángel&#39;s mother" in told) == may_know


def test_a_name_with_markup_stays_a_name(site: Site):
    site.world.by_hand("2026-03-17").assign("Jennifer", "B8")
    site.come_in("manager")
    text = site.get("/tasks?until=2026-12-31").text
    assert "O&#39;Brien &lt;b&gt;&amp; Sons&lt;/b&gt;" in text
    assert "<b>& Sons" not in text


@pytest.mark.parametrize("order", ["amount", "-amount", "name", "bill_unit_no", "-task"])
def test_the_list_is_sorted_and_goes_on_where_it_ended(agent: Site, order: str):
    whole = _units(agent.get(f"/tasks?until=2026-12-31&waiting=true&order={order}").text)
    assert len(whole) > 3
    walked = []
    answer = agent.get(f"/tasks/next?until=2026-12-31&waiting=true&order={order}")
    while answer.headers["location"] != f"/tasks?until=2026-12-31&waiting=True&order={order}":
        walked.append(answer.headers["location"].partition("?")[0].removeprefix("/tasks/"))
        query = answer.headers["location"].partition("?")[2]
        answer = agent.get(f"/tasks/next?{query}")
        assert len(walked) <= len(whole)
    assert walked == whole


def _units(text: str) -> list[str]:
    return [part.partition('"')[0] for part in text.split('data-row-link="')[1:]]


def test_the_list_is_narrowed(agent: Site):
    text = agent.get("/tasks?until=2026-12-31&scenario=high&task=call").text
    units = [part.partition('"')[0] for part in text.split('href="/bill-units/')[1:]]
    assert units == ["B2", "B4"]


def test_an_agent_cant_look_at_anothers_list(agent: Site):
    assert agent.get("/tasks?agent=Omar").status_code == 403


def test_the_panel_tells_what_one_needs_for_a_call(agent: Site):
    text = agent.get(f"/tasks/{_task(agent)['handle']}", part=True).text
    assert "<html" not in text
    for said in ("Ángel Ñandú", "+1 555 0102", "customer2@example.org", ".34", "second call"):
        assert said in text, said
    assert 'class="age-' in text


def test_the_panel_shows_the_newest_notes_with_their_day_category_and_author(agent: Site):
    told = ("moved away", "calls back", "was rude", "has a lawyer", "wants a plan", "will pay")
    hand = agent.world.by_hand("2026-03-17")
    for day, text in enumerate(told, start=1):
        noted_on = dt.date(2026, 3, day)
        hand.do(notes.write_note, "B2", text, category=f"call {day}", noted_on=noted_on)
    text = agent.get(f"/tasks/{_task(agent)['handle']}", part=True).text
    shown = re.findall(r'<article class="jotting">(.*?)</article>', text, re.DOTALL)
    newest, *others = [re.sub("<[^>]+>", " ", each).split() for each in shown]
    assert " ".join(newest) == "Mar 6, 2026 · call 6 · Grace will pay"
    assert len(others) == 4
    assert "moved away" not in text


def test_the_last_payment_is_one_that_came_not_its_reversal(agent: Site):
    handle = _task(agent)["handle"]
    paid = agent.world.pay("12.00", "2026-03-08", "B2")
    agent.world.pay("12.00", "2026-03-09", "B2", reverses=paid)
    text = agent.get(f"/tasks/{handle}", part=True).text
    last = text.partition("Last payment")[2].partition("</dd>")[0]
    assert "12" in last
    assert "−" not in last
    assert "Mar 8, 2026" in last
    assert "bounced" in last


def test_completing_says_what_moves_and_then_does_just_that(agent: Site):
    handle = _task(agent)["handle"]
    form = agent.get(f"/tasks/{handle}/complete", part=True)
    assert 'id="foresee"' in form.text
    answer = agent.post(f"/tasks/{handle}/complete", part=True, reason="reached", note="will pay")
    assert answer.headers["HX-Trigger"] == "tasks-changed"
    assert "Completed." in answer.text
    assert agent.world.status("call", "B2") == ActionStatus.COMPLETED
    (event,) = agent.world.events("action_completed", "B2")
    assert (event["actor"], event["data"]["note"]) == ("agent", "will pay")


def test_a_preview_changes_nothing_and_tells_the_truth(agent: Site):
    handle = _task(agent)["handle"]
    before = agent.world.actions("B2")
    given = {"due_on": "2026-03-30", "followers": "1", "days": "4", "reason": "asked for time"}
    shown = agent.post(f"/tasks/{handle}/reschedule", part=True, preview="1", **given).text
    assert agent.world.actions("B2") == before
    agent.post(f"/tasks/{handle}/reschedule", part=True, **given)
    after = agent.world.actions("B2")
    changed = [name for name in after if after[name]["due_on"] != before[name]["due_on"]]
    assert "second call" in changed
    for name in changed:
        assert name in shown
        assert f'datetime="{after[name]["due_on"]}"' in shown


def test_what_a_rule_forbids_is_told_in_the_form(agent: Site):
    handle = _task(agent)["handle"]
    answer = agent.post(
        f"/tasks/{handle}/reschedule", part=True, due_on="2020-01-01", reason="yesterday"
    )
    assert answer.status_code == 422
    assert "today is 2026-03-17" in answer.text
    assert 'value="yesterday"' in answer.text
    answer = agent.post(f"/tasks/{handle}/reschedule", part=True, due_on="soon", reason="x")
    assert "This isn&#39;t a date." in answer.text


def test_of_two_people_on_a_task_the_slower_one_sees_what_changed(agent: Site):
    task = _task(agent)
    path = f"/tasks/{task['handle']}/reschedule"
    seen = str(task["version"])
    agent.world.by_hand("2026-03-17").reschedule(task["step"], "2026-03-25", "B2")
    answer = agent.post(path, part=True, due_on="2026-03-20", reason="x", version=seen)
    assert answer.status_code == 422
    assert "changed meanwhile" in answer.text
    assert "Grace" in answer.text
    assert "rescheduled" in answer.text
    version = answer.text.partition('name="version" value="')[2].partition('"')[0]
    assert int(version) > int(seen)
    assert agent.world.due("call", "B2") == "2026-03-25"
    again = agent.post(path, part=True, due_on="2026-03-20", reason="x", version=version)
    assert again.status_code == 200
    assert agent.world.due("call", "B2") == "2026-03-20"


def test_cancelling_with_all_that_follow(agent: Site):
    handle = _task(agent)["handle"]
    agent.post(f"/tasks/{handle}/cancel", reason="moved away", with_following="true")
    assert agent.world.statuses("B2")[1:] == [ActionStatus.CANCELLED] * 2


def test_an_action_is_added(agent: Site):
    handle = _task(agent)["handle"]
    path = f"/tasks/{handle}/add"
    assert "late fee" in agent.get(path, part=True).text
    answer = agent.post(path, definition="late fee", due_on="2026-03-23", reason="as agreed")
    assert answer.status_code == 303
    assert agent.world.due("late fee", "B2") == "2026-03-23"


def test_a_promise_is_shown_as_a_schedule_then_made_then_revoked(agent: Site):
    handle = _task(agent)["handle"]
    path = f"/tasks/{handle}/promise"
    given = {
        "number": "2",
        "interval_days": "10",
        "first_on": "2026-03-20",
        "reason": "on the phone",
    }
    shown = agent.post(path, part=True, preview="1", **given).text
    assert 'datetime="2026-03-20"' in shown
    assert 'datetime="2026-03-30"' in shown
    assert agent.world.promises("B2") == []
    assert "Promised until Mar 30, 2026" in agent.post(path, part=True, **given).text
    assert agent.world.promise("B2").startswith("active: ")
    agent.post(f"/tasks/{handle}/revoke", part=True, reason="changed their mind")
    assert agent.world.promise("B2").startswith("revoked: ")


def test_an_instalment_is_a_task_like_others(agent: Site):
    agent.world.by_hand("2026-03-17").promise("B2", number=2, interval_days=10)
    (instalment, *_) = agent.world.promises("B2")[0]["instalments"]
    (handle,) = [
        action["handle"]
        for action in agent.world.cases("B2")[0]["actions"]
        if action["step"] == instalment["step"]
    ]
    moved = agent.post(f"/tasks/{handle}/reschedule", due_on="2026-03-21", reason="payday")
    assert moved.status_code == 303
    agent.post(f"/tasks/{handle}/complete", reason="paid in cash")
    (instalment, *_) = agent.world.promises("B2")[0]["instalments"]
    assert (instalment["due_on"], instalment["status"]) == ("2026-03-21", ActionStatus.COMPLETED)


def test_a_payment_is_recorded_once_and_posted_by_the_night(agent: Site):
    path = f"/tasks/{_task(agent)['handle']}/payment"
    form = agent.get(path, part=True).text
    key = form.partition('name="key" value="')[2].partition('"')[0]
    given = {"amount": "1,000.50", "paid_on": "2026-03-17", "method": "cash", "key": key}
    before = Decimal(agent.world.overdue("B2"))
    for _ in range(2):
        answer = agent.post(path, part=True, reference="R-17", **given)
        assert "The payment is recorded" in answer.text
    assert agent.world.credit("B2") == "1000.50"
    assert "not posted yet" in agent.get(f"/tasks/{_task(agent)['handle']}", part=True).text
    agent.world.night("2026-03-17")
    assert Decimal(agent.world.overdue("B2")) == before - Decimal("1000.50")
    answer = agent.post(path, part=True, **{**given, "amount": "7"})
    assert answer.status_code == 422, "the key was another payment's"


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        *(("-5", "more than 0"), ("1.005", "at most 2 decimals")),
        *((typed, "write it like 1,234.50") for typed in ("five", "1e3", "1_000", "1.234,50")),
    ],
)
def test_an_impossible_amount_is_told(agent: Site, amount: str, said: str):
    path = f"/tasks/{_task(agent)['handle']}/payment"
    given = {"amount": amount, "paid_on": "2026-03-17", "method": "cash", "key": "k" * 12}
    answer = agent.post(path, part=True, **given)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_note_is_written_and_read(agent: Site):
    path = f"/tasks/{_task(agent)['handle']}"
    answer = agent.post(f"{path}/note", part=True, text="Calls back on <Friday>", category="phone")
    assert "Calls back on &lt;Friday&gt;" in answer.text
    assert "Calls back on &lt;Friday&gt;" in agent.get(path, part=True).text


def test_another_brands_task_isnt_there(site: Site):
    site.world.rows("update person set brands = '{}' where login = 'agent' returning id")
    site.come_in("agent")
    handle = places(site.world)["action"]
    assert site.get(f"/tasks/{handle}").status_code == 404
    assert site.get("/tasks/9-999999").status_code == 404
    assert site.get("/tasks/nonsense").status_code == 404


def test_a_to_do_stands_among_the_actions_and_is_worked_from_there(agent: Site):
    text = agent.get("/tasks?until=2026-12-31").text
    assert "address to check" in text
    assert "address to check" in agent.get("/tasks?order=-name&until=2026-12-31").text
    assert "call</a>" not in agent.get("/tasks?task=address+to+check").text
    path = "/tasks/to-dos/" + places(agent.world)["to_do"]
    assert "The last letter came back" in agent.get(path, part=True).text
    assert "Omar has it now." in agent.post(f"{path}/give", part=True, agent="Omar").text
    assert "address to check" not in agent.get("/tasks?until=2026-12-31").text, "it is Omar's now"
    answer = agent.post(f"{path}/finish", part=True, comment="moved to Lagos")
    assert answer.headers["HX-Trigger"] == "tasks-changed"
    assert "moved to Lagos" in answer.text
    assert agent.get(f"{path}/finish", part=True).status_code == 200
    assert agent.post(f"{path}/finish", part=True).status_code == 422
