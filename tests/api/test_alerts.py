"""Alerts over the API: read, and set and cleared by other systems."""

from typing import Any

from tests.api.conftest import Desk
from tests.policies import BRANDS

from dunwell.features.access.actor import Permission

ALERTS = "/api/v1/accounts/A-B1/alerts"
CLAIM = {"kind": "rebate_claim", "outside_id": "C/1 ü", "text": "Rebate of spring"}


def items(desk: Desk, headers: dict[str, str], **query: Any) -> Any:
    answer = desk.client.get(ALERTS, headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_a_system_sets_an_alert_changes_it_and_clears_it(desk: Desk):
    desk.world.customer()
    key = desk.key()
    for text in ("Rebate of spring", "Rebate of summer"):
        answer = desk.client.post(ALERTS, headers=key, json={**CLAIM, "text": text})
        assert answer.status_code == 200, answer.text
    (alert,) = items(desk, key)
    assert alert == {
        "alert": "rebate_claim",
        "manual": ["C1-CCAL-CLM"],
        "level": "news",
        "bill_unit_no": None,
        "number": 1,
        "since": "2026-03-20",
        "about": ["C/1 ü"],
        "outside_id": "C/1 ü",
        "premise_no": None,
        "text": "Rebate of summer",
    }
    for _ in range(2):
        name = {"kind": "rebate_claim", "outside_id": "C/1 ü"}
        gone = desk.client.delete(ALERTS, headers=key, params=name)
        assert gone.status_code == 204, gone.text
    assert items(desk, key) == []


def test_an_alert_of_an_unknown_kind_is_refused(desk: Desk):
    desk.world.customer()
    answer = desk.client.post(ALERTS, headers=desk.key(), json={**CLAIM, "kind": "weather"})
    assert answer.status_code == 422
    assert "rebate_claim" in answer.text


def test_another_brands_alerts_do_not_exist(desk: Desk):
    desk.world.policy(BRANDS)
    desk.world.customer(brand="north")
    other = desk.key(Permission.VIEW, Permission.MANAGE_CASES, brands=["south"])
    assert desk.client.get(ALERTS, headers=other).status_code == 404
    assert desk.client.post(ALERTS, headers=other, json=CLAIM).status_code == 404
    own = desk.key(Permission.VIEW, Permission.MANAGE_CASES, brands=["north"], name="own")
    assert desk.client.post(ALERTS, headers=own, json=CLAIM).status_code == 200
    assert len(items(desk, own)) == 1
