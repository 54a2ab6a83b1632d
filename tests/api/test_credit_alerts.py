"""Credit alerts and the collection status over the API."""

import pytest
from tests.api.conftest import Desk
from tests.policies import BRANDS, policy, scenario

from dunwell.features.access.actor import Permission

V = "/api/v1"
ALERTED = {"collection_status": "true", "credit_alerts": "true"}


@pytest.fixture
def chased(desk: Desk) -> Desk:
    desk.world.policy(policy(scenario(), settings=ALERTED, more=BRANDS))
    desk.world.customer("B1")
    desk.world.bill("50.00", "2026-03-01")
    desk.world.night("2026-03-12")
    return desk


def test_an_alert_is_found_worked_with_its_version_and_closed(chased: Desk):
    call, headers = chased.client, chased.key()
    status = call.get(f"{V}/bill-units/B1/collection-status", headers=headers).json()
    assert (status["status"], status["substatus"], status["in_collections"]) == (
        "yellow",
        "entered",
        True,
    )
    (listed,) = call.get(f"{V}/credit-alerts?status=open", headers=headers).json()["items"]
    assert listed["amount"] == {"amount": "50.0000", "currency": "USD"}
    assert listed["age_days"] == 19
    address = f"{V}/credit-alerts/{listed['handle']}"
    shown = call.get(address, headers=headers)
    assert shown.headers["etag"] == '"1"'
    assert [each["action"] for each in shown.json()["planned"]] == ["call"]
    done = call.post(
        f"{address}/activities",
        headers={**headers, "If-Match": '"1"'},
        json={"kind": "reminder_call", "note": "no answer"},
    )
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    late = call.post(
        f"{address}/close", headers={**headers, "If-Match": '"1"'}, json={"reason": "agreed"}
    )
    assert late.status_code == 412
    closed = call.post(
        f"{address}/close", headers={**headers, "If-Match": '"2"'}, json={"reason": "agreed"}
    )
    assert closed.json()["status"] == "closed"
    assert call.get(f"{V}/credit-alerts?status=open", headers=headers).json()["items"] == []


def test_another_brands_alerts_are_not_there(chased: Desk):
    headers = chased.key(brands=["north"], name="north")
    assert chased.client.get(f"{V}/credit-alerts", headers=headers).json()["items"] == []
    (handle,) = chased.world.rows("select account_id || '-' || id from credit_alert")[0]
    answer = chased.client.get(f"{V}/credit-alerts/{handle}", headers=headers)
    assert answer.status_code == 404
    answer = chased.client.post(
        f"{V}/credit-alerts/{handle}/close", headers=headers, json={"reason": "x"}
    )
    assert answer.status_code == 404


def test_a_system_reports_an_alert_once_however_often_it_says_so(chased: Desk):
    headers = chased.key(Permission.WORK_ACTIONS)
    given = {
        "bill_unit_no": "B1",
        "source": "bureau",
        "their_id": "R-7",
        "reason": "score fell",
        "amount": "12.50",
        "their_time": "2026-03-20T09:00:00Z",
    }
    first = chased.client.post(f"{V}/credit-alerts", headers=headers, json=given)
    again = chased.client.post(f"{V}/credit-alerts", headers=headers, json=given)
    assert (first.status_code, again.json()) == (201, first.json())
    assert chased.world.rows("select count(*) from credit_alert where source = 'bureau'") == [(1,)]
    wrong = chased.client.post(
        f"{V}/credit-alerts", headers=headers, json={**given, "amount": "1.005"}
    )
    assert wrong.status_code == 422
    for time in ("2026-03-20T10:00:00", "9999-03-20T10:00:00Z"):
        later = chased.client.post(
            f"{V}/credit-alerts", headers=headers, json={**given, "their_time": time}
        )
        assert later.status_code == 422, "without its zone, or in the future"


def test_a_change_needs_a_time_with_its_zone(chased: Desk):
    headers = chased.key(Permission.VIEW, Permission.WORK_ACTIONS)
    mirror = chased.client.get(f"{V}/systems/siebel/mirror/B1", headers=headers).json()
    given = {
        "noun": "action",
        "handle": mirror["actions"][0]["handle"],
        "change": "rescheduled",
        "due_on": "2026-04-01",
    }
    for number, (time, status) in enumerate(
        (("2026-03-20T09:00:00Z", 200), ("2026-03-20T10:00:00", 422), ("9999-03-20T10:00:00Z", 422))
    ):
        answer = chased.client.post(
            f"{V}/systems/siebel/changes",
            headers=headers,
            json={**given, "message_id": f"M{number}", "their_time": time},
        )
        assert answer.status_code == status, answer.text
