"""Credit alerts in the hands of people and of other systems."""

import datetime as dt
from decimal import Decimal

import pytest
from tests.policies import policy, scenario
from tests.prepared import CopyOf
from tests.world import World

from dunwell.domain.errors import BadInput, NotFound, RuleViolation, Stale
from dunwell.domain.statuses import AlertActivity
from dunwell.features.crm import alert_queries, alerts
from dunwell.features.crm.alert_queries import Wanted
from dunwell.features.crm.alerts import Report

ALERTED = {"collection_status": "true", "credit_alerts": "true"}
AGENTS = '[[agents]]\nname = "Jennifer"\n'


def at(hour: int) -> dt.datetime:
    return dt.datetime(2026, 6, 20, hour, tzinfo=dt.UTC)


def reported(world: World, their_id: str = "C-1", bill_unit_no: str = "B1", **more):
    given = {"source": "bureau", "reason": "score fell", "amount": Decimal("80.50"), **more}
    found = world.by_hand("2026-06-20").do(
        alerts.report, bill_unit_no, Report(their_id=their_id, **given)
    )
    return str(found)


def whole(world: World, alert: str, on: str = "2026-06-20"):
    return world.by_hand(on).do(alert_queries.alert, alert)


def listed(world: World, wanted: Wanted | None = None, **more) -> list[str]:
    found = world.by_hand("2026-06-20").do(alert_queries.alerts, wanted, **more)
    return [f"{each.bill_unit_no} {each.source} {each.status}" for each in found.items]


def _chased(world: World) -> None:
    """A bill unit in collections since 12 June, with a letter to come and a call done."""
    world.policy(
        policy(scenario(steps="1 letter, 20 second letter"), settings=ALERTED, more=AGENTS)
    )
    world.customer(name="Ada Okafor")
    world.bill("50.00", "2026-06-01")
    world.night("2026-06-12")


@pytest.fixture
def chased(copy_of: CopyOf) -> World:
    return copy_of(_chased)


def only(world: World) -> str:
    (alert,) = world.by_hand("2026-06-20").do(alert_queries.alerts).items
    return str(alert.handle)


def test_an_alert_shows_what_is_owed_since_when_and_what_is_planned_and_done(chased: World):
    found = whole(chased, only(chased))
    alert = found.alert
    assert (alert.reason, alert.amount, alert.currency) == (
        "entered_collections",
        Decimal("50.0000"),
        "USD",
    )
    assert (alert.oldest_due_on, alert.age_days) == (dt.date(2026, 6, 1), 19)
    assert (alert.next_action, alert.next_due_on) == ("second letter", dt.date(2026, 7, 1))
    assert [each.action for each in found.planned] == ["second letter"]
    assert [(each.action, each.closed_on) for each in found.done] == [
        ("letter", dt.date(2026, 6, 12))
    ]


def test_an_alert_is_assigned_worked_and_closed_and_the_log_tells_it(chased: World):
    alert = only(chased)
    hand = chased.by_hand("2026-06-20")
    hand.do(alerts.assign, alert, "Jennifer", note="please call", expected_version=1)
    hand.do(
        alerts.record,
        alert,
        AlertActivity.REMINDER_CALL,
        note="مشغول",
        done_on=dt.date(2026, 6, 19),
        expected_version=2,
    )
    hand.do(alerts.close, alert, reason="agreed", note="pays on Friday", expected_version=3)
    found = whole(chased, alert)
    assert (found.alert.status, found.alert.close_reason, found.alert.closed_by) == (
        "closed",
        "agreed",
        "Grace",
    )
    assert [(each.kind, each.note, each.done_on.day) for each in found.activities] == [
        ("reminder_call", "مشغول", 19),
        ("note", "please call", 20),
        ("note", "pays on Friday", 20),
    ]
    assert listed(chased) == []
    assert listed(chased, Wanted(status="closed", agent="Jennifer")) == ["B1 dunwell closed"]
    (closed,) = chased.events_of("credit_alert_closed")
    assert closed == {"credit_alert": alert, "source": "dunwell", "reason": "agreed"}
    told = chased.events_of("credit_alert_activity")
    assert [each["activity"] for each in told] == ["note", "reminder_call", "note"]
    assert not any("note" in each for each in told)


def test_an_alert_that_a_person_closed_stays_closed_and_the_next_entry_raises_another(
    chased: World,
):
    chased.by_hand("2026-06-20").do(alerts.close, only(chased), reason="agreed")
    chased.night("2026-06-21", full=True)
    assert listed(chased) == []
    chased.pay("50.00", "2026-06-22")
    chased.night("2026-06-22")
    chased.bill("70.00", "2026-06-23")
    chased.night("2026-07-10")
    assert listed(chased) == ["B1 dunwell open"]


