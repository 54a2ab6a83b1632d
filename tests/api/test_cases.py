"""Agents and managers at cases, over the API: found, worked on, stopped, replaced, placed."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.api.conftest import Desk
from tests.policies import policy, scenario
from tests.prepared import CopyOf
from tests.world import World

from dunwell.db import locks
from dunwell.db.database import Database
from dunwell.features.access.actor import Permission

V = "/api/v1"
AGENTS = '[[agents]]\nname = "Jennifer"\nsupervisor = "Larry"\n[[agents]]\nname = "Larry"\n'
AGENTS += 'role = "manager"\n'
WHY = {"reason": "customer asked"}

Headers = dict[str, str]


def _chased(world: World) -> None:
    """Two customers in collections since 11 March 2026."""
    other = scenario("gentle", entry="10.00", days=5, severity=2, steps="400 call")
    world.policy(policy(scenario(steps="5 call, 20 late fee, 30 second call?"), other, more=AGENTS))
    world.customer("B1", name="Ada Okafor")
    world.customer("B2", name="Bo Larsen")
    world.bill("80.00", "2026-03-01", "B1")
    world.bill("120.00", "2026-03-01", "B2")
    world.nights("2026-03-11", "2026-03-20")


@pytest.fixture
def world(copy_of: CopyOf) -> World:
    return copy_of(_chased)


@pytest.fixture
def database(world: World) -> Database:
    return world.database


@pytest.fixture
def headers(desk: Desk) -> Headers:
    """A key that may do everything."""
    return desk.key(brands=["default"])


def _case(desk: Desk, headers: Headers, number: str = "B1") -> dict[str, Any]:
    items = desk.client.get(f"{V}/bill-units/{number}/cases", headers=headers).json()["items"]
    return dict(items[0])


def _action(case: dict[str, Any], name: str) -> dict[str, Any]:
    return next(action for action in case["actions"] if action["action"] == name)


def _post(desk: Desk, headers: Headers, path: str, /, **given: Any) -> Any:
    return desk.client.post(f"{V}{path}", headers=headers, json={**WHY, **given})


def test_cases_are_found_by_what_one_looks_for_page_by_page(desk: Desk, headers: Headers):
    first = desk.client.get(f"{V}/cases", headers=headers, params={"limit": 1}).json()
    assert [(row["bill_unit_no"], row["overdue"]) for row in first["items"]] == [
        ("B2", {"amount": "120.00", "currency": "USD"})
    ]
    following = {"limit": 1, "after": first["next"]}
    second = desk.client.get(f"{V}/cases", headers=headers, params=following).json()
    assert [row["bill_unit_no"] for row in second["items"]] == ["B1"]
    assert second["next"] is None
    wanted: list[tuple[dict[str, str], list[str]]] = [
        ({"name": "ada"}, ["B1"]),
        ({"overdue_amount_from": "100"}, ["B2"]),
        ({"assigned": "true"}, []),
        ({"days_overdue_from": "19", "order": "bill_unit_no"}, ["B1", "B2"]),
        ({"billed_from": "2026-03-01"}, []),
    ]
    for criteria, expected in wanted:
        found = desk.client.get(f"{V}/cases", headers=headers, params=criteria).json()
        assert [row["bill_unit_no"] for row in found["items"]] == expected, criteria
    wrong = desk.client.get(f"{V}/cases", headers=headers, params={"after": "nonsense"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_input")


def test_a_case_shows_its_actions_and_its_version(desk: Desk, headers: Headers):
    listed = _case(desk, headers)
    answer = desk.client.get(f"{V}/cases/{listed['handle']}", headers=headers)
    assert answer.json() == listed
    assert answer.headers["ETag"] == f'"{listed["version"]}"'
    assert [action["action"] for action in listed["actions"]] == ["call", "late fee", "second call"]
    for number in ("99-1", "999999999999999999-1"):
        for method, path in (("GET", ""), ("POST", "/stop")):
            answer = desk.client.request(
                method, f"{V}/cases/{number}{path}", headers=headers, json=WHY
            )
            assert answer.status_code == 404


def test_a_completed_action_tells_what_it_is_now_and_who_did_it(desk: Desk, headers: Headers):
    call = _action(_case(desk, headers), "call")
    address = f"/actions/{call['handle']}"
    answer = _post(desk, headers, f"{address}/complete", note="promised to pay")
    assert (answer.status_code, answer.json()["action"]["status"]) == (200, "completed")
    assert answer.headers["ETag"] == f'"{call["version"] + 1}"'
    history = desk.client.get(f"{V}{address}/history", headers=headers).json()["items"]
    assert (history[-1]["kind"], history[-1]["actor"]) == ("action_completed", "key billing")
    assert history[-1]["data"]["reason"] == "customer asked"
    again = _post(desk, headers, f"{address}/complete")
    assert (again.status_code, again.json()["rule"]) == (422, "action_closed")


def test_of_two_who_change_an_action_the_second_is_told_by_whom(desk: Desk, headers: Headers):
    call = _action(_case(desk, headers), "second call")
    address, seen = f"/actions/{call['handle']}", {"If-Match": f'"{call["version"]}"'}
    other = desk.key(name="crm")
    moved = _post(desk, {**other, **seen}, f"{address}/reschedule", due_on="2026-05-01")
    assert (moved.status_code, moved.json()["action"]["due_on"]) == (200, "2026-05-01")
    late = _post(desk, {**headers, **seen}, f"{address}/cancel")
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert "action rescheduled, by key crm on 2026-03-20" in late.json()["detail"]
    assert _action(_case(desk, headers), "second call")["status"] == "pending"


def test_cancelling_with_all_that_follow(desk: Desk, headers: Headers):
    fee = _action(_case(desk, headers), "late fee")
    answer = _post(desk, headers, f"/actions/{fee['handle']}/cancel", with_following=True).json()
    assert answer["action"]["status"] == "cancelled"
    assert [(other["action"], other["status"]) for other in answer["others"]] == [
        ("second call", "cancelled")
    ]


def test_several_actions_move_together_or_not_at_all(desk: Desk, headers: Headers):
    calls = [_action(_case(desk, headers, number), "second call") for number in ("B1", "B2")]
    dates = [{"action": call["handle"], "due_on": "2026-05-04"} for call in calls]
    moved = _post(desk, headers, "/actions/reschedule", actions=dates)
    assert [each["action"]["due_on"] for each in moved.json()["items"]] == ["2026-05-04"] * 2
    dates[1]["due_on"] = "2026-03-01"
    refused = _post(
        desk,
        headers,
        "/actions/reschedule",
        actions=[{**dates[0], "due_on": "2026-06-01"}, dates[1]],
    )
    assert (refused.status_code, refused.json()["rule"]) == (422, "date_in_past")
    assert _action(_case(desk, headers), "second call")["due_on"] == "2026-05-04"


def test_an_action_that_is_added_executed_and_charges_its_fee(desk: Desk, headers: Headers):
    case = _case(desk, headers)
    added = _post(
        desk,
        headers,
        f"/cases/{case['handle']}/actions",
        action="late fee",
        due_on="2026-03-20",
    )
    assert added.status_code == 201, added.text
    address = added.headers["Location"].removeprefix(V)
    assert added.json()["action"]["made_by"] == "key billing"
    done = _post(desk, headers, f"{address}/execute").json()
    assert (done["action"]["status"], done["failure"]) == ("completed", None)
    charges = desk.client.get(f"{V}/bill-units/B1/charges", headers=headers).json()["items"]
    assert [charge["amount"] for charge in charges] == [{"amount": "5.00", "currency": "USD"}]
    assert f"/actions/{charges[0]['action']}" == address
    desk.world.check()


def test_what_an_added_collection_takes_can_be_changed_and_emptied(desk: Desk, headers: Headers):
    case = _case(desk, headers)
    card = desk.client.post(
        f"{V}/bill-units/B1/payment-methods",
        headers=headers,
        json={"kind": "card", "token": "tok_1", "last_four": "4242"},
    )
    method = card.json()["handle"]
    added = _post(
        desk,
        headers,
        f"/cases/{case['handle']}/actions",
        action="collect",
        due_on="2026-03-25",
        amount="30.00",
        payment_method=method,
    )
    address = f"{added.headers['Location']}/payment-details"
    for given, expected in (
        ({"amount": "25.50"}, {"amount": "25.50", "payment_method": method}),
        ({"payment_method": None}, {"amount": "25.50"}),
        ({"amount": None}, {}),
    ):
        answer = desk.client.patch(address, headers=headers, json={**WHY, **given})
        assert answer.json()["action"]["parameters"] == expected
    wrong = desk.client.patch(address, headers=headers, json={**WHY, "amount": "1.001"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_input")
    number = desk.client.patch(address, headers=headers, json={**WHY, "amount": 1.5})
    assert (number.status_code, number.json()["code"]) == (422, "bad_request")


def test_a_payment_method_is_made_with_the_action_that_collects_from_it(
    desk: Desk, headers: Headers
):
    case = _case(desk, headers)
    given = {
        "action": "collect",
        "due_on": "2026-03-25",
        "new_payment_method": {"kind": "card", "token": "tok_9", "last_four": "4242"},
    }
    address = f"/cases/{case['handle']}/actions"
    fewer = desk.key(Permission.VIEW, Permission.WORK_ACTIONS, brands=["default"], name="fewer")
    assert _post(desk, fewer, address, **given).status_code == 403
    both = _post(desk, headers, address, **given, payment_method="1-1")
    assert (both.status_code, both.json()["code"]) == (422, "bad_input")
    # what is refused afterwards leaves no method behind
    early = _post(desk, headers, address, **{**given, "due_on": "2026-01-01"})
    assert early.status_code == 422
    kept = f"{V}/bill-units/B1/payment-methods"
    assert desk.client.get(kept, headers=headers).json()["items"] == []
    added = _post(desk, headers, address, **given).json()
    (method,) = desk.client.get(kept, headers=headers).json()["items"]
    assert added["action"]["parameters"] == {"payment_method": method["handle"]}


def test_a_payment_method_is_made_with_the_change_that_collects_from_it(
    desk: Desk, headers: Headers
):
    case = _case(desk, headers)
    added = _post(
        desk, headers, f"/cases/{case['handle']}/actions", action="collect", due_on="2026-03-25"
    ).json()["action"]
    address = f"{V}/actions/{added['handle']}/payment-details"
    new = {"new_payment_method": {"kind": "card", "token": "tok_9", "last_four": "4242"}, **WHY}
    scopes = (Permission.VIEW, Permission.UPDATE_PAYMENT)
    fewer = desk.key(*scopes, brands=["default"], name="fewer")
    assert desk.client.patch(address, headers=fewer, json=new).status_code == 403
    both = desk.client.patch(address, headers=headers, json={**new, "payment_method": "1-1"})
    assert (both.status_code, both.json()["code"]) == (422, "bad_input")
    # what is refused afterwards leaves no method behind
    stale = {**headers, "If-Match": '"99"'}
    assert desk.client.patch(address, headers=stale, json=new).status_code == 412
    kept = f"{V}/bill-units/B1/payment-methods"
    assert desk.client.get(kept, headers=headers).json()["items"] == []
    changed = desk.client.patch(address, headers=headers, json={**new, "amount": "5.00"}).json()
    (method,) = desk.client.get(kept, headers=headers).json()["items"]
    expected = {"amount": "5.00", "payment_method": method["handle"]}
    assert changed["action"]["parameters"] == expected


def test_a_case_is_stopped_once_however_often_it_is_sent(desk: Desk, headers: Headers):
    case = _case(desk, headers)
    keyed = {**headers, "Idempotency-Key": "stop-1", "If-Match": f'"{case["version"]}"'}
    answers = [_post(desk, keyed, f"/cases/{case['handle']}/stop") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["close_reason"] == "stopped"
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    closed = _post(desk, headers, f"/cases/{case['handle']}/stop")
    assert (closed.status_code, closed.json()["rule"]) == (422, "case_closed")


def test_another_scenario_is_chosen_from_the_valid_ones(desk: Desk, headers: Headers):
    offers = desk.client.get(f"{V}/bill-units/B1/scenarios", headers=headers).json()["items"]
    assert {offer["scenario"]: offer["valid"] for offer in offers} == {
        "reminders": True,
        "gentle": True,
    }
    case = _case(desk, headers)
    replaced = _post(desk, headers, f"/cases/{case['handle']}/replace", scenario="gentle")
    assert (replaced.status_code, replaced.json()["scenario"]) == (201, "gentle"), replaced.text
    assert _case(desk, headers)["handle"] == replaced.json()["handle"]
    best = _post(desk, headers, f"/cases/{replaced.json()['handle']}/replace")
    assert best.json()["scenario"] == "reminders"
    desk.world.check()


def test_a_bill_unit_is_put_into_a_scenario_with_its_steps_edited(desk: Desk, headers: Headers):
    _post(desk, headers, f"/cases/{_case(desk, headers)['handle']}/stop")
    steps = [{"day": 3, "action": "second call"}]
    placed = _post(desk, headers, "/bill-units/B1/cases", scenario="gentle", steps=steps)
    assert placed.status_code == 201, placed.text
    assert placed.json()["placed_by"] == "key billing"
    assert [(each["action"], each["due_on"]) for each in placed.json()["actions"]] == [
        ("second call", "2026-03-23")
    ]
    twice = _post(desk, headers, "/bill-units/B1/cases", scenario="gentle")
    assert (twice.status_code, twice.json()["rule"]) == (422, "in_collections")
    none = _post(desk, headers, "/bill-units/B1/cases", scenario="gentle", steps=[])
    assert none.status_code == 422


def test_bill_units_are_assigned_together_and_become_tasks(desk: Desk, headers: Headers):
    wrong = _post(desk, headers, "/cases/assign", bill_unit_nos=["B1", "nobody"], agent="Jennifer")
    assert (wrong.status_code, "'nobody'" in wrong.json()["detail"]) == (404, True)
    done = _post(desk, headers, "/cases/assign", bill_unit_nos=["B1", "B2"], agent="Jennifer")
    assert (done.status_code, len(done.json()["cases"])) == (200, 2)
    desk.person("jen", "agent", agent="Jennifer")
    jennifer = desk.log_in("jen")
    tasks = desk.client.get(
        f"{V}/tasks", headers=jennifer, params={"due_until": "2026-03-31"}
    ).json()["items"]
    assert [(task["bill_unit_no"], task["task"], task["days_late"]) for task in tasks] == [
        ("B1", "call", 4),
        ("B2", "call", 4),
        ("B1", "late fee", 0),
        ("B2", "late fee", 0),
    ]
    (load,) = desk.client.get(f"{V}/workload", headers=jennifer).json()["items"]
    # what comes is what is due within a week
    assert (load["cases"], load["late"], load["to_come"]) == (2, 2, 0)
    assert load["overdue"] == [{"amount": "200.00", "currency": "USD"}]
    others = desk.client.get(f"{V}/tasks", headers=jennifer, params={"agent": "Larry"})
    assert others.status_code == 403


def test_only_the_agent_of_a_case_or_a_manager_moves_its_actions(desk: Desk, headers: Headers):
    _post(desk, headers, "/cases/assign", bill_unit_nos=["B1"], agent="Jennifer")
    call = _action(_case(desk, headers), "second call")["handle"]
    people = {
        "jen": ("agent", "Jennifer", 200),
        "lar": ("manager", "Larry", 200),
        "eve": ("agent", None, 403),
    }
    for login, (role, agent, expected) in people.items():
        desk.person(login, role, agent=agent)
        answer = _post(desk, desk.log_in(login), f"/actions/{call}/reschedule", due_on="2026-05-01")
        assert answer.status_code == expected, answer.text


def test_a_change_by_hand_wants_a_reason_and_says_whom_it_lacks(desk: Desk, headers: Headers):
    call = _action(_case(desk, headers), "call")["handle"]
    address = f"{V}/actions/{call}/complete"
    missing = desk.client.post(address, headers=headers, json={})
    assert missing.json()["values"][0]["at"] == "body.reason"
    viewer = desk.key(Permission.VIEW, name="reports")
    assert desk.client.post(address, headers=viewer, json=WHY).status_code == 403


def test_the_payments_of_a_bill_unit_and_what_of_them_was_applied(desk: Desk, headers: Headers):
    desk.world.pay("100.00", "2026-03-19")
    desk.world.night("2026-03-21")
    page = desk.client.get(f"{V}/bill-units/B1/payments", headers=headers).json()
    (payment,) = page["items"]
    assert (payment["amount"], payment["unapplied"]) == (
        {"amount": "100.00", "currency": "USD"},
        {"amount": "20.00", "currency": "USD"},
    )


def test_of_many_who_complete_an_action_at_once_one_does(desk: Desk, headers: Headers):
    call = _action(_case(desk, headers), "call")
    seen = {**headers, "If-Match": f'"{call["version"]}"'}
    with ThreadPoolExecutor(6) as crowd:
        answers = list(
            crowd.map(lambda _: _post(desk, seen, f"/actions/{call['handle']}/complete"), range(6))
        )
    assert sorted(answer.status_code for answer in answers) == [200, *([412] * 5)]
    desk.world.check()


def test_while_a_night_has_the_slice_a_person_waits_for_it(desk: Desk, headers: Headers):
    call = _action(_case(desk, headers), "call")
    with ThreadPoolExecutor(1) as other, desk.world.database.connect() as night:
        locks.have_slice(night, 0)
        waiting = other.submit(_post, desk, headers, f"/actions/{call['handle']}/complete")
        time.sleep(0.5)
        assert not waiting.done()
        night.rollback()
        assert waiting.result(timeout=10).status_code == 200
