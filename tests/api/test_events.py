"""Subscriptions and the feed of events, as other systems use them."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.conftest import Desk
from tests.policies import BRANDS, policy, scenario

from dunwell.features.access.actor import Permission

V = "/api/v1"
SUBSCRIPTIONS = f"{V}/subscriptions"
GIVEN = {"name": "crm", "url": "https://crm.example/hook", "kinds": ["case_*"]}


def _feed(desk: Desk, headers: dict[str, str], **asked: Any) -> Iterator[dict[str, Any]]:
    after: dict[str, str] = {}
    while True:
        page = desk.client.get(
            f"{V}/events", params={"limit": 2, **asked, **after}, headers=headers
        ).json()
        yield from page["items"]
        if page["next"] is None:
            return
        after = {"after": page["next"]}


def test_a_secret_is_told_once_and_another_when_it_is_rotated(desk: Desk):
    headers = {**desk.key(), "Idempotency-Key": "crm"}
    made = desk.client.post(SUBSCRIPTIONS, headers=headers, json=GIVEN)
    assert made.status_code == 201, made.text
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    again = desk.client.post(SUBSCRIPTIONS, headers=headers, json=GIVEN)
    assert (again.status_code, again.json()["secret"]) == (201, None)
    plain = desk.key(name="b")
    shown = desk.client.get(f"{SUBSCRIPTIONS}/crm", headers=plain)
    assert secret not in shown.text
    assert (shown.json()["kinds"], shown.json()["status"]) == (["case_*"], "active")
    rotated = desk.client.post(f"{SUBSCRIPTIONS}/crm/rotate", headers=plain).json()["secret"]
    assert rotated not in (None, secret)
    taken = desk.client.post(SUBSCRIPTIONS, headers=plain, json=GIVEN)
    assert taken.status_code == 409


def test_a_subscription_is_paused_resumed_replayed_and_deleted(desk: Desk):
    headers = desk.key()
    desk.client.post(SUBSCRIPTIONS, headers=headers, json=GIVEN)
    address = f"{SUBSCRIPTIONS}/crm"
    assert desk.client.post(f"{address}/pause", headers=headers).json()["status"] == "paused"
    assert desk.client.post(f"{address}/resume", headers=headers).json()["status"] == "active"
    replayed = desk.client.post(f"{address}/replay", headers=headers, json={"since": "2026-01-01"})
    assert replayed.json() == {"events": 0}
    neither = desk.client.post(f"{address}/replay", headers=headers, json={})
    assert neither.status_code == 422
    assert desk.client.get(f"{address}/parked", headers=headers).json()["items"] == []
    assert desk.client.post(f"{address}/parked/retry", headers=headers, json={}).json() == {
        "events": 0
    }
    assert desk.client.delete(address, headers=headers).status_code == 204
    assert desk.client.get(address, headers=headers).status_code == 404


def test_who_saw_another_state_of_a_subscription_is_told_so(desk: Desk):
    headers = desk.key()
    desk.client.post(SUBSCRIPTIONS, headers=headers, json=GIVEN)
    address = f"{SUBSCRIPTIONS}/crm"
    active = {"If-Match": desk.client.get(address, headers=headers).headers["ETag"]}
    assert desk.client.post(f"{address}/pause", headers=headers | active).status_code == 200
    late = desk.client.delete(address, headers=headers | active)
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    paused = {"If-Match": desk.client.get(address, headers=headers).headers["ETag"]}
    assert desk.client.post(f"{address}/resume", headers=headers | paused).status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        {"url": "http://crm.example/hook"},
        {"url": "https://169.254.169.254/latest"},
        {"kinds": ["no_such_kind"]},
        {"name": "a/b"},
    ],
)
def test_what_would_not_work_or_is_dangerous_is_refused(desk: Desk, given: dict[str, Any]):
    answer = desk.client.post(SUBSCRIPTIONS, headers=desk.key(), json={**GIVEN, **given})
    assert answer.status_code == 422
    assert desk.client.get(SUBSCRIPTIONS, headers=desk.key(name="b")).json() == {"items": []}


def test_a_system_of_one_brand_subscribes_to_that_one_and_meets_no_other(desk: Desk):
    desk.world.policy(BRANDS)
    desk.client.post(SUBSCRIPTIONS, headers=desk.key(), json=GIVEN)
    headers = desk.key(Permission.SUBSCRIBE, brands=["north"], name="north")
    assert desk.client.get(SUBSCRIPTIONS, headers=headers).json() == {"items": []}
    assert desk.client.delete(f"{SUBSCRIPTIONS}/crm", headers=headers).status_code == 404
    desk.client.post(SUBSCRIPTIONS, headers=headers, json={**GIVEN, "name": "own"})
    own = desk.client.get(f"{SUBSCRIPTIONS}/own", headers=headers).json()
    assert own["brands"] == ["north"]


def test_the_feed_tells_everything_once_in_order_and_can_be_asked_on(desk: Desk):
    desk.world.policy(policy(scenario(steps="1 call")))
    for number in ("B1", "B2", "B3"):
        desk.world.customer(number)
        desk.world.bill("80.00", "2026-03-01", number)
    desk.world.night("2026-03-11")
    headers = desk.key()
    desk.world.wait_for_the_feed()
    found = list(_feed(desk, headers))
    numbers = [event["id"] for event in found]
    assert numbers == [number for (number,) in desk.world.rows("select id from event order by id")]
    opened = [event for event in found if event["kind"] == "case_opened"]
    assert {event["bill_unit_no"] for event in opened} == {"B1", "B2", "B3"}
    assert len(list(_feed(desk, headers, bill_unit_no="B2", kind="case_*"))) == 1
    assert list(_feed(desk, headers, since="2026-03-21")) == []
    end = desk.client.get(f"{V}/events", params={"limit": 500}, headers=headers).json()["last"]
    quiet = desk.client.get(f"{V}/events", params={"after": end}, headers=headers).json()
    assert (quiet["items"], quiet["last"]) == ([], end)
    desk.world.night("2026-03-12")
    desk.world.wait_for_the_feed()
    news = desk.client.get(f"{V}/events", params={"after": end}, headers=headers).json()["items"]
    assert [event["kind"] for event in news] == ["actions_performed"] * 3


def test_what_is_not_committed_holds_back_what_comes_after_it(desk: Desk):
    headers = desk.key()
    write = "insert into event (business_date, kind, data) values ('2026-03-20', %s, '{}')"
    desk.world.rows("select ensure_event_month('2026-03-20')")
    with desk.world.database.connect() as slow:
        slow.execute(write, ["night_late"])
        with desk.world.database.connect() as quick:
            quick.execute(write, ["night_failed"])
        kinds = ["night_*"]
        assert list(_feed(desk, headers, kind=kinds)) == []
    desk.world.wait_for_the_feed()
    found = [event["kind"] for event in _feed(desk, headers, kind=kinds)]
    assert found == ["night_late", "night_failed"]


def test_the_feed_stands_behind_the_walls(desk: Desk):
    desk.world.policy(BRANDS)
    headers = desk.key()
    desk.world.customer("B1", brand="north")
    desk.client.post(
        f"{V}/bill-units/B1/payment-methods",
        headers=headers,
        json={"kind": "card", "token": "pm_1", "last_four": "4242"},
    )
    desk.world.wait_for_the_feed()
    for brand, expected in (("north", ["payment_method_added"]), ("south", [])):
        of_brand = desk.key(Permission.SUBSCRIBE, brands=[brand], name=brand)
        assert [event["kind"] for event in _feed(desk, of_brand)] == expected
    refused = desk.client.get(f"{V}/events", headers=desk.key(Permission.VIEW, name="viewer"))
    assert refused.status_code == 403


def test_the_catalogue_names_kinds_and_fields(desk: Desk):
    items = desk.client.get(f"{V}/event-kinds", headers=desk.key()).json()["items"]
    kinds = {item["name"]: item for item in items}
    assert "currency" in kinds["payment_collected"]["fields"]


def test_the_metrics_tell_of_subscriptions_and_late_nights(desk: Desk):
    desk.client.post(SUBSCRIPTIONS, headers=desk.key(), json=GIVEN)
    metrics = desk.client.get("/metrics").text
    for line in (
        'dunwell_subscription_waiting{subscription="crm"} 0.0',
        'dunwell_subscription_parked{subscription="crm"} 0.0',
        "dunwell_log_read_age_seconds",
        "dunwell_night_failures 0.0",
        "dunwell_night_late",
    ):
        assert line in metrics
