"""What subscribers read: the manual's notification, whole or each action apart."""

import re
from pathlib import Path
from typing import Any

import pytest
from pluggy import PluginManager
from standardwebhooks import WebhookVerificationError
from tests.features.subscriptions.conftest import HERE, Publisher
from tests.features.subscriptions.receiving import Subscriber
from tests.policies import policy, scenario
from tests.world import World

from dunwell.features.events import catalogue
from dunwell.features.subscriptions.delivering import deliver
from dunwell.plugins.specs import hookimpl

POLICY = policy(
    scenario(entry="10.00", days=1, steps="1 late fee, 2 friendly call"),
    settings={"publish_run_details": "true"},
    more="""
[[actions]]
name = "friendly call"
type = "manual"
description = "Ask how they are"
""",
)


@pytest.fixture
def collections(publisher: Publisher) -> World:
    """A customer who enters on 12 March and is charged then, to be called the next day."""
    world = publisher.world
    world.policy(POLICY)
    world.customer("B1")
    world.bill("100.00", due="2026-03-10", bill_no="N-1")
    return world


def test_a_night_is_told_event_by_event(
    publisher: Publisher, subscriber: Subscriber, collections: World
):
    publisher.subscribe(subscriber.url)
    collections.nights("2026-03-12", "2026-03-14")
    publisher.publish()
    of_case = [each for each in subscriber.received if each.event.get("subject") == "B1"]
    assert [each.kind for each in of_case][:1] == ["case_opened"]
    opened = of_case[0].event["data"]
    assert opened["bill_unit_no"] == "B1"
    assert (opened["account_no"], opened["scenario"], opened["profile"]) == (
        "A-B1",
        "reminders",
        "default USD",
    )
    assert (opened["currency"], opened["overdue_amount"]) == ("USD", "105.00")
    assert opened["bills"] == [{"bill_no": "N-1", "due_on": "2026-03-10", "open_amount": "100.00"}]
    fee, call = opened["details"]["actions"]
    assert (fee["type"], fee["completed_on"]) == ("late_fee", fee["due_on"])
    assert (call["action"], call["description"]) == ("friendly call", "Ask how they are")
    runs = [each for each in subscriber.received if each.kind == "run_completed"]
    assert len(runs) == 3
    assert runs[0].event["data"]["details"]["entered"] == 1


def test_personal_data_stays_here(publisher: Publisher, subscriber: Subscriber, collections: World):
    publisher.subscribe(subscriber.url)
    collections.nights("2026-03-12", "2026-03-14")
    publisher.publish()
    assert subscriber.received
    assert not any("Okafor" in each.body for each in subscriber.received)


def test_who_asks_for_actions_is_told_of_each_apart(
    publisher: Publisher, subscriber: Subscriber, collections: World
):
    publisher.subscribe(subscriber.url, kinds=["action_*"])
    collections.nights("2026-03-12", "2026-03-14")
    collections.pay("105.00", "2026-03-15")
    collections.night("2026-03-15")
    publisher.publish()
    told = [(each.kind, each.event["data"]["details"]["action"]) for each in subscriber.received]
    assert told == [
        ("action_created", "late fee"),
        ("action_created", "friendly call"),
        ("action_completed", "late fee"),
        ("action_due", "friendly call"),
        ("action_cancelled", "friendly call"),
    ]
    assert len({each.id for each in subscriber.received}) == 5
    fee = subscriber.received[2].event["data"]["details"]
    assert (fee["amount"], fee["type"], fee["status"]) == ("5.00", "late_fee", "completed")


def test_of_an_event_sent_in_parts_what_was_taken_isn_t_sent_again(
    publisher: Publisher, subscriber: Subscriber, collections: World
):
    publisher.subscribe(subscriber.url, kinds=["action_created"])
    collections.night("2026-03-12")
    subscriber.answer(lambda it: 500 if it.event["data"]["details"]["step"] == 2 else 204)
    publisher.publish()
    subscriber.answer(204)
    publisher.later(minutes=1)
    publisher.deliver()
    steps = [each.event["data"]["details"]["step"] for each in subscriber.received]
    assert steps == [1, 2, 2]


def test_a_plug_in_may_add_fields_but_not_change_what_is_there(
    publisher: Publisher, subscriber: Subscriber, collections: World
):
    class Ours:
        @hookimpl
        def publish_event(self, batch):
            return {
                row["no"]: {"region": "north", "brand": "forged"}
                for row in batch.rows()
                if row["kind"] == "case_opened"
            }

    manager: PluginManager = collections.plugins
    manager.register(Ours())
    publisher.subscribe(subscriber.url, kinds=["case_opened"])
    collections.night("2026-03-12")
    publisher.publish()
    data = subscriber.received[0].event["data"]
    assert data["region"] == "north"
    assert data["brand"] != "forged"


def test_a_plug_in_that_raises_stops_its_subscription_and_says_so(
    publisher: Publisher, subscriber: Subscriber
):
    class Broken:
        @hookimpl
        def publish_event(self, batch):
            raise KeyError("region")

    publisher.subscribe(subscriber.url, kinds=["exempted"])
    publisher.write(1)
    publisher.fan_out()
    manager = publisher.world.plugins
    broken = Broken()
    manager.register(broken)
    deliver(publisher.database, manager, HERE, clock=lambda: publisher.now)
    assert publisher.state()["last_error"] == "KeyError: 'region'"
    manager.unregister(broken)
    publisher.later(minutes=1)
    assert publisher.deliver().taken == 1


def test_a_status_that_nobody_knows_makes_no_part():
    data = {"actions": [{"step": 1, "status": "unheard_of"}]}
    assert catalogue.messages("actions_performed", data, frozenset({"action_completed"})) == []


def test_the_how_to_s_verification_takes_a_message_and_refuses_a_changed_one(
    publisher: Publisher, subscriber: Subscriber
):
    page = (Path(__file__).parents[3] / "docs/how-to/receive-events.md").read_text("utf-8")
    told: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0], told)  # noqa: S102 - ours
    secret = publisher.subscribe(subscriber.url, kinds=["exempted"])
    publisher.write(1)
    publisher.publish()
    (message,) = subscriber.received
    assert told["take"](secret, message.headers, message.body)["type"] == "dunwell.exempted"
    with pytest.raises(WebhookVerificationError):
        told["take"](secret, message.headers, message.body.replace("exempted", "case_closed"))
