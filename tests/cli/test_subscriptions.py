"""`dunwell subscriptions` and `dunwell events`, as an operator types them."""

from collections.abc import Iterator

import pytest
from standardwebhooks import Webhook
from tests.cli.conftest import Call
from tests.features.subscriptions.receiving import Subscriber

from dunwell.db.database import Database


@pytest.fixture
def subscriber(monkeypatch: pytest.MonkeyPatch) -> Iterator[Subscriber]:
    monkeypatch.setenv("DUNWELL_WEBHOOK_NETWORKS", '["127.0.0.0/8", "::1/128"]')
    with Subscriber() as subscriber:
        yield subscriber


def test_from_subscribing_to_the_first_message(
    dunwell: Call, installation: Database, subscriber: Subscriber
):
    made = dunwell("subscriptions", "create", "crm", subscriber.url, "--json")
    assert made.code == 0, made.err
    Webhook(made.json["secret"])
    dunwell("subscriptions", "pause", "crm")
    dunwell("subscriptions", "resume", "crm")
    outcome = dunwell("events", "deliver", "--json")
    assert outcome.json == {"new_events": 3, "taken": 3, "failed": 0, "parked": 0}
    changes = [each.event["data"]["details"]["change"] for each in subscriber.received]
    assert changes == ["created", "paused", "resumed"]
    (listed,) = dunwell("subscriptions", "list", "--json").json["subscriptions"]
    assert (listed["name"], listed["sent"], listed["waiting"]) == ("crm", 3, 0)
    assert "crm" in dunwell("subscriptions", "list").out


def test_a_secret_is_shown_when_made_and_never_again(
    dunwell: Call, installation: Database, subscriber: Subscriber
):
    first = dunwell("subscriptions", "create", "crm", subscriber.url).out.strip()
    second = dunwell("subscriptions", "rotate", "crm").out.strip()
    assert first.startswith("whsec_")
    assert first != second
    told = dunwell("subscriptions", "list", "--json").out
    assert first not in told
    assert second not in told


def test_parked_events_are_listed_and_retried(
    dunwell: Call, installation: Database, subscriber: Subscriber
):
    dunwell("subscriptions", "create", "crm", subscriber.url)
    subscriber.answer(500)
    dunwell("events", "deliver")
    with installation.connect() as connection:
        connection.execute("update delivery set parked_at = now()")
    (parked,) = dunwell("subscriptions", "parked", "crm", "--json").json["parked"]
    assert parked["kind"] == "subscription_changed"
    assert "answered 500" in dunwell("subscriptions", "parked", "crm").out
    number = str(parked["event_id"])
    retried = dunwell("subscriptions", "retry", "crm", "--event", number, "--json")
    assert retried.json == {"events": 1}
    with installation.connect() as connection:
        connection.execute("update delivery set parked_at = now()")
    outcome = dunwell("subscriptions", "discard", "crm", "--event", number)
    assert outcome.out == "1 event given up.\n"


def test_what_is_wrong_is_answered_with_the_remedy(dunwell: Call, installation: Database):
    outcome = dunwell("subscriptions", "create", "crm", "https://10.0.0.1/", "--json")
    assert outcome.code == 2
    assert "DUNWELL_WEBHOOK_NETWORKS" in outcome.json["error"]["message"]
    outcome = dunwell("subscriptions", "replay", "nobody", "--since", "2026-03-01", "--json")
    assert (outcome.code, outcome.json["error"]["code"]) == (2, "not_found")
    outcome = dunwell("subscriptions", "replay", "nobody")
    assert outcome.code == 2


def test_the_kinds_and_the_log_s_parts_are_listed(dunwell: Call, installation: Database):
    assert "case_opened" in dunwell("events", "kinds").out
    assert any(
        each["kind"] == "night_late" for each in dunwell("events", "kinds", "--json").json["kinds"]
    )
    names = [each["name"] for each in dunwell("events", "partitions", "--json").json["partitions"]]
    assert "event_default" in names
    assert "event_default" in dunwell("events", "partitions").out
