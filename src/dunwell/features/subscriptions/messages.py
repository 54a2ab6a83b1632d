"""From events of the log to the messages that one subscriber is sent: CloudEvents of ours, or what
somebody else makes of a `Notice` (TM Forum's hubs).

Due deliveries are gathered in the temporary table `publishing`, where the hook `publish_event` (the
default first) says more about them.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from pluggy import HookRelay
from psycopg.rows import TupleRow, dict_row

from dunwell.db import statements
from dunwell.features.events import catalogue
from dunwell.plugins.batch import Batch

_MESSAGES = statements.load(__package__, "messages.sql")


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery whose time has come, with the messages that it takes."""

    id: int
    stream: int
    attempts: int
    parts_sent: int
    first_failed_at: dt.datetime | None
    messages: list[tuple[str, str]] = field(default_factory=list)
    """Each with its id and its body."""
    is_lost: bool = False
    """Its event is no longer in the log."""


@dataclass(frozen=True, slots=True)
class Notice:
    """An event, or a part of one, of which somebody is to be told."""

    number: str
    """Unique, and the same whenever it is sent."""
    kind: str
    time: dt.datetime
    business_date: dt.date
    actor: str | None
    account_id: int
    case_id: int
    """0: none."""
    bill_unit_no: str
    """Empty: none."""
    details: Mapping[str, Any]
    data: Mapping[str, Any]
    """What hooks say about it."""


Shape = Callable[[Notice], str | None]
"""What a message's body is; none: the subscriber isn't told of it."""


def create_temporary_table(connection: psycopg.Connection[TupleRow]) -> None:
    """`publishing`, once for each connection that sends."""
    _MESSAGES["create_publishing"].run(connection)


def gather(
    connection: psycopg.Connection[TupleRow],
    hooks: HookRelay,
    given: Mapping[str, Any],
    kinds: list[str] | None,
    shape: Shape,
) -> list[Due]:
    """The next due deliveries of a subscription, in order; reads only.

    `given`: subscription_id, now, after_id, at_most. Nothing is due of a bill unit of which an
    earlier event waits for its next attempt.
    """
    wanted = None if kinds is None else catalogue.matching(kinds)
    with connection.transaction():
        _MESSAGES["clear"].run(connection)
        count = _MESSAGES["gather"].run(connection, given).rowcount
        if not count:
            return []
        numbers = {"first_no": 1, "last_no": count}
        answers = hooks.publish_event(batch=Batch(connection, "publishing", numbers))
        with connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(_MESSAGES["gathered"].render()).fetchall()
    for row in rows:
        # the first that was loaded answered last, and has the last word
        more = [answer.get(row["no"], {}) for answer in answers if answer]
        row["data"] = {key: value for each in more for key, value in each.items()} | row["data"]
    return [_due(row, wanted, shape) for row in rows]


def _due(row: dict[str, Any], wanted: frozenset[str] | None, shape: Shape) -> Due:
    facts = {name: row[name] for name in ("stream", "attempts", "parts_sent", "first_failed_at")}
    if row["kind"] is None:
        return Due(row["delivery_id"], **facts, is_lost=True)
    notices = [
        _notice(row, each) for each in catalogue.messages(row["kind"], row["details"], wanted)
    ]
    bodies = [(each.number, shape(each)) for each in notices]
    messages = [(number, body) for number, body in bodies if body is not None]
    return Due(row["delivery_id"], **facts, messages=messages)


def _notice(row: dict[str, Any], told: catalogue.Message) -> Notice:
    return Notice(
        f"{row['event_id']}.{told.part}" if told.part else str(row["event_id"]),
        told.kind,
        row["recorded_at"].astimezone(dt.UTC),
        row["business_date"],
        row["actor"],
        row["account_id"] or 0,
        row["case_id"] or 0,
        row["data"].get("bill_unit_no", ""),
        told.details,
        row["data"],
    )


def cloud_event(notice: Notice, source: str) -> str:
    """Our own message."""
    day = notice.business_date.isoformat()
    attributes = {
        "id": notice.number,
        "source": source,
        "type": f"dunwell.{notice.kind}",
        "time": notice.time,
        "datacontenttype": "application/json",
        "businessdate": day,
    }
    if "bill_unit_no" in notice.data:
        attributes["subject"] = notice.data["bill_unit_no"]
    said = {"business_date": day, "actor": notice.actor, **notice.data, "details": notice.details}
    return JSONFormat().write(CloudEvent(attributes, said)).decode()
