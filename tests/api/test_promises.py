"""Promises to pay over the API."""

from typing import Any

import pytest
from tests.api.conftest import Desk, owing_ninety
from tests.policies import policy, scenario
from tests.prepared import CopyOf
from tests.world import World

from dunwell.db.database import Database
from dunwell.features.access.actor import Permission

PROMISES = "/api/v1/bill-units/B1/promises"
WHY = {"reason": "customer asked"}

Headers = dict[str, str]


@pytest.fixture
def world(copy_of: CopyOf) -> World:
    return copy_of(owing_ninety)


@pytest.fixture
def database(world: World) -> Database:
    return world.database


@pytest.fixture
def headers(desk: Desk) -> Headers:
    """A key that may do everything."""
    return desk.key(brands=["default"])


def _post(desk: Desk, headers: Headers, path: str = "", /, **given: Any) -> Any:
    return desk.client.post(f"{PROMISES}{path}", headers=headers, json={**WHY, **given})


def _three(desk: Desk, headers: Headers, **more: Any) -> dict[str, Any]:
    answer = _post(desk, headers, terms={"number": 3, "interval_days": 10}, **more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _dates(promise: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["due_on"], each["amount"]) for each in promise["instalments"]]


def test_the_overdue_balance_is_promised_in_instalments(desk: Desk, headers: Headers):
    promise = _three(desk, headers)
    assert promise["total"] == {"amount": "90.00", "currency": "USD"}
    assert _dates(promise) == [
        ("2026-03-20", "30.00"),
        ("2026-03-30", "30.00"),
        ("2026-04-09", "30.00"),
    ]
    listed = desk.client.get(PROMISES, headers=headers).json()["items"]
    assert listed == [promise]
    second = _post(desk, headers, terms={"number": 2, "interval_days": 5})
    assert (second.status_code, second.json()["rule"]) == (422, "second_promise")


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"instalments": [{"due_on": "2026-04-01", "amount": "80.00"}]}, "amounts_do_not_add_up"),
        ({"instalments": [{"due_on": "2026-03-01", "amount": "90.00"}]}, "instalment_in_the_past"),
        ({}, None),
        ({"terms": {"number": 2}}, None),
    ],
)
def test_what_cannot_be_promised_is_refused_saying_which(
    desk: Desk, headers: Headers, given: dict[str, Any], rule: str | None
):
    answer = _post(desk, headers, **given)
    assert (answer.status_code, answer.json().get("rule")) == (422, rule)
    assert desk.client.get(PROMISES, headers=headers).json()["items"] == []


def test_an_instalment_is_changed_moved_completed_and_cancelled(desk: Desk, headers: Headers):
    first, second, third = _three(desk, headers)["instalments"]
    address = f"{PROMISES}/active/instalments/{second['step']}"
    seen = {**headers, "If-Match": f'"{second["version"]}"'}
    changed = desk.client.patch(
        address, headers=seen, json={**WHY, "amount": "40.00", "following": True}
    ).json()
    assert changed["total"]["amount"] == "110.00"
    late = desk.client.patch(address, headers=seen, json={**WHY, "amount": "1.00"})
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    moved = _post(
        desk, headers, f"/active/instalments/{third['step']}/reschedule", due_on="2026-05-01"
    ).json()
    assert moved["until"] == "2026-05-01"
    paid = _post(desk, headers, f"/active/instalments/{first['step']}/complete").json()
    assert [each["status"] for each in paid["instalments"]] == ["completed", "pending", "pending"]
    for each in (second, third):
        left = _post(desk, headers, f"/active/instalments/{each['step']}/cancel").json()
    assert (left["total"]["amount"], left["status"]) == ("30.00", "active")
    gone = _post(desk, headers, f"/active/instalments/{first['step']}/cancel")
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")


def test_an_instalment_is_added_and_several_are_moved(desk: Desk, headers: Headers):
    first, second, _ = _three(desk, headers)["instalments"]
    added = _post(desk, headers, "/active/instalments", due_on="2026-05-01", amount="10.00")
    assert (added.status_code, added.json()["total"]["amount"]) == (201, "100.00")
    dates = [
        {"step": first["step"], "due_on": "2026-04-10"},
        {"step": second["step"], "due_on": "2026-04-20"},
    ]
    moved = _post(desk, headers, "/active/instalments/reschedule", instalments=dates).json()
    assert [day for day, _ in _dates(moved)] == [
        *("2026-04-09", "2026-04-10", "2026-04-20", "2026-05-01"),
    ]
    twice = _post(desk, headers, "/active/instalments/reschedule", instalments=dates[:1] * 2)
    assert twice.status_code == 422


