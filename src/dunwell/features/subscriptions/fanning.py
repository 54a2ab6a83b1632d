"""Fan-out: what is new in the log becomes a delivery for each subscription that wants it.

Each event carries the number of the transaction that wrote it, and a reading of the log keeps its
snapshot. New is what that snapshot didn't see: so an event that commits late, behind others with
higher numbers, is found, one that rolled back never is, and no writer knows of any of this
(docs/decisions/0070). Per bill unit the events come in the order in which they happened.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow, dict_row
from psycopg.types.json import Jsonb

from dunwell.db import locks, statements
from dunwell.features.events import catalogue

_FANNING = statements.load(__package__, "fanning.sql")

UNSEEN: Mapping[str, str] = {
    "new": """
        event.txid >= %(oldest)s::xid8
        and not pg_visible_in_snapshot(event.txid, %(seen)s::pg_snapshot)
        and event.id > %(settled_event_id)s::bigint
    """,
    "settled": "settled_event_id",
}
AFTER_MOVING: Mapping[str, str] = {
    "new": """
        event.id > %(settled_event_id)s::bigint
        and (
            event.id > %(last_event_id)s::bigint
            or not pg_visible_in_snapshot(event.txid, %(seen)s::pg_snapshot)
        )
    """,
    "settled": "coalesce((select max(id) from event), settled_event_id)",
}
"""On another server (a dump was restored, a replica took over by logical copy) transactions are
numbered anew. The old numbers still go with the old snapshot; whatever was written since has a
higher event number than all that was ever visible."""


@dataclass(frozen=True, slots=True)
class FanOut:
    """How many events were new, and how many deliveries they made."""

    events: int
    deliveries: int


def fan_out(connection: psycopg.Connection[TupleRow], now: dt.datetime) -> FanOut:
    """Read what is new in the log, in a transaction of its own; another fan-out waits its turn."""
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", [locks.FAN_OUT])
        reading = _reading(connection)
        if reading["moved"]:
            # all writers of before have ended; those of now are few, and wait a moment
            connection.execute("lock table event in share mode")
        else:
            connection.execute("set local enable_seqscan = off")
        given = {**reading, "wanted": Jsonb(_wanted(connection)), "now": now}
        fragments = AFTER_MOVING if reading["moved"] else UNSEEN
        row = _FANNING["fan_out"].run(connection, given, fragments).fetchone()
    assert row is not None
    return FanOut(row[0], row[1])


def _reading(connection: psycopg.Connection[TupleRow]) -> dict[str, Any]:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_FANNING["reading"].render()).fetchone()
    assert row is not None
    return row


def _wanted(connection: psycopg.Connection[TupleRow]) -> list[dict[str, Any]]:
    return [
        {
            "subscription_id": number,
            "kinds": None if kinds is None else sorted(_of_log(kinds)),
            "brands": brands,
            "bill_units": bill_units,
        }
        for number, kinds, brands, bill_units in _FANNING["wanted"].run(connection)
    ]


def _of_log(patterns: list[str]) -> frozenset[str]:
    return catalogue.logged(catalogue.matching(patterns))
