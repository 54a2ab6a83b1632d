"""Exemptions, holds and notes over the API."""

from typing import Any

import pytest
from tests.api.conftest import Desk

V = "/api/v1"
UNIT = f"{V}/bill-units/B1"
WHY = {"reason": "customer asked"}

Headers = dict[str, str]


@pytest.fixture
def headers(desk: Desk) -> Headers:
    desk.world.customer("B1")
    return desk.key(brands=["default"])


def _post(desk: Desk, headers: Headers, path: str, /, **given: Any) -> Any:
    return desk.client.post(f"{UNIT}{path}", headers=headers, json={**WHY, **given})


def test_an_exemption_lasts_until_its_day_or_until_it_is_lifted(desk: Desk, headers: Headers):
    made = _post(desk, headers, "/exemptions", since="2026-03-01", until="2026-06-30", note="ill")
    assert made.status_code == 201, made.text
    assert (made.json()["exempt_from"], made.json()["exempt_until"]) == ("2026-03-01", "2026-06-30")
    lifted = _post(desk, headers, "/exemptions/lift").json()["items"]
    assert [each["exempt_until"] for each in lifted] == ["2026-03-19"]
    listed = desk.client.get(f"{UNIT}/exemptions", headers=headers).json()["items"]
    assert [(each["note"], each["actor"]) for each in listed] == [("ill", "key billing")]
    again = _post(desk, headers, "/exemptions/lift")
    assert (again.status_code, again.json()["rule"]) == (422, "not_exempt")
    back = _post(desk, headers, "/exemptions", since="2026-03-02", until="2026-03-01")
    assert (back.status_code, back.json()["code"]) == (422, "bad_input")


def test_a_hold_lasts_until_its_day_or_until_it_is_lifted(desk: Desk, headers: Headers):
    held = _post(desk, headers, "/holds", until="2026-04-30").json()
    assert (held["held_from"], held["held_until"]) == ("2026-03-20", "2026-04-30")
    assert _post(desk, headers, "/holds/lift").json()["items"][0]["handle"] == held["handle"]
    listed = desk.client.get(f"{UNIT}/holds", headers=headers).json()["items"]
    assert [each["held_until"] for each in listed] == ["2026-03-19"]
    past = _post(desk, headers, "/holds", until="2026-03-19")
    assert "before it starts" in past.json()["detail"]


def test_several_bill_units_are_exempted_or_put_on_hold_all_or_none(desk: Desk, headers: Headers):
    desk.world.customer("B2")
    several = {**WHY, "bill_unit_nos": ["B2", "B1", "B2"]}
    exempted = desk.client.post(
        f"{V}/exemptions", headers=headers, json={**several, "since": "2026-03-01"}
    )
    assert exempted.status_code == 201, exempted.text
    assert [each["exempt_from"] for each in exempted.json()["items"]] == ["2026-03-01"] * 2
    held = {**several, "until": "2026-04-30"}
    missing = {**held, "bill_unit_nos": ["B1", "B3"]}
    refused = desk.client.post(f"{V}/holds", headers=headers, json=missing)
    assert refused.status_code == 404
    assert "B3" in refused.json()["detail"]
    assert desk.client.get(f"{UNIT}/holds", headers=headers).json()["items"] == []
    keyed = {**headers, "Idempotency-Key": "hold-both"}
    answers = [desk.client.post(f"{V}/holds", headers=keyed, json=held) for _ in range(2)]
    assert [each.json() for each in answers] == [answers[0].json()] * 2
    assert len(desk.client.get(f"{UNIT}/holds", headers=headers).json()["items"]) == 1


def test_a_retried_exemption_is_made_once(desk: Desk, headers: Headers):
    keyed = {**headers, "Idempotency-Key": "exempt-1"}
    handles = {_post(desk, keyed, "/exemptions").json()["handle"] for _ in range(3)}
    assert len(handles) == 1
    listed = desk.client.get(f"{UNIT}/exemptions", headers=headers).json()["items"]
    assert len(listed) == 1


def test_notes_are_read_newest_first_in_any_script(desk: Desk, headers: Headers):
    for text, day in (("she called", "2026-03-18"), ("彼女は電話した\n☎", "2026-03-19")):
        made = desk.client.post(
            f"{UNIT}/notes", headers=headers, json={"text": text, "noted_on": day}
        )
        assert made.status_code == 201, made.text
    given = {"text": "moved", "category": "address", "about_account": True}
    desk.client.post(f"{UNIT}/notes", headers=headers, json=given)
    first = desk.client.get(f"{UNIT}/notes", headers=headers, params={"limit": 2}).json()
    following = {"limit": 2, "after": first["next"]}
    second = desk.client.get(f"{UNIT}/notes", headers=headers, params=following).json()
    told = [(note["text"], note["bill_unit_no"]) for note in first["items"] + second["items"]]
    assert told == [("moved", None), ("彼女は電話した\n☎", "B1"), ("she called", "B1")]
    empty = desk.client.post(f"{UNIT}/notes", headers=headers, json={"text": "  "})
    assert (empty.status_code, empty.json()["code"]) == (422, "bad_input")