def test_a_revoked_promise_leaves_the_rest_to_the_scenario(desk: Desk, headers: Headers):
    _three(desk, headers)
    revoked = _post(desk, headers, "/active/revoke").json()
    assert (revoked["status"], revoked["ended_on"]) == ("revoked", "2026-03-20")
    again = _post(desk, headers, "/active/revoke")
    assert (again.status_code, again.json()["rule"]) == (422, "no_promise")
    assert desk.world.due("late fee") >= "2026-03-21"
    desk.world.check()


def test_a_payment_method_must_be_the_customers_and_takes_a_permission(
    desk: Desk, headers: Headers
):
    strange = _post(desk, headers, terms={"number": 3, "interval_days": 10}, payment_method_id=77)
    assert (strange.status_code, "no payment method 77" in strange.json()["detail"]) == (404, True)
    step = _three(desk, headers)["instalments"][0]["step"]
    agent = desk.key(Permission.VIEW, Permission.PROMISE_TO_PAY, name="agents")
    address = f"{PROMISES}/active/instalments/{step}"
    refused = desk.client.patch(address, headers=agent, json={**WHY, "payment_method_id": None})
    assert refused.status_code == 403
    assert "update_payment" in refused.json()["detail"]


def test_reason_codes_of_the_policy_are_wanted(desk: Desk, headers: Headers):
    desk.world.policy(
        policy(scenario(steps="20 late fee, 30 call"))
        + """
[[reason_codes]]
category = "promise"
code = "agreed"
labels = { en_US = "Agreed by phone" }
"""
    )
    terms = {"number": 2, "interval_days": 14}
    refused = _post(desk, headers, terms=terms)
    assert (refused.status_code, refused.json()["rule"]) == (422, "unknown_reason")
    given = {"reason": "agreed", "terms": terms}
    assert desk.client.post(PROMISES, headers=headers, json=given).status_code == 201
    other = _post(desk, headers, "/active/revoke")
    assert (other.status_code, other.json()["rule"]) == (422, "unknown_reason")


def test_a_payment_method_is_made_where_a_promise_wants_it(desk: Desk, headers: Headers):
    def card(token: str) -> dict[str, Any]:
        return {"new_payment_method": {"kind": "card", "token": token, "last_four": "4242"}}

    def method_of(instalment: dict[str, Any]) -> str | None:
        number = instalment["payment_method_id"]
        kept = desk.client.get("/api/v1/bill-units/B1/payment-methods", headers=headers).json()
        return {each["id"]: each["last_four"] for each in kept["items"]}.get(number)

    terms = {"number": 3, "interval_days": 10}
    fewer = desk.key(Permission.VIEW, Permission.PROMISE_TO_PAY, brands=["default"], name="fewer")
    assert _post(desk, fewer, terms=terms, **card("tok_1")).status_code == 403
    made = _three(desk, headers, **card("tok_1"))
    assert [method_of(each) for each in made["instalments"]] == ["4242"] * 3
    first, second, _ = made["instalments"]
    address = f"{PROMISES}/active/instalments/{first['step']}"
    both = {**WHY, **card("tok_2"), "payment_method_id": first["payment_method_id"]}
    assert desk.client.patch(address, headers=headers, json=both).status_code == 422
    changed = desk.client.patch(address, headers=headers, json={**WHY, **card("tok_2")}).json()
    now = changed["instalments"]
    assert now[0]["payment_method_id"] not in (None, first["payment_method_id"])
    assert now[1]["payment_method_id"] == second["payment_method_id"]
    # null alone says nothing of the method
    same = {**WHY, "amount": "31.00", "new_payment_method": None}
    still = desk.client.patch(address, headers=headers, json=same).json()["instalments"][0]
    assert (still["amount"], still["payment_method_id"]) == ("31.00", now[0]["payment_method_id"])
    nothing = desk.client.patch(address, headers=headers, json=WHY)
    assert (nothing.status_code, nothing.json()["code"]) == (422, "bad_input")
    given = {"due_on": "2026-05-01", "amount": "5.00", **card("tok_3")}
    longer = _post(desk, headers, "/active/instalments", **given).json()["instalments"][-1]
    assert longer["payment_method_id"] not in (None, now[0]["payment_method_id"])
