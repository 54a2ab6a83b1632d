"""Sharing groups over the API."""

from typing import Any

import pytest
from tests.api.conftest import Desk

V = "/api/v1"
GROUPS = f"{V}/sharing-groups"

Headers = dict[str, str]

WHY = {"reason": "a test"}


@pytest.fixture
def headers(desk: Desk) -> Headers:
    for number in ("HQ", "SHOP", "DEPOT", "OTHER"):
        desk.world.customer(number)
    desk.world.bill("30.00", "2026-03-01", "SHOP")
    desk.world.bill("12.00", "2026-04-01", "DEPOT")
    return desk.key(brands=["default"])


def _group(desk: Desk, headers: Headers, *members: str) -> Any:
    given = {"name": "the chain", "parent": "HQ", "members": members, **WHY}
    return desk.client.post(GROUPS, headers=headers, json=given)


def _in(group: dict[str, Any]) -> dict[str, str]:
    return {each["bill_unit_no"]: each["role"] for each in group["bill_units"]}


def test_a_group_shows_everybody_and_what_they_owe(desk: Desk, headers: Headers):
    made = _group(desk, headers, "SHOP", "DEPOT")
    assert made.status_code == 201, made.text
    shown = desk.client.get(made.headers["Location"], headers=headers)
    assert shown.json() == made.json()
    assert shown.headers["ETag"] == f'"{shown.json()["version"]}"'
    owed = {
        each["bill_unit_no"]: (each["role"], each["open"]["amount"], each["overdue"]["amount"])
        for each in shown.json()["bill_units"]
    }
    assert owed == {
        "HQ": ("parent", "0.00", "0.00"),
        "SHOP": ("member", "30.00", "30.00"),
        "DEPOT": ("member", "12.00", "0.00"),
    }
    listed = desk.client.get(GROUPS, headers=headers, params={"name": "the chain"}).json()
    assert [each["id"] for each in listed["items"]] == [shown.json()["id"]]


def test_a_bill_unit_knows_what_it_is(desk: Desk, headers: Headers):
    _group(desk, headers, "SHOP")
    for number, expected in (("HQ", "parent"), ("SHOP", "member"), ("OTHER", "neither")):
        role = desk.client.get(f"{V}/bill-units/{number}/sharing-group", headers=headers).json()
        assert (role["role"], role["parent"]) == (expected, None if number == "OTHER" else "HQ")


def test_a_change_that_was_decided_on_an_old_version_is_refused(desk: Desk, headers: Headers):
    made = _group(desk, headers, "SHOP")
    address, seen = made.headers["Location"], {**headers, "If-Match": made.headers["ETag"]}
    added = desk.client.post(
        f"{address}/members/add", headers=seen, json={"members": ["DEPOT"], **WHY}
    )
    assert _in(added.json()) == {"HQ": "parent", "SHOP": "member", "DEPOT": "member"}
    late = desk.client.patch(address, headers=seen, json={"name": "another", **WHY})
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    now = {**headers, "If-Match": added.headers["ETag"]}
    renamed = desk.client.patch(address, headers=now, json={"name": "another", **WHY})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "another")
    assert renamed.headers["ETag"] != added.headers["ETag"]


def test_members_come_and_go_and_the_parent_changes(desk: Desk, headers: Headers):
    address = _group(desk, headers, "SHOP", "DEPOT").headers["Location"]
    gone = desk.client.post(
        f"{address}/members/remove", headers=headers, json={"members": ["SHOP"], **WHY}
    )
    assert _in(gone.json()) == {"HQ": "parent", "DEPOT": "member"}
    member = desk.client.put(f"{address}/parent", headers=headers, json={"parent": "DEPOT", **WHY})
    assert (member.status_code, member.json()["rule"]) == (422, "parent_is_member")
    other = desk.client.put(f"{address}/parent", headers=headers, json={"parent": "OTHER", **WHY})
    assert _in(other.json()) == {"OTHER": "parent", "DEPOT": "member"}
    everybody = desk.client.patch(address, headers=headers, json={"members": ["HQ"], **WHY})
    assert _in(everybody.json()) == {"OTHER": "parent", "HQ": "member"}


def test_one_group_for_each_and_a_deleted_one_is_gone(desk: Desk, headers: Headers):
    address = _group(desk, headers, "SHOP").headers["Location"]
    given = {"name": "second", "parent": "OTHER", "members": ["SHOP"], **WHY}
    twice = desk.client.post(GROUPS, headers=headers, json=given)
    assert (twice.status_code, twice.json()["rule"]) == (422, "already_in_group")
    assert desk.client.delete(address, headers=headers, params=WHY).status_code == 204
    assert desk.client.get(address, headers=headers).status_code == 404
    assert desk.client.delete(address, headers=headers, params=WHY).status_code == 404
    assert desk.client.post(GROUPS, headers=headers, json=given).status_code == 201


def test_why_a_group_is_changed_stands_on_its_events(desk: Desk, headers: Headers):
    address = _group(desk, headers, "SHOP").headers["Location"]
    given = {"members": ["DEPOT"], "reason": "bought"}
    desk.client.post(f"{address}/members/add", headers=headers, json=given)
    desk.client.delete(address, headers=headers, params={"reason": "sold"})
    told = [
        (event["group"], event["reason"])
        for kind in ("joined_group", "left_group")
        for event in desk.world.events_of(kind, "DEPOT")
    ]
    assert told == [("the chain", "bought"), ("the chain", "sold")]
