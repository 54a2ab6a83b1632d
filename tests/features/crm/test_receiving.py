"""Changes that come from a CRM: carried out once, conflict-safe, answered with how things stand."""

import datetime as dt
import itertools

import pytest
from tests.policies import policy, scenario
from tests.prepared import CopyOf
from tests.world import World

from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.statuses import AlertActivity
from dunwell.features.crm import mirror, receiving
from dunwell.features.crm.receiving import Answer, Message
from dunwell.features.crm.rules import Change, Noun

ALERTED = {"collection_status": "true", "credit_alerts": "true"}
_numbers = itertools.count(1)


def at(minute: int) -> dt.datetime:
    return dt.datetime(2026, 6, 20, 9, minute, tzinfo=dt.UTC)


def said(
    world: World, change: str, noun: str = "action", message_id: str | None = None, **more
) -> Answer:
    message = Message(message_id or f"M-{next(_numbers)}", Noun(noun), Change(change), **more)
    found: Answer = world.by_hand("2026-06-20").do(receiving.receive, "siebel", message)
    return found


def shown(world: World) -> mirror.Mirror:
    found: mirror.Mirror = world.by_hand("2026-06-20").do(mirror.mirror, "siebel", "B1")
    return found


def action(world: World, name: str = "call") -> str:
    return next(str(each["handle"]) for each in shown(world).actions if each["action"] == name)


def _chased(world: World) -> None:
    """In collections since 12 June: a call on 1 July, a letter on 11 July."""
    world.policy(policy(scenario(steps="20 call, 30 letter"), settings=ALERTED))
    world.customer()
    world.bill("50.00", "2026-06-01")
    world.night("2026-06-12")


@pytest.fixture
def chased(copy_of: CopyOf) -> World:
    return copy_of(_chased)


def test_the_mirror_shows_status_cases_actions_and_alerts_with_their_versions(chased: World):
    found = shown(chased)
    assert found.collection_status is not None
    assert found.collection_status.status == "yellow"
    (case,) = found.cases
    assert (case["status"], case["overdue_amount"], case["their_id"]) == ("open", "50.00", None)
    assert [(each["action"], each["due_on"], each["version"]) for each in found.actions] == [
        ("call", "2026-07-01", 1),
        ("letter", "2026-07-11", 1),
    ]
    assert [each["reason"] for each in found.credit_alerts] == ["entered_collections"]


def test_a_completed_action_is_completed_here_and_its_identifier_learnt(chased: World):
    call = action(chased)
    answer = said(
        chased, "completed", handle=call, their_id="1-ABC", version=1, reason="reached her"
    )
    assert (answer.outcome, answer.state["status"], answer.state["version"]) == (
        "applied",
        "completed",
        2,
    )
    assert chased.status("call") == "completed"
    (event,) = chased.events("action_completed")
    assert event["data"]["reason"] == "reached her"
    found = chased.by_hand("2026-06-20").do(
        mirror.identifiers, "siebel", Noun.ACTION, handle=None, their_id="1-ABC"
    )
    assert str(found.handle) == call


def test_a_repeated_message_is_answered_as_the_first_time_and_does_nothing(chased: World):
    call = action(chased)
    first = said(chased, "commented", message_id="M", handle=call, note="她星期五付款")
    chased.by_hand("2026-06-20").reschedule(1, "2026-07-03")
    again = said(chased, "commented", message_id="M", handle=call, note="她星期五付款")
    assert (first.repeated, again.repeated) == (False, True)
    assert again.state == first.state
    assert chased.rows("select category, text from note") == [("crm", "她星期五付款")]
    with pytest.raises(RuleViolation, match="said something else before"):
        said(chased, "commented", message_id="M", handle=call, note="other")


def test_a_change_for_another_version_is_answered_with_the_present_state(chased: World):
    call = action(chased)
    chased.by_hand("2026-06-20").reschedule(1, "2026-07-03")
    answer = said(chased, "cancelled", handle=call, version=1)
    assert (answer.outcome, answer.state["due_on"], answer.state["version"]) == (
        "stale",
        "2026-07-03",
        2,
    )
    assert chased.status("call") == "pending"
    (told,) = chased.events_of("crm_change_not_taken")
    assert (told["outcome"], told["knew_version"], told["version"]) == ("stale", 1, 2)
    assert said(chased, "cancelled", handle=call, version=2).outcome == "applied"


def test_what_arrives_out_of_order_loses_against_the_crms_own_newer_word(chased: World):
    call = action(chased)
    newer = said(
        chased, "rescheduled", handle=call, version=1, due_on=dt.date(2026, 7, 8), their_time=at(2)
    )
    older = said(
        chased, "rescheduled", handle=call, version=1, due_on=dt.date(2026, 7, 6), their_time=at(1)
    )
    assert (newer.outcome, older.outcome) == ("applied", "superseded")
    assert older.state["due_on"] == "2026-07-08"