def test_a_system_reports_one_alert_by_its_number_and_older_news_change_nothing(world: World):
    world.customer()
    first = reported(world, their_time=at(10), oldest_due_on=dt.date(2026, 5, 1))
    assert reported(world, their_time=at(9), reason="older") == first
    assert whole(world, first).alert.reason == "score fell"
    assert reported(world, their_time=at(11), amount=Decimal("90.00")) == first
    found = whole(world, first).alert
    assert (found.amount, found.version, found.their_id) == (Decimal("90.0000"), 2, "C-1")
    assert reported(world, their_time=at(11), amount=Decimal("90.00")) == first
    assert whole(world, first).alert.version == 2
    assert len(world.events_of("credit_alert_raised")) == 1
    assert len(world.events_of("credit_alert_changed")) == 1
    world.by_hand("2026-06-20").do(alerts.close, first, reason="a mistake")
    assert reported(world, their_time=at(12)) == first
    assert whole(world, first).alert.status == "closed"
    (closed,) = world.events_of("credit_alert_closed")
    assert (closed["source"], closed["their_id"]) == ("bureau", "C-1")


def test_whoever_leaves_collections_needs_no_alert_of_any_source(chased: World):
    reported(chased)
    chased.pay("50.00", "2026-06-21")
    chased.night("2026-06-21")
    assert listed(chased) == []
    closed = chased.events_of("credit_alert_closed")
    assert sorted(each["source"] for each in closed) == ["bureau", "dunwell"]


def test_the_list_is_narrowed_and_read_page_by_page(world: World):
    world.policy(policy(scenario(), settings=ALERTED, more=AGENTS))
    for number in (1, 2, 3):
        world.customer(f"B{number}")
        reported(world, f"C-{number}", f"B{number}", amount=Decimal(number * 10))
    hand = world.by_hand("2026-06-20")
    first = hand.do(alert_queries.alerts, limit=2)
    second = hand.do(alert_queries.alerts, limit=2, cursor=first.next_cursor)
    assert [each.bill_unit_no for each in (*first.items, *second.items)] == ["B3", "B2", "B1"]
    assert second.next_cursor is None
    assert listed(world, Wanted(least_amount=Decimal(20))) == ["B3 bureau open", "B2 bureau open"]
    assert listed(world, Wanted(bill_unit_no="B2")) == ["B2 bureau open"]
    assert listed(world, Wanted(source="dunwell")) == []
    assert listed(world, Wanted(currency="EUR")) == []
    hand.do(alerts.assign, str(first.items[0].handle), "Jennifer")
    assert listed(world, Wanted(unassigned=True)) == ["B2 bureau open", "B1 bureau open"]
    assert hand.do(alert_queries.choices).sources == ("bureau",)
    with pytest.raises(NotFound, match="no agent 'Bob'"):
        listed(world, Wanted(agent="Bob"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"source": "Dunwell"}, "Dunwell itself"),
        ({"their_id": " "}, "1 to 200 characters"),
        ({"reason": ""}, "Say why"),
        ({"amount": Decimal("1.005")}, "more decimals than USD"),
        ({"amount": Decimal(-1)}, "isn't owed"),
        ({"oldest_due_on": dt.date(2026, 6, 21)}, "after today"),
    ],
)
def test_a_report_that_can_not_be_is_refused(world: World, given, message):
    world.customer()
    with pytest.raises(BadInput, match=message):
        reported(world, **given)
    assert world.rows("select count(*) from credit_alert") == [(0,)]


def test_a_systems_number_belongs_to_one_bill_unit(world: World):
    world.customer("B1")
    world.customer("B2")
    reported(world, "C-1", "B1")
    with pytest.raises(RuleViolation, match="for another bill unit"):
        reported(world, "C-1", "B2")


def test_what_somebody_else_changed_or_closed_is_not_changed_again(world: World):
    world.customer()
    alert = reported(world)
    hand = world.by_hand("2026-06-20")
    hand.do(alerts.record, alert, AlertActivity.DEMAND)
    with pytest.raises(Stale, match="version 2, not 1"):
        hand.do(alerts.close, alert, reason="done", expected_version=1)
    with pytest.raises(BadInput, match="after today"):
        hand.do(alerts.record, alert, AlertActivity.LETTER, done_on=dt.date(2026, 6, 21))
    with pytest.raises(BadInput, match="Write 1 to"):
        hand.do(alerts.record, alert, AlertActivity.NOTE, note=" ")
    hand.do(alerts.close, alert, reason="done")
    with pytest.raises(RuleViolation, match="was closed on 2026-06-20 by Grace"):
        hand.do(alerts.close, alert, reason="again")
    with pytest.raises(NotFound):
        hand.do(alerts.close, "1-99", reason="none")


def test_a_report_from_the_future_is_refused(world: World):
    with pytest.raises(BadInput, match="more than a day ahead"):
        reported(world, their_time=dt.datetime(9999, 1, 1, tzinfo=dt.UTC))
    assert world.rows("select count(*) from credit_alert") == [(0,)]
