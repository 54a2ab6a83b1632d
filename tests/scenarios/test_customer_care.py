"""A customer's story, as customer care and their CRM live it."""

import datetime as dt

from tests.policies import policy, scenario
from tests.world import World

from dunwell.domain.statuses import AlertActivity
from dunwell.features.crm import alert_queries, alerts, mirror, queries, receiving
from dunwell.features.crm.receiving import Message
from dunwell.features.crm.rules import Change, Noun

SETTINGS = {"collection_status": "true", "credit_alerts": "true"}
STAGE = """
[[collection_substatuses]]
name = "Second letter out"
severity = 1
actions = ["second letter"]
"""


def test_ada_is_late_is_called_by_customer_care_pays_and_is_left_alone(world: World):
    world.policy(policy(scenario(steps="5 call, 10 second letter"), settings=SETTINGS, more=STAGE))
    world.customer(name="Ada Okafor")
    world.bill("50.00", "2026-06-01")

    def status(on: str) -> str:
        return str(world.by_hand(on).do(queries.collection_status, "B1").substatus)

    def shown(on: str) -> mirror.Mirror:
        found: mirror.Mirror = world.by_hand(on).do(mirror.mirror, "siebel", "B1")
        return found

    # she comes into collections, and customer care is told
    world.night("2026-06-12")
    assert status("2026-06-12") == "entered"
    (alert,) = world.by_hand("2026-06-12").do(alert_queries.alerts).items
    assert alert.next_action == "call"

    # somebody at the CRM takes the call over, and does it a day later
    call = shown("2026-06-15").actions[0]
    for number, change, on, more in (
        ("M-1", Change.RESCHEDULED, "2026-06-15", {"due_on": dt.date(2026, 6, 17)}),
        ("M-2", Change.COMPLETED, "2026-06-17", {"reason": "she will pay on Friday"}),
    ):
        message = Message(
            number, Noun.ACTION, change, handle=call["handle"], their_id="1-CALL", **more
        )
        answer = world.by_hand(on).do(receiving.receive, "siebel", message)
        assert answer.outcome == "applied"
    world.by_hand("2026-06-17").do(
        alerts.record, str(alert.handle), AlertActivity.REMINDER_CALL, note="Friday"
    )

    # she doesn't, so the letter goes out, and everybody sees the stage
    world.nights("2026-06-18", "2026-06-22")
    assert status("2026-06-22") == "Second letter out"
    assert [each["status"] for each in shown("2026-06-22").actions] == ["completed", "completed"]

    # then she pays: nobody bothers her any more, on either side
    world.pay("50.00", "2026-06-23")
    world.night("2026-06-23")
    found = shown("2026-06-24")
    assert found.collection_status is not None
    assert (found.collection_status.status, found.collection_status.substatus) == (
        "green",
        "exited",
    )
    assert [each["status"] for each in found.cases] == ["closed"]
    assert [each["close_reason"] for each in found.credit_alerts] == ["exited_collections"]
    told = [
        f"{data['from']['substatus']} → {data['to']['substatus']}"
        for data in world.events_of("collection_status_changed")
    ]
    assert told == [
        "never_in_collections → entered",
        "entered → Second letter out",
        "Second letter out → exited",
    ]
