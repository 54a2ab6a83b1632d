"""Delivery: every subscription's messages, at least once, in order for each bill unit.

One deliverer works on a subscription at a time (an advisory lock, which dies with its process),
and sends for several bill units at once. What was taken is deleted after it was taken: a deliverer
that dies in between leaves messages that are sent again, under the same id. A receiver that takes
nothing at all is given a rest and then tried with one message, until that one is taken.
"""

import datetime as dt
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

import psycopg
import structlog
from pluggy import PluginManager
from psycopg.rows import TupleRow, dict_row
from psycopg.types.json import Jsonb

from dunwell.db import locks, statements
from dunwell.db.database import Database
from dunwell.domain.errors import BadInput
from dunwell.features.events import log
from dunwell.features.subscriptions import messages, rules, secrets
from dunwell.features.subscriptions.addresses import is_subject
from dunwell.features.subscriptions.messages import Due
from dunwell.features.subscriptions.outgoing import Outgoing
from dunwell.features.subscriptions.receiver import CLOUD_EVENT, Answer, Receiver
from dunwell.features.subscriptions.streams import Stream

_DELIVERING = statements.load(__package__, "delivering.sql")

SUBSCRIPTIONS_AT_ONCE = 8
SENDERS = 8
"""Messages under way to one receiver, each for another bill unit."""
CHUNK = 200
HOPELESS = 3
"""So many failures, and nothing taken: the rest of the chunk is left for later."""

logger = structlog.get_logger()
Clock = Callable[[], dt.datetime]
Notification = Callable[
    [psycopg.Connection[TupleRow], Mapping[str, Any], messages.Notice], str | None
]
"""What a hub is sent of a notice, if it wants it."""


def utc_now() -> dt.datetime:
    """The clock on the wall; tests bring their own."""
    return dt.datetime.now(dt.UTC)


@dataclass(slots=True)
class Delivered:
    """What a round of delivery came to."""

    taken: int = 0
    failed: int = 0
    parked: int = 0

    def add(self, other: "Delivered") -> None:
        """Count another's in."""
        self.taken += other.taken
        self.failed += other.failed
        self.parked += other.parked


def deliver(
    database: Database,
    plugins: PluginManager,
    outgoing: Outgoing,
    *,
    notification: Notification | None = None,
    clock: Clock = utc_now,
    seconds: float = 60.0,
) -> Delivered:
    """Send what is due, to all subscribers at once, for about so many seconds at most; to hubs, the
    `notification` made of it.
    """
    until = time.monotonic() + seconds
    with database.connect(autocommit=True) as connection:
        due = [number for (number,) in _DELIVERING["due"].run(connection, {"now": clock()})]
    total = Delivered()
    if not due:
        return total

    def work(number: int) -> Delivered:
        with database.connect(autocommit=True) as connection:
            courier = _Courier(connection, plugins, outgoing, clock, until, notification)
            return courier.work_for(number)

    with ThreadPoolExecutor(SUBSCRIPTIONS_AT_ONCE) as pool:
        for done in pool.map(work, due):
            total.add(done)
    return total


@dataclass(slots=True)
class _Chunk:
    """What came of the messages of one chunk; written by several threads."""

    sent: list[int] = field(default_factory=list)
    failed: list[tuple[Due, int, Answer]] = field(default_factory=list)
    """With how many parts were taken."""
    taken: int = 0

    @property
    def is_hopeless(self) -> bool:
        return not self.taken and len(self.failed) >= HOPELESS

    @property
    def reason(self) -> str | None:
        return self.failed[0][2].reason if self.failed else None


