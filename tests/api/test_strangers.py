"""What somebody sends who hasn't read the description: a clear problem, and nothing half-done."""

from typing import Any

import pytest
from tests.api.conftest import Desk, owing_ninety
from tests.prepared import CopyOf
from tests.world import World

from dunwell.db.database import Database

V = "/api/v1"
OF = f"{V}/bill-units/B1"

Headers = dict[str, str]


@pytest.fixture
def world(copy_of: CopyOf) -> World:
    return copy_of(owing_ninety)


@pytest.fixture
def database(world: World) -> Database:
    return world.database


@pytest.fixture
def headers(desk: Desk) -> Headers:
    return desk.key(brands=["default"])


def _refused(answer: Any) -> str:
    """What a refusal says; it is a problem that names its code."""
    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in ("bad_request", "bad_input", "rule_violation")
    return str(answer.json()["detail"])


@pytest.mark.parametrize(
    "amount", ["1e2", " 1 ", "1_000", "١٢", "0x10", "1,00", "NaN", "", "1" * 500, 1.5, None]
)
def test_an_amount_is_digits_and_a_point(desk: Desk, headers: Headers, amount: Any):
    given = {"amount": amount, "method": "cash"}
    answer = desk.client.post(f"{OF}/payments", headers=headers, json=given)
    assert "amount" in _refused(answer)
    assert desk.world.rows("select count(*) from credit") == [(0,)]


@pytest.mark.parametrize(
    "day",
    [
        *("2027-02-30", "2027-02-29", "2026-13-01", "20260401", "2026-4-1", "2026-04-01T00:00:00Z"),
        *("9999-12-31", "0001-01-01", "١٢٣٤-٠١-٠١", 0, 1_800_000_000, ""),
    ],
)
def test_a_day_is_a_day_of_the_calendar(desk: Desk, headers: Headers, day: Any):
    answer = desk.client.post(
        f"{OF}/holds", headers=headers, json={"until": day, "reason": "a test"}
    )
    assert "until" in _refused(answer)
    asked = desk.client.get(f"{V}/cases", headers=headers, params={"billed_from": day})
    assert "billed_from" in _refused(asked)


def test_a_leap_day_is_a_day(desk: Desk, headers: Headers):
    given = {"until": "2028-02-29", "reason": "a test"}
    held = desk.client.post(f"{OF}/holds", headers=headers, json=given)
    assert (held.status_code, held.json()["held_until"]) == (201, "2028-02-29")


@pytest.mark.parametrize(
    "moment",
    [
        *(0, "0", 1_800_000_000.5, "2026-03-20", "2026-03-20T09:00:00", "2026-02-30T09:00:00Z"),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "now", None),
    ],
)
def test_a_moment_has_its_time_and_zone(desk: Desk, headers: Headers, moment: Any):
    address = f"{OF}/unbilled-usage/standard"
    given = {"amount": "12.30", "as_of": moment}
    assert "as_of" in _refused(desk.client.put(address, headers=headers, json=given))
    given["as_of"] = "2026-03-20T09:00:00+02:00"
    assert desk.client.put(address, headers=headers, json=given).json() == {"kept": True}


def test_a_promise_ends_within_the_calendar(desk: Desk, headers: Headers):
    terms = {"number": 2, "interval_days": 14, "first_on": "2199-12-31"}
    given = {"reason": "a test", "terms": terms}
    answer = desk.client.post(f"{OF}/promises", headers=headers, json=given)
    assert "days from" in _refused(answer)


def test_a_misspelt_filter_is_refused(desk: Desk, headers: Headers):
    asked = {"overdue_days_from": "90"}
    said = _refused(desk.client.get(f"{V}/cases", headers=headers, params=asked))
    assert "'overdue_days_from'" in said
    assert "days_overdue_from" in said


def test_what_is_no_json_or_no_address_is_told_so(desk: Desk, headers: Headers):
    typed = {**headers, "Content-Type": "application/json"}
    broken = desk.client.post(f"{OF}/notes", headers=typed, content=b'{"text": ')
    assert "is no JSON" in _refused(broken)
    nowhere = desk.client.get(f"{V}/nothing", headers=headers)
    assert (nowhere.status_code, "/api/v1/nothing" in nowhere.json()["detail"]) == (404, True)
    wrong = desk.client.put(f"{V}/cases", headers=headers)
    assert (wrong.status_code, "PUT" in wrong.json()["detail"]) == (405, True)
    empty = desk.client.post(
        f"{OF}/holds",
        headers={**headers, "If-Match": ""},
        json={"until": "2026-04-01", "reason": "x"},
    )
    assert "If-Match is empty" in _refused(empty)
