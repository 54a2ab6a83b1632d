"""The log's monthly partitions, and events of the installation itself.

Steps and services write the events of bill units themselves, in the same statement as the change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import psycopg
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.features.events.catalogue import KINDS

_LOG = statements.load(__package__, "log.sql")


@dataclass(frozen=True, slots=True)
class Partition:
    """One part of the log; `bounds` as the server words them, `rows` is an estimate."""

    name: str
    bounds: str
    rows: int
    bytes: int


def ensure_month(connection: psycopg.Connection[TupleRow], day: date) -> None:
    """The partition of the event log for the month of `day`; the caller commits."""
    if connection.execute("select to_regclass(%s)", [f"event_{day:%Y_%m}"]).fetchone() != (None,):
        return
    connection.execute("select ensure_event_month(%s)", [day])


def ensure_months_ahead(
    connection: psycopg.Connection[TupleRow], day: date, months: int = 2
) -> None:
    """The partitions for this month and the next ones, so that no night has to make its own."""
    for _ in range(months + 1):
        ensure_month(connection, day)
        day = _next_month(day)


def record(
    connection: psycopg.Connection[TupleRow],
    day: date,
    kind: str,
    data: Mapping[str, Any],
    *,
    actor: str,
) -> None:
    """Log what concerns the installation and no bill unit, in the caller's transaction."""
    if kind not in KINDS:
        raise LookupError(f"{kind!r} is not in the catalogue of events")
    ensure_month(connection, day)
    given = {"business_date": day, "kind": kind, "actor": actor, "data": Jsonb(dict(data))}
    _LOG["record"].run(connection, given)


def partitions(connection: psycopg.Connection[TupleRow]) -> list[Partition]:
    """The parts of the log, oldest first; what to do with old ones is the operator's choice."""
    return [Partition(*row) for row in _LOG["partitions"].run(connection)]


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
