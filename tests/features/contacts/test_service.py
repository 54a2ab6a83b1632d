"""Contacts recorded by people."""

import datetime as dt

import pytest
from tests.policies import policy, scenario
from tests.world import World

from dunwell.domain.errors import BadInput, NotFound
from dunwell.domain.statuses import ContactChannel, Direction
from dunwell.features.contacts import queries, service

TYPES = """
[[contact_types]]
contact_class = "collections"
name = "call"
"""


def record(world: World, text: str = "", on: str = "2026-06-20", **more):
    given = {"contact_class": "collections", "contact_type": "call", **more}
    return world.by_hand(on).do(service.record, given.pop("bill_unit_no", "B1"), text, **given)


def test_a_contact_says_who_when_how_and_about_what(world: World):
    world.policy(policy(scenario()))
    world.customer()
    world.bill("50.00", "2026-06-01")
    world.night("2026-06-12")
    case = world.newest_case()["handle"]
    found = record(
        world,
        "वह शुक्रवार को भुगतान करेगा",
        direction=Direction.OUTBOUND,
        channel=ContactChannel.EMAIL,
        contacted_on=dt.date(2026, 6, 19),
        case=case,
    )
    assert (found.author, found.bill_unit_no, str(found.case)) == ("Grace", "B1", case)
    assert (found.direction, found.channel, found.text) == (
        "outbound",
        "email",
        "वह शुक्रवार को भुगतान करेगा",
    )
    (event,) = world.events("contact_recorded")
    assert "text" not in event["data"]


def test_the_history_is_read_page_by_page_with_the_accounts_contacts_in_it(world: World):
    world.customer("B1", account_no="A")
    world.customer("B2", account_no="A")
    for number in (1, 2, 3):
        record(world, str(number), f"2026-06-0{number}")
    record(world, "of the account", "2026-06-04", about_account=True, bill_unit_no="B2")
    record(world, "of the other", "2026-06-05", bill_unit_no="B2")
    record(world, "unhappy", "2026-06-06", contact_class=service.COMPLAINT, contact_type="rude")
    hand = world.by_hand("2026-06-20")
    first = hand.do(queries.contacts, "B1", limit=3)
    assert [each.text for each in first.items] == ["unhappy", "of the account", "3"]
    second = hand.do(queries.contacts, "B1", limit=3, cursor=first.next_cursor)
    assert [each.text for each in second.items] == ["2", "1"]
    (complaint,) = hand.do(queries.contacts, "B1", contact_class="complaint").items
    assert complaint.contact_type == "rude"
    counted = hand.do(queries.counts, "B1")
    assert [(each.contact_class, each.contacts) for each in counted] == [
        ("collections", 4),
        ("complaint", 1),
    ]


def test_where_the_policy_names_contact_types_only_those_and_the_predefined_are_taken(
    world: World,
):
    world.policy(policy(scenario(), more=TYPES))
    world.customer()
    assert record(world).contact_type == "call"
    assert record(world, contact_class="pay plan", contact_type="denied").contact_type == "denied"
    with pytest.raises(BadInput, match="no contact type collections / chat"):
        record(world, contact_type="chat")
    world.policy(policy(scenario()))
    assert record(world, contact_type="chat").contact_type == "chat"


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"contacted_on": dt.date(2026, 6, 21)}, BadInput, "after today"),
        ({"contact_type": " "}, BadInput, "1 to 200 characters"),
        ({"text": "x" * 10_001}, BadInput, "10,001"),
        ({"text": "\0"}, BadInput, "NUL"),
        ({"case": "1-99"}, NotFound, "no case 1-99"),
        ({"case": "nonsense"}, NotFound, "no case 'nonsense'"),
        ({"letter_id": 7}, NotFound, "no letter 7"),
        ({"bill_unit_no": "B9"}, NotFound, "no bill unit 'B9'"),
    ],
)
def test_what_cannot_be_recorded_is_refused(world: World, given, error, message):
    world.customer()
    with pytest.raises(error, match=message):
        record(world, **given)
    assert world.rows("select count(*) from contact") == [(0,)]