def test_a_crm_may_say_two_things_before_it_hears_what_became_of_the_first(chased: World):
    call = action(chased)
    day = dt.date(2026, 7, 6)
    for minute in (1, 2, 3):
        answer = said(
            chased,
            "rescheduled",
            handle=call,
            version=1,
            due_on=day + dt.timedelta(days=minute),
            their_time=at(minute),
        )
        assert answer.outcome == "applied"
    chased.by_hand("2026-06-20").reschedule(1, "2026-07-20")
    late = said(chased, "completed", handle=call, version=1, their_time=at(4))
    assert (late.outcome, late.state["due_on"]) == ("stale", "2026-07-20")


def test_what_is_so_already_is_agreed_with_whatever_version_it_knew(chased: World):
    call = action(chased)
    chased.by_hand("2026-06-20").complete(1)
    assert said(chased, "completed", handle=call, version=1).outcome == "agreed"
    assert len(chased.events("action_completed")) == 1


def test_what_a_rule_forbids_is_refused_with_the_rule_and_stays_so(chased: World):
    call = action(chased)
    chased.by_hand("2026-06-20").complete(1)
    answer = said(chased, "cancelled", message_id="M", handle=call)
    assert answer.outcome == "refused"
    assert answer.problem is not None
    assert answer.problem["code"] == "action_closed"
    assert said(chased, "cancelled", message_id="M", handle=call).repeated


def test_an_alert_is_worked_and_closed_from_the_crm(chased: World):
    (alert,) = [each["handle"] for each in shown(chased).credit_alerts]
    noun = "credit_alert"
    assert (
        said(chased, "recorded", noun, handle=alert, activity=AlertActivity.REMINDER_CALL).outcome
        == "applied"
    )
    closed = said(chased, "closed", noun, handle=alert, their_id="CA-1", reason="agreed")
    assert (closed.outcome, closed.state["status"], closed.state["close_reason"]) == (
        "applied",
        "closed",
        "agreed",
    )
    assert said(chased, "closed", noun, their_id="CA-1").outcome == "agreed"
    assert said(chased, "commented", noun, their_id="CA-1", note="too late").outcome == "refused"


def test_an_identifier_means_one_thing_in_one_system(chased: World):
    hand = chased.by_hand("2026-06-20")
    hand.do(mirror.identify, "siebel", Noun.ACTION, action(chased), "1-ABC")
    with pytest.raises(RuleViolation, match="calls another action '1-ABC'"):
        hand.do(mirror.identify, "siebel", Noun.ACTION, action(chased, "letter"), "1-ABC")
    hand.do(mirror.identify, "other", Noun.ACTION, action(chased, "letter"), "1-ABC")
    hand.do(mirror.identify, "siebel", Noun.CASE, shown(chased).cases[0]["handle"], "1-ABC")
    assert shown(chased).cases[0]["their_id"] == "1-ABC"


@pytest.mark.parametrize(
    ("change", "noun", "given", "error", "message"),
    [
        ("completed", "case", {"handle": "1-1"}, BadInput, "can't say that it was completed"),
        ("rescheduled", "action", {"handle": "1-1"}, BadInput, "needs due_on"),
        ("commented", "action", {"handle": "1-1"}, BadInput, "needs note"),
        ("completed", "action", {}, BadInput, "Name it"),
        ("completed", "action", {"handle": "1-99"}, NotFound, "no action '1-99'"),
        ("completed", "action", {"their_id": "X"}, NotFound, "told of no action 'X'"),
        ("closed", "credit_alert", {"handle": "x"}, NotFound, "no credit alert 'x'"),
    ],
)
def test_a_message_without_sense_is_refused_and_not_kept(
    chased: World, change, noun, given, error, message
):
    with pytest.raises(error, match=message):
        said(chased, change, noun, **given)
    assert chased.rows("select count(*) from crm_message") == [(0,)]


def test_a_clock_that_is_ahead_is_told_and_changes_nothing(chased: World):
    call = action(chased)
    for time, problem in (
        (dt.datetime(9999, 1, 1, tzinfo=dt.UTC), "more than a day ahead"),
        (dt.datetime(2026, 6, 20, 9), "no time zone"),  # noqa: DTZ001 - what is refused
    ):
        with pytest.raises(BadInput, match=problem):
            said(chased, "completed", handle=call, version=1, their_time=time)
    assert said(chased, "completed", handle=call, version=1, their_time=at(1)).outcome == "applied"
