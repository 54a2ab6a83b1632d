"""Hubs: what is registered is sent the notifications that TM Forum publishes, and no others."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import Desk
from tests.api.tmf.test_tmf import POLICY
from tests.features.subscriptions.receiving import Subscriber

from dunwell.db.database import Database
from dunwell.features.access.actor import Permission
from dunwell.features.subscriptions import delivering, fanning
from dunwell.features.subscriptions.outgoing import Outgoing
from dunwell.features.tmf import notifications
from dunwell.settings import Settings

PUBLISHED = json.loads((Path(__file__).parent / "published.json").read_text("utf-8"))
BASE = "/api/tmf"
RESOURCE = {
    "accountManagement": "billingAccount",
    "customerBillManagement": "customerBill",
    "paymentManagement": "payment",
    "communicationManagement": "communicationMessage",
}
OURS = "collectionManagement"


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        database_url=database.address,
        webhook_networks=["127.0.0.0/8", "::1/128"],
    )


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    with Subscriber() as found:
        yield found


class Crm:
    """Registers callbacks, and is told."""

    def __init__(self, desk: Desk, settings: Settings, subscriber: Subscriber) -> None:
        self.desk, self.subscriber = desk, subscriber
        self.headers = desk.key()
        self.outgoing = Outgoing.of(settings)
        self.now = dt.datetime.now(dt.UTC)

    def register(self, api: str, query: str | None = None) -> dict[str, Any]:
        body = {"callback": f"{self.subscriber.url}/{api}"} | ({"query": query} if query else {})
        made = self.desk.client.post(f"{BASE}/{api}/v4/hub", json=body, headers=self.headers)
        assert made.status_code == 201, made.text
        found: dict[str, Any] = made.json()
        return found

    def told(self) -> dict[str, list[dict[str, Any]]]:
        """The notifications since it was last asked, by API."""
        world = self.desk.world
        with world.database.connect(autocommit=True) as connection:
            fanning.fan_out(connection, self.now)
        delivering.deliver(
            world.database,
            world.plugins,
            self.outgoing,
            notification=notifications.notification,
            clock=lambda: self.now,
        )
        self.now += dt.timedelta(minutes=30)
        by_api: dict[str, list[dict[str, Any]]] = {}
        for each in self.subscriber.take():
            assert each.headers["content-type"].startswith("application/json")
            by_api.setdefault(each.path.rpartition("/")[2], []).append(each.event)
        return by_api


@pytest.fixture
def crm(desk: Desk, settings: Settings, subscriber: Subscriber) -> Crm:
    desk.world.policy(POLICY)
    desk.world.customer("B1", email="ada@example.org")
    desk.world.bill("80.00", "2026-02-15", bill_no="N1")
    return Crm(desk, settings, subscriber)


def _story(desk: Desk) -> None:
    """Ada enters, gets her letter, pays in part, disputes what is left, and promises it."""
    world = desk.world
    world.night("2026-03-10")
    world.deliver("2026-03-10")
    headers = desk.key(name="agent")
    paid = {"amount": "20.00", "method": "cash", "bill_no": "N1"}
    taken = desk.client.post(
        "/api/v1/bill-units/B1/payments",
        json=paid,
        headers={**headers, "Idempotency-Key": "till-1"},
    )
    assert taken.status_code == 201, taken.text
    disputed = desk.client.post(
        "/api/v1/bill-units/B1/disputes",
        json={"bill_no": "N1", "amount": "10.00", "reason": "never ordered"},
        headers={**headers, "Idempotency-Key": "dispute-1"},
    )
    assert disputed.status_code == 201, disputed.text
    world.by_hand("2026-03-20").promise("B1", number=2, total_days=20)


def test_every_api_sends_what_is_published(crm: Crm):
    for api in notifications.TYPES:
        crm.register(api)
    _story(crm.desk)
    told = crm.told()
    assert told.keys() == notifications.TYPES.keys()
    for api, resource in RESOURCE.items():
        required = PUBLISHED["resources"][resource]["required"]
        for each in told[api]:
            assert each["eventType"] in PUBLISHED["events"][api]
            carried = each["event"][resource]
            missing = [name for name in required if carried.get(name) in (None, [])]
            assert missing == [], f"{each['eventType']} lacks {missing}"
            assert dt.datetime.fromisoformat(each["eventTime"]).tzinfo is not None
            others = each.keys() - set(PUBLISHED["notification"]["attributes"])
            assert others == ({"payload"} if api == "accountManagement" else set())
            shown = crm.desk.client.get(carried["href"], headers=crm.headers)
            assert shown.json()["id"] == carried["id"]
    assert told["accountManagement"][0]["payload"] == told["accountManagement"][0]["event"]
    bill = told["customerBillManagement"][-1]
    assert (bill["eventType"], bill["event"]["customerBill"]["state"]) == (
        "CustomerBillStateChangeEvent",
        "onHold",
    )
    (payment,) = told["paymentManagement"]
    assert payment["event"]["payment"]["totalAmount"] == {"unit": "USD", "value": 20.0}
    kinds = {each["eventType"] for each in told[OURS]}
    assert {
        "CollectionCaseCreateEvent",
        "CollectionActionCreateEvent",
        "CollectionActionStateChangeEvent",
        "PromiseToPayCreateEvent",
    } <= kinds
    numbers = [each["eventId"] for each in told[OURS]]
    assert len(numbers) == len(set(numbers))


def test_all_types_of_event_are_published_ones():
    for api, published in PUBLISHED["events"].items():
        assert {each.name for each in notifications.TYPES[api]} <= set(published), api


def test_a_query_chooses_types_and_attributes(crm: Crm):
    crm.register(OURS, "eventType=CollectionCase*")
    crm.register("paymentManagement", "eventType=PaymentCreateEvent&event.payment.status=canceled")
    crm.register("customerBillManagement", "event.customerBill.state=onHold,settled")
    _story(crm.desk)
    told = crm.told()
    assert {each["eventType"] for each in told[OURS]} == {"CollectionCaseCreateEvent"}
    assert told.keys() == {OURS, "customerBillManagement"}


def test_what_was_not_taken_is_sent_again_as_it_is_then(crm: Crm):
    crm.register("accountManagement")
    crm.subscriber.answer(503)
    crm.desk.world.night("2026-03-10")
    ((first,),) = crm.told().values()
    assert first["event"]["billingAccount"]["paymentStatus"] == "inArrears"
    crm.subscriber.answer(204)
    crm.desk.world.pay("80.00", "2026-03-11", payment_no="P1")
    crm.desk.world.night("2026-03-11")
    crm.now += dt.timedelta(hours=3)
    ((again, left),) = crm.told().values()
    assert again["eventId"] == first["eventId"]
    assert [each["event"]["billingAccount"]["paymentStatus"] for each in (again, left)] == [
        "paid",
        "paid",
    ]


def test_a_hub_is_shown_and_ended_by_its_own_api_only(crm: Crm):
    client, headers = crm.desk.client, crm.headers
    made = crm.register(OURS, "eventType=CollectionCaseCreateEvent")
    assert made["signingSecret"].startswith("whsec_")
    path = f"{BASE}/{OURS}/v4/hub/{made['id']}"
    shown = client.get(path, headers=headers).json()
    assert shown == {key: made[key] for key in ("id", "callback", "query")}
    assert set(PUBLISHED["hub"]["required"]) <= shown.keys()
    elsewhere = f"{BASE}/paymentManagement/v4/hub/{made['id']}"
    assert client.get(elsewhere, headers=headers).status_code == 404
    assert client.delete(elsewhere, headers=headers).status_code == 404
    assert client.delete(path, headers=headers).status_code == 204
    assert client.get(path, headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"query": "eventType=CaseEvent"}, "CaseEvent is no event of collectionManagement"),
        ({"query": "colour=red"}, "'colour' can't be answered"),
        ({"query": "red"}, "can't be answered"),
        ({"callback": None}, "callback"),
    ],
)
def test_what_cannot_be_answered_is_refused(crm: Crm, body: dict[str, Any], said: str):
    hub = {"callback": crm.subscriber.url, **body}
    refused = crm.desk.client.post(f"{BASE}/{OURS}/v4/hub", json=hub, headers=crm.headers)
    assert refused.status_code == 422
    assert said in refused.json()["detail"]


def test_another_brands_hub_is_neither_seen_nor_told(desk: Desk, crm: Crm):
    desk.world.policy(
        POLICY
        + """
[[brands]]
name = "south"
locale = "en_US"
time_zone = "UTC"
"""
    )
    south = desk.key(Permission.SUBSCRIBE, Permission.VIEW, brands=["south"], name="south")
    body = {"callback": crm.subscriber.url}
    path = f"{BASE}/{OURS}/v4/hub"
    made = desk.client.post(path, json=body, headers=south).json()
    everybodys = crm.register("accountManagement")
    hidden = f"{BASE}/accountManagement/v4/hub/{everybodys['id']}"
    assert desk.client.get(hidden, headers=south).status_code == 404
    desk.world.night("2026-03-10")
    # Ada is a customer of the other brand
    assert crm.told().keys() == {"accountManagement"}
    assert desk.client.delete(f"{path}/{made['id']}", headers=south).status_code == 204