class _Courier:
    """Works for one subscription after the other, on a connection of its own."""

    def __init__(
        self,
        connection: psycopg.Connection[TupleRow],
        plugins: PluginManager,
        outgoing: Outgoing,
        clock: Clock,
        until: float,
        notification: Notification | None,
    ) -> None:
        self._connection = connection
        self._plugins = plugins
        self._outgoing = outgoing
        self._clock = clock
        self._until = until
        self._notification = notification
        self._chance = Random()  # noqa: S311 - spreads retries, hides nothing

    def work_for(self, number: int) -> Delivered:
        """Send until nothing is due, the receiver fails, or the time is over."""
        total = Delivered()
        lock = [locks.SUBSCRIPTION, number]
        got = self._connection.execute("select pg_try_advisory_lock(%s, %s)", lock).fetchone()
        if got != (True,):
            return total
        try:
            messages.create_temporary_table(self._connection)
            subscription = self._read(number)
            if subscription is not None:
                self._try(subscription, total)
        finally:
            self._connection.execute("select pg_advisory_unlock(%s, %s)", lock)
        return total

    def _try(self, subscription: dict[str, Any], total: Delivered) -> None:
        if (
            secrets.check(self._outgoing.key, subscription["secret_salt"])
            != subscription["key_check"]
        ):
            self._rest(subscription, _OTHER_KEY)
            return
        try:
            self._send_all(subscription, total)
        except psycopg.OperationalError:
            raise
        except Exception as failure:  # noqa: BLE001 - a plug-in may raise anything; others go on
            self._rest(subscription, f"{type(failure).__name__}: {failure}")

    def _read(self, number: int) -> dict[str, Any] | None:
        with self._connection.cursor(row_factory=dict_row) as cursor:
            statement = _DELIVERING["subscription"].render()
            return cursor.execute(statement, {"subscription_id": number}).fetchone()

    def _send_all(self, subscription: dict[str, Any], total: Delivered) -> None:
        local = threading.local()
        receivers = ExitStack()

        def open_receiver() -> None:
            local.receiver = receivers.enter_context(self._receiver(subscription))

        shape = self._shape(subscription["hub"])
        probing, after = subscription["failures"] > 0, 0
        with receivers, ThreadPoolExecutor(SENDERS, initializer=open_receiver) as pool:
            while time.monotonic() < self._until and self._is_active(subscription["id"]):
                given = {
                    "subscription_id": subscription["id"],
                    "now": self._clock(),
                    "after_id": after,
                    "at_most": 1 if probing else CHUNK,
                }
                due = messages.gather(
                    self._connection,
                    self._plugins.hook,
                    given,
                    subscription["kinds"],
                    shape,
                )
                if not due:
                    break
                chunk = self._send(pool, local, due)
                goes_on = self._record(subscription, chunk, total, probing=probing)
                probing, after = False, due[-1].id
                if not goes_on:
                    break

    def _receiver(self, subscription: dict[str, Any]) -> Receiver | Stream:
        url, secrets_ = subscription["url"], self._secrets(subscription)
        outgoing = self._outgoing
        if is_subject(urlsplit(url)):
            return Stream(url, secrets_, outgoing.allowed, outgoing.nats_credentials)
        media_type = CLOUD_EVENT if subscription["hub"] is None else "application/json"
        return Receiver(url, secrets_, outgoing.allowed, media_type)

    def _shape(self, hub: Mapping[str, Any] | None) -> messages.Shape:
        source, notification = self._outgoing.source, self._notification
        if hub is None:
            return lambda notice: messages.cloud_event(notice, source)
        if notification is None:
            raise BadInput("Nobody here knows what a hub is sent.")
        return lambda notice: notification(self._connection, hub, notice)

    def _is_active(self, number: int) -> bool:
        """Whether nobody paused or deleted it meanwhile."""
        found = self._read(number)
        return found is not None and found["status"] == "active"

    def _secrets(self, subscription: dict[str, Any]) -> list[str]:
        """The secrets to sign with: the current one, and for a while the one before."""
        numbers = [subscription["secret_no"]]
        until = subscription["old_secret_until"]
        if until is not None and self._clock() < until:
            numbers.append(subscription["secret_no"] - 1)
        salt = subscription["secret_salt"]
        return [secrets.secret(self._outgoing.key, salt, number) for number in numbers]

    def _send(self, pool: ThreadPoolExecutor, local: threading.local, due: Sequence[Due]) -> _Chunk:
        chunk, streams = _Chunk(), defaultdict[int, list[Due]](list)
        for each in due:
            streams[each.stream].append(each)

        def in_order(stream: list[Due]) -> None:
            for each in stream:
                if chunk.is_hopeless or not self._send_one(local.receiver, each, chunk):
                    return

        for done in [pool.submit(in_order, stream) for stream in streams.values()]:
            done.result()
        return chunk

    def _send_one(self, receiver: Receiver | Stream, due: Due, chunk: _Chunk) -> bool:
        if due.is_lost:
            logger.warning("an event to deliver is no longer in the log", delivery=due.id)
        for no, (number, body) in enumerate(due.messages):
            if no < due.parts_sent:
                continue
            answer = receiver.send(number, body, self._clock())
            if not answer.taken:
                chunk.failed.append((due, no, answer))
                return False
            chunk.taken += 1
        chunk.sent.append(due.id)
        return True

    def _record(
        self, subscription: dict[str, Any], chunk: _Chunk, total: Delivered, *, probing: bool
    ) -> bool:
        """Write down what became of a chunk; whether to go on with the next."""
        now = self._clock()
        failed = [self._failure(*each, now) for each in chunk.failed]
        parked = sum(each["parked"] for each in failed)
        given = {
            "subscription_id": subscription["id"],
            "now": now,
            "sent": chunk.sent,
            "failed": Jsonb(failed),
            "count": chunk.taken,
            "reason": chunk.reason,
        }
        is_failing = not chunk.taken and bool(failed) and (probing or chunk.is_hopeless)
        with self._connection.transaction():
            _DELIVERING["forget"].run(self._connection, given)
            if failed:
                _DELIVERING["postpone"].run(self._connection, given)
            if any(answer.gone for _, _, answer in chunk.failed):
                _DELIVERING["gone"].run(self._connection, given)
                self._log(subscription, now, "subscription_changed", change="paused: it is gone")
                is_failing = True
            elif is_failing:
                parked += self._note_failing(subscription, chunk, given, now)
            elif chunk.taken:
                _DELIVERING["healthy"].run(self._connection, given)
            elif failed:
                _DELIVERING["note_error"].run(self._connection, given)
            if parked:
                facts = {"events": parked, "message": chunk.reason}
                self._log(subscription, now, "deliveries_parked", **facts)
        total.add(Delivered(chunk.taken, len(failed), parked))
        return not is_failing

    def _failure(self, due: Due, parts: int, answer: Answer, now: dt.datetime) -> dict[str, Any]:
        wait = rules.pause(due.attempts + 1, answer.pause, self._chance)
        return {
            "id": due.id,
            "parts_sent": parts,
            "next_attempt_at": (now + wait).isoformat(),
            "parked": rules.is_over(due.first_failed_at or now, now),
            "reason": answer.reason,
        }

    def _note_failing(
        self, subscription: dict[str, Any], chunk: _Chunk, given: dict[str, Any], now: dt.datetime
    ) -> int:
        """The receiver is given a rest; how many events are parked because it has failed long."""
        asked = max((answer.pause or dt.timedelta() for _, _, answer in chunk.failed))
        wait = rules.pause(subscription["failures"] + 1, asked, self._chance)
        _DELIVERING["failing"].run(self._connection, {**given, "retry_at": now + wait})
        if not rules.is_over(subscription["failing_since"] or now, now):
            return 0
        since = {**given, "waiting_since": now - rules.PATIENCE}
        return _DELIVERING["park_waiting"].run(self._connection, since).rowcount

    def _rest(self, subscription: dict[str, Any], reason: str) -> None:
        now = self._clock()
        wait = rules.pause(subscription["failures"] + 1, None, self._chance)
        given = {"subscription_id": subscription["id"], "now": now, "reason": reason}
        _DELIVERING["failing"].run(self._connection, {**given, "retry_at": now + wait})
        logger.error("nothing can be sent", subscription=subscription["name"], reason=reason)

    def _log(self, subscription: dict[str, Any], now: dt.datetime, kind: str, **facts: Any) -> None:
        row = _DELIVERING["today"].run(self._connection, {"now": now}).fetchone()
        assert row is not None
        data = {"subscription": subscription["name"], **facts}
        log.record(self._connection, row[0], kind, data, actor="publisher")


_OTHER_KEY = (
    "The installation's key isn't the one that this subscription was made with:"
    " set DUNWELL_SECRET_KEY (or the file secret.key) as it was, or rotate the secret."
)
