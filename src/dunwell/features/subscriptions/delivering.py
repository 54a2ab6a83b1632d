"""Delivery: every subscription's messages, at least once, in order for each bill unit.

One deliverer works on a subscription at a time (an advisory lock, which dies with its process),
and sends for several bill units at once. What was taken is deleted after it was taken: a deliverer
that dies in between leaves messages that are sent again, under the same id. `recording` keeps what
became of them.
"""

import datetime as dt
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import psycopg
import structlog
from pluggy import PluginManager
from psycopg.rows import TupleRow, dict_row

from dunwell.db import locks, statements
from dunwell.db.database import Database
from dunwell.domain.errors import BadInput
from dunwell.features.subscriptions import messages, secrets
from dunwell.features.subscriptions.addresses import is_subject
from dunwell.features.subscriptions.messages import Due
from dunwell.features.subscriptions.outgoing import Outgoing
from dunwell.features.subscriptions.receiver import CLOUD_EVENT, Receiver
from dunwell.features.subscriptions.recording import Chunk, Clock, Delivered, Recorder
from dunwell.features.subscriptions.streams import Stream

_DELIVERING = statements.load(__package__, "delivering.sql")

SUBSCRIPTIONS_AT_ONCE = 8
SENDERS = 8
"""Messages under way to one receiver, each for another bill unit."""
CHUNK = 200

logger = structlog.get_logger()
Notification = Callable[
    [psycopg.Connection[TupleRow], Mapping[str, Any], messages.Notice], str | None
]
"""What a hub is sent of a notice, if it wants it."""


def utc_now() -> dt.datetime:
    """The clock on the wall; tests bring their own."""
    return dt.datetime.now(dt.UTC)


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
        self._recorder = Recorder(connection, clock)

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
            self._recorder.rest(subscription, _OTHER_KEY)
            return
        try:
            self._send_all(subscription, total)
        except psycopg.OperationalError:
            raise
        except Exception as failure:  # noqa: BLE001 - a plug-in may raise anything; others go on
            self._recorder.rest(subscription, f"{type(failure).__name__}: {failure}")

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
                goes_on = self._recorder.record(subscription, chunk, total, probing=probing)
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

    def _send(self, pool: ThreadPoolExecutor, local: threading.local, due: Sequence[Due]) -> Chunk:
        chunk, streams = Chunk(), defaultdict[int, list[Due]](list)
        for each in due:
            streams[each.stream].append(each)

        def in_order(stream: list[Due]) -> None:
            for each in stream:
                if chunk.is_hopeless or not self._send_one(local.receiver, each, chunk):
                    return

        for done in [pool.submit(in_order, stream) for stream in streams.values()]:
            done.result()
        return chunk

    def _send_one(self, receiver: Receiver | Stream, due: Due, chunk: Chunk) -> bool:
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


_OTHER_KEY = (
    "The installation's key isn't the one that this subscription was made with:"
    " set DUNWELL_SECRET_KEY (or the file secret.key) as it was, or rotate the secret."
)
