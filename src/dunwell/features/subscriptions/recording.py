"""What became of messages is written down: taken, put off or parked; and how their receiver does.

A receiver that takes nothing at all is given a rest, and then tried with one message.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg
import structlog
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.features.events import log
from dunwell.features.subscriptions import rules
from dunwell.features.subscriptions.messages import Due
from dunwell.features.subscriptions.receiver import Answer

_DELIVERING = statements.load(__package__, "delivering.sql")

HOPELESS = 3
"""So many failures, and nothing taken: the rest of the chunk is left for later."""

logger = structlog.get_logger()
Clock = Callable[[], dt.datetime]


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


@dataclass(slots=True)
class Chunk:
    """What came of the messages of one chunk; written by several threads."""

    sent: list[int] = field(default_factory=list)
    failed: list[tuple[Due, int, Answer]] = field(default_factory=list)
    """With how many parts were taken."""
    taken: int = 0

    @property
    def is_hopeless(self) -> bool:
        """Whether the receiver seems to take nothing at all."""
        return not self.taken and len(self.failed) >= HOPELESS

    @property
    def reason(self) -> str | None:
        """Why the first one failed."""
        return self.failed[0][2].reason if self.failed else None


class Recorder:
    """Writes down what becomes of subscriptions' messages, on a deliverer's connection."""

    def __init__(self, connection: psycopg.Connection[TupleRow], clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._chance = Random()  # noqa: S311 - spreads retries, hides nothing

    def record(
        self, subscription: dict[str, Any], chunk: Chunk, total: Delivered, *, probing: bool
    ) -> bool:
        """Write down what became of a chunk, and count it in; whether to go on with the next."""
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

    def rest(self, subscription: dict[str, Any], reason: str) -> None:
        """Nothing can be sent to the receiver; it is tried again later."""
        now = self._clock()
        wait = rules.pause(subscription["failures"] + 1, None, self._chance)
        given = {"subscription_id": subscription["id"], "now": now, "reason": reason}
        _DELIVERING["failing"].run(self._connection, {**given, "retry_at": now + wait})
        logger.error("nothing can be sent", subscription=subscription["name"], reason=reason)

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
        self, subscription: dict[str, Any], chunk: Chunk, given: dict[str, Any], now: dt.datetime
    ) -> int:
        """The receiver is given a rest; how many events are parked because it has failed long."""
        asked = max((answer.pause or dt.timedelta() for _, _, answer in chunk.failed))
        wait = rules.pause(subscription["failures"] + 1, asked, self._chance)
        _DELIVERING["failing"].run(self._connection, {**given, "retry_at": now + wait})
        if not rules.is_over(subscription["failing_since"] or now, now):
            return 0
        since = {**given, "waiting_since": now - rules.PATIENCE}
        return _DELIVERING["park_waiting"].run(self._connection, since).rowcount

    def _log(self, subscription: dict[str, Any], now: dt.datetime, kind: str, **facts: Any) -> None:
        row = _DELIVERING["today"].run(self._connection, {"now": now}).fetchone()
        assert row is not None
        data = {"subscription": subscription["name"], **facts}
        log.record(self._connection, row[0], kind, data, actor="publisher")
