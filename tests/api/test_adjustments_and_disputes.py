"""Adjustments and disputes over the API, by people with roles and by machines' keys."""

import pytest
from tests.api.conftest import Desk
from tests.features.care.staff import POLICY
from tests.policies import BRANDS

from dunwell.features.access.actor import Permission

V = "/api/v1"
OF = f"{V}/bill-units/B1"
CREDIT = {"direction": "credit", "amount": "40.00", "reason": "goodwill"}


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.world.policy(POLICY)
    desk.world.customer()
    desk.world.bill("100.00", "2026-03-01", bill_no="N1")
    return desk


def test_a_service_rep_posts_alone_up_to_the_limit_and_a_manager_approves_above_it(desk: Desk):
    desk.person("rita", "service_rep")
    desk.person("mary", "manager")
    rita, mary = desk.log_in("rita"), desk.log_in("mary")
    made = desk.client.post(f"{OF}/adjustments", headers=rita, json={**CREDIT, "bill_no": "N1"})
    assert (made.status_code, made.json()["status"]) == (201, "posted")
    assert made.json()["amount"] == {"amount": "40.00", "currency": "USD"}
    above = desk.client.post(f"{OF}/adjustments", headers=rita, json={**CREDIT, "amount": "50.01"})
    assert (above.json()["status"], above.headers["etag"]) == ("waiting", '"1"')
    (waiting,) = desk.client.get(f"{V}/adjustments", headers=mary).json()["items"]
    address = f"{V}/adjustments/{waiting['handle']}"
    assert desk.client.post(f"{address}/approve", headers=rita, json={}).status_code == 403
    fresh = {**mary, "If-Match": '"7"'}
    assert desk.client.post(f"{address}/approve", headers=fresh, json={}).status_code == 412
    done = desk.client.post(f"{address}/approve", headers={**mary, "If-Match": '"1"'}, json={})
    assert (done.status_code, done.json()["decided_by"]) == (200, "mary")
    again = desk.client.post(f"{address}/reject", headers=mary, json={"note": "too late"})
    assert (again.status_code, again.json()["code"]) == (412, "changed_meanwhile")
    shown = desk.client.get(f"{OF}/adjustments", headers=rita).json()["items"]
    assert [each["status"] for each in shown] == ["posted", "posted"]
    assert desk.client.get(address, headers=rita).json()["status"] == "posted"


def test_a_request_that_is_sent_twice_with_its_key_is_one_adjustment(desk: Desk):
    headers = {**desk.key(), "Idempotency-Key": "once"}
    first, second = (
        desk.client.post(f"{OF}/adjustments", headers=headers, json=CREDIT) for _ in range(2)
    )
    assert first.json() == second.json()
    assert desk.world.rows("select count(*) from adjustment") == [(1,)]


def test_a_machine_adjusts_alone_only_where_the_policy_says_so(desk: Desk):
    headers = desk.key()
    made = desk.client.post(f"{OF}/adjustments", headers=headers, json=CREDIT).json()
    assert made["status"] == "waiting"
    own = desk.client.post(f"{V}/adjustments/{made['handle']}/approve", headers=headers, json={})
    assert (own.status_code, own.json()["rule"]) == (422, "own_request")
    desk.client.post(f"{V}/adjustments/{made['handle']}/withdraw", headers=headers, json={})
    desk.world.policy(POLICY.replace('"service_rep"', '"system"'))
    made = desk.client.post(f"{OF}/adjustments", headers=headers, json=CREDIT).json()
    assert made["status"] == "posted"


def test_a_dispute_is_raised_shown_and_resolved(desk: Desk):
    desk.person("rita", "service_rep")
    rita = desk.log_in("rita")
    given = {"bill_no": "N1", "reason": "wrong meter", "amount": "60.00"}
    made = desk.client.post(f"{OF}/disputes", headers=rita, json=given)
    assert (made.status_code, made.json()["raised_by"]) == (201, "rita")
    twice = desk.client.post(f"{OF}/disputes", headers=rita, json=given)
    assert (twice.status_code, twice.json()["rule"]) == (422, "disputed_already")
    address = f"{OF}/disputes/{made.json()['handle']}/resolve"
    done = desk.client.post(address, headers=rita, json={"reason": "ok", "granted": "30.00"})
    assert (done.status_code, done.json()["outcome"]) == (200, "partly_granted")
    (shown,) = desk.client.get(f"{OF}/disputes", headers=rita).json()["items"]
    assert shown == done.json()
    (credit,) = desk.client.get(f"{OF}/adjustments", headers=rita).json()["items"]
    assert (credit["dispute"], credit["amount"]["amount"]) == (shown["handle"], "30.00")


def test_another_brands_adjustments_are_not_there(desk: Desk):
    desk.world.policy(BRANDS + POLICY)
    desk.world.customer("N-1", brand="north")
    north = desk.key(brands=["north"])
    south = desk.key(brands=["south"], name="south")
    address = f"{V}/bill-units/N-1/adjustments"
    handle = desk.client.post(address, headers=north, json=CREDIT).json()["handle"]
    assert len(desk.client.get(f"{V}/adjustments", headers=north).json()["items"]) == 1
    assert desk.client.get(f"{V}/adjustments", headers=south).json()["items"] == []
    for verb in ("", "/approve"):
        found = desk.client.request(
            "POST" if verb else "GET",
            f"{V}/adjustments/{handle}{verb}",
            headers=south,
            json={} if verb else None,
        )
        assert found.status_code == 404, verb
    viewer = desk.key(Permission.VIEW, name="viewer")
    assert desk.client.post(address, headers=viewer, json=CREDIT).status_code == 403
