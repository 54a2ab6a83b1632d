"""What happens at the doors, in the event log: people and keys that change, and every denial.

A denial is written in a transaction of its own, because the one that was refused leaves nothing
behind (docs/decisions/0062-denials-are-events.md).
"""

import datetime as dt
from typing import Any

import psycopg
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.features.access.actor import Operation
from dunwell.features.events import log as event_log

_AUDIT = statements.load(__package__, "audit.sql")

MAX_TEXT = 200


def write(operation: Operation, kind: str, **data: Any) -> None:
    """One event about a person or a key, in the operation's transaction."""
    _write(operation.connection, operation.date, operation.actor.name, kind, data)


def denied(
    connection: psycopg.Connection[TupleRow], date: dt.date, actor: str, **data: Any
) -> None:
    """Somebody was refused; the caller commits at once."""
    _write(connection, date, actor, "access_denied", data)


def _write(
    connection: psycopg.Connection[TupleRow],
    date: dt.date,
    actor: str,
    kind: str,
    data: dict[str, Any],
) -> None:
    event_log.ensure_month(connection, date)
    _AUDIT["write"].run(
        connection,
        {
            "business_date": date,
            "actor": _clean(actor),
            "kind": kind,
            "data": Jsonb({name: _clean(value) for name, value in data.items()}),
        },
    )


def _clean(value: Any) -> Any:
    """What strangers typed, cut and without what PostgreSQL can't keep."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()[:MAX_TEXT]
    return value
