"""Subscribers get everything at least once and in order, however their side behaves."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from standardwebhooks import WebhookVerificationError
from tests.features.subscriptions.conftest import DAY, HERE, Publisher
from tests.features.subscriptions.receiving import Received, Subscriber

from dunwell.features.subscriptions import delivering, receiver, service
from dunwell.features.subscriptions.outgoing import Outgoing


def subjects(received: list[Received], key: str = "no") -> list[int]:
    return [each.event["data"]["details"][key] for each in received]


def numbered(publisher: Publisher, unit: int, *numbers: int) -> None:
    for number in numbers:
        publisher.write(unit, no=number)


def test_a_message_is_a_signed_cloud_event(publisher: Publisher, subscriber: Subscriber):
    secret = publisher.subscribe(subscriber.url, kinds=["exempted"])
    publisher.write(1, reason="good customer")
    assert publisher.publish().taken == 1
    (message,) = subscriber.take()
    assert message.verify(secret) == message.event
    assert message.headers["content-type"].startswith("application/cloudevents+json")
    event = message.event
    assert (event["specversion"], event["source"], event["type"]) == (
        "1.0",
        "/dunwell",
        "dunwell.exempted",
    )
    assert (event["businessdate"], event["id"]) == (str(DAY), message.id)
    assert event["data"]["details"] == {"reason": "good customer"}
    assert publisher.publish().taken == 0


def test_another_secret_doesn_t_verify_it(publisher: Publisher, subscriber: Subscriber):
    publisher.subscribe(subscriber.url, "other", kinds=["run_completed"])
    secret = publisher.subscribe(subscriber.url, "other still", kinds=["run_completed"])
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    publisher.write(1)
    publisher.publish()
    with pytest.raises(WebhookVerificationError):
        subscriber.received[0].verify(secret)


def test_a_rotated_secret_signs_at_once_and_the_old_one_for_a_day(
    publisher: Publisher, subscriber: Subscriber
):
    old = publisher.subscribe(subscriber.url, kinds=["exempted"])
    new = publisher.do(service.rotate, HERE, "billing", publisher.now)
    publisher.write(1)
    publisher.publish()
    assert subscriber.received[0].verify(old) == subscriber.received[0].verify(new)
    signed = subscriber.take()[0].headers["webhook-signature"].split()
    publisher.later(hours=25)
    publisher.write(1)
    publisher.publish()
    assert (len(signed), len(subscriber.take()[0].headers["webhook-signature"].split())) == (2, 1)


def test_a_failing_event_holds_up_its_own_bill_unit_only(
    publisher: Publisher, subscriber: Subscriber
):
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    numbered(publisher, 1, 11, 12)
    numbered(publisher, 2, 21, 22)
    subscriber.answer(lambda it: 500 if subjects([it]) == [11] else 204)
    publisher.publish()
    got = subjects(subscriber.take())
    assert [number for number in got if number > 20] == [21, 22]
    assert 12 not in got
    assert publisher.deliver().taken == 0  # not before the pause is over
    subscriber.answer(204)
    publisher.later(minutes=1)
    publisher.deliver()
    assert subjects(subscriber.take()) == [11, 12]


def test_a_receiver_that_is_away_gets_everything_in_order_when_it_is_back(
    publisher: Publisher, subscriber: Subscriber
):
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    subscriber.answer(503)
    for unit in (1, 2, 3, 4, 5, 6, 7):
        numbered(publisher, unit, 10 * unit + 1, 10 * unit + 2)
    publisher.publish()
    tried = len(subscriber.take())
    assert tried <= delivering.SENDERS
    assert publisher.state()["failures"] == 1
    for _ in range(5):
        publisher.later(hours=5)
        publisher.deliver()
    assert len(subscriber.take()) == 5  # a probe each
    subscriber.answer(204)
    publisher.later(hours=7)
    publisher.deliver()
    publisher.later(hours=7)
    publisher.deliver()
    got = subjects(subscriber.take())
    assert sorted(got) == [10 * unit + no for unit in range(1, 8) for no in (1, 2)]
    for unit in range(1, 8):
        assert [no for no in got if no // 10 == unit] == [10 * unit + 1, 10 * unit + 2]
    state = publisher.state()
    assert (state["failures"], state["waiting"], state["sent"]) == (0, 0, 14)


def test_after_three_days_what_wasn_t_taken_is_parked_and_can_be_sent_again(
    publisher: Publisher, subscriber: Subscriber
):
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    numbered(publisher, 1, 11, 12)
    numbered(publisher, 2, 21)
    subscriber.answer(lambda it: 500 if subjects([it]) == [11] else 204)
    publisher.publish()
    for _ in range(20):
        publisher.later(hours=4)
        publisher.deliver()
    got = subjects(subscriber.take())
    assert got[-1] == 12  # goes on behind the one that was given up
    assert 8 <= got.count(11) <= 18
    (parked,) = publisher.parked()
    assert parked["last_error"] == "the receiver answered 500"
    (logged,) = publisher.world.rows("select data from event where kind = 'deliveries_parked'")
    assert logged[0]["events"] == 1
    subscriber.answer(204)
    assert publisher.do(service.retry_parked, "billing", publisher.now) == 1
    publisher.deliver()
    assert subjects(subscriber.take()) == [11]
    assert publisher.parked() == []


def test_of_a_receiver_dead_for_three_days_everything_as_old_is_parked(
    publisher: Publisher, subscriber: Subscriber
):
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    subscriber.answer(500)
    for unit in range(1, 31):
        numbered(publisher, unit, unit)
    publisher.publish()
    for _ in range(20):
        publisher.later(hours=4)
        publisher.deliver()
    numbered(publisher, 50, 50)
    publisher.fan_out()
    state = publisher.state()
    assert (state["parked"], state["waiting"]) == (30, 1)
    assert len(publisher.parked()) == 30


def test_a_redirect_is_not_followed(publisher: Publisher, subscriber: Subscriber):
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    subscriber.behaviour.headers["location"] = "/elsewhere"
    subscriber.answer(307)
    publisher.write(1)
    assert publisher.publish().failed == 1
    assert [each.path for each in subscriber.received] == ["/events"]


def test_a_receiver_that_wants_no_more_is_paused(publisher: Publisher, subscriber: Subscriber):
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    subscriber.answer(410)
    publisher.write(1)
    publisher.publish()
    publisher.later(days=1)
    assert publisher.publish().failed == 0
    state = publisher.state()
    assert (state["status"], state["waiting"]) == ("paused", 1)
    subscriber.answer(204)
    publisher.do(service.resume, "billing")
    publisher.deliver()
    assert len(subscriber.received) == 2


def test_a_receiver_is_left_alone_for_as_long_as_it_asks(
    publisher: Publisher, subscriber: Subscriber
):
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    subscriber.behaviour.headers["retry-after"] = "3600"
    subscriber.answer(429)
    publisher.write(1)
    publisher.publish()
    publisher.later(minutes=50)
    assert publisher.deliver().failed == 0
    publisher.later(minutes=20)
    assert publisher.deliver().failed == 1


@pytest.mark.parametrize("how", ["hangs", "drips", "hangs up", "talks without end"])
def test_a_receiver_that_misbehaves_costs_no_more_than_its_time(
    publisher: Publisher, subscriber: Subscriber, how: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(receiver, "SECONDS", 1.0)

    def misbehave(handler) -> None:
        handler.close_connection = True
        if how == "hangs":
            time.sleep(9)
        elif how == "drips":
            for _ in range(90):
                time.sleep(0.1)
                handler.wfile.write(b"H")
                handler.wfile.flush()
        elif how == "talks without end":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(10_000):
                handler.wfile.write(b"bla" * 1000)

    subscriber.answer(lambda _: misbehave)
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    publisher.write(1)
    started = time.monotonic()
    outcome = publisher.publish()
    assert time.monotonic() - started < 7
    assert (outcome.taken, outcome.failed) == ((1, 0) if how == "talks without end" else (0, 1))


@pytest.mark.parametrize("second", ["204 No Content", "500 Oops"])
def test_a_second_answer_to_one_message_is_not_taken_for_that_to_the_next(
    publisher: Publisher, subscriber: Subscriber, second: str
):
    """11 is taken, whatever comes behind; 12 has its own answer, a refusal, and is sent again."""

    def answer_twice(handler) -> None:
        both = (
            f"HTTP/1.1 {each}\r\ncontent-length: 0\r\n\r\n" for each in ("204 No Content", second)
        )
        handler.wfile.write("".join(both).encode())

    subscriber.answer(lambda it: answer_twice if subjects([it]) == [11] else 500)
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    numbered(publisher, 1, 11, 12)
    publisher.publish()
    assert subjects(subscriber.take()) == [11, 12]
    state = publisher.state()
    assert (state["sent"], state["waiting"]) == (1, 1)
    subscriber.answer(204)
    publisher.later(minutes=1)
    publisher.deliver()
    assert subjects(subscriber.take()) == [12]
    assert publisher.state()["waiting"] == 0


def test_a_hanging_receiver_does_not_hold_up_the_others(
    publisher: Publisher, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(receiver, "SECONDS", 2.0)
    publisher.subscribe(subscriber.url, "healthy", kinds=["exempted"])
    with Subscriber() as hanging:
        hanging.answer(lambda _: lambda _handler: time.sleep(2.5))
        publisher.subscribe(hanging.url, "another", kinds=["exempted"])
        publisher.write(*range(1, 101))
        publisher.publish()
    assert len(subscriber.received) == 100


@pytest.mark.parametrize("allowed", [(), HERE.allowed[1:]], ids=["no network", "another network"])
def test_a_host_that_means_this_machine_is_refused_when_connecting(
    publisher: Publisher, subscriber: Subscriber, allowed
):
    publisher.subscribe(subscriber.url.replace("localhost", "127.0.0.1.nip.example"), "never")
    publisher.do(service.delete, "never")
    # made while the network was allowed, as a host may change what it means later
    publisher.subscribe(subscriber.url.replace("localhost", "127.0.0.1"), kinds=["exempted"])
    publisher.write(1)
    publisher.fan_out()
    assert publisher.deliver(Outgoing(HERE.key, allowed)).failed == 1
    assert "not a public address" in publisher.state()["last_error"]
    assert subscriber.received == []


def test_with_another_key_nothing_is_signed_and_the_remedy_is_named(
    publisher: Publisher, subscriber: Subscriber
):
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    publisher.write(1)
    publisher.fan_out()
    publisher.deliver(Outgoing(b"z" * 32, HERE.allowed))
    assert subscriber.received == []
    assert "DUNWELL_SECRET_KEY" in publisher.state()["last_error"]


def test_a_publisher_killed_between_sending_and_recording_sends_again_under_the_same_id(
    publisher: Publisher, subscriber: Subscriber
):
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    numbered(publisher, 1, 1, 2, 3)
    publisher.fan_out()
    program = Path(__file__).with_name("killed_publisher.py")
    subscriber.answer(204)
    process = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(program), publisher.database.address, HERE.key.decode()],
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert process.returncode == -9
    first = subscriber.take()
    assert subjects(first) == [1, 2, 3]
    deadline = time.monotonic() + 60
    while publisher.deliver().taken == 0 and time.monotonic() < deadline:
        time.sleep(0.2)  # until the server has noticed that the killed one is gone
    again = subscriber.take()
    assert [each.id for each in again] == [each.id for each in first]
    assert [each.body for each in again] == [each.body for each in first]


def test_two_publishers_at_once_send_nothing_twice(publisher: Publisher, subscriber: Subscriber):
    import threading

    publisher.subscribe(subscriber.url, kinds=["exempted"])
    publisher.write(*range(1, 301))
    publisher.fan_out()
    both = [threading.Thread(target=publisher.deliver) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    ids = [each.id for each in subscriber.received]
    assert len(ids) == len(set(ids)) == 300


def test_what_is_paused_waits_and_what_is_deleted_is_gone(
    publisher: Publisher, subscriber: Subscriber
):
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    publisher.do(service.pause, "billing")
    numbered(publisher, 1, 1)
    assert publisher.publish().taken == 0
    publisher.do(service.resume, "billing")
    numbered(publisher, 1, 2)
    publisher.publish()
    assert subjects(subscriber.take()) == [1, 2]
    numbered(publisher, 1, 3)
    publisher.fan_out()
    publisher.do(service.delete, "billing")
    assert publisher.publish().taken == 0
    assert publisher.world.rows("select 1 from delivery") == []


def test_the_log_can_be_replayed_from_a_day_or_an_event(
    publisher: Publisher, subscriber: Subscriber
):
    numbered(publisher, 1, 1, 2)
    publisher.fan_out()
    publisher.subscribe(subscriber.url, kinds=["exempted"])
    assert publisher.publish().taken == 0
    assert publisher.do(service.replay, "billing", publisher.now, since=DAY) == 2
    assert publisher.do(service.replay, "billing", publisher.now, since=DAY) == 0
    publisher.deliver()
    (_, second) = subscriber.take()
    assert publisher.do(service.replay, "billing", publisher.now, from_event=int(second.id)) == 1
    publisher.deliver()
    assert [each.id for each in subscriber.take()] == [second.id]
