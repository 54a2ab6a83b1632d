"""Subscriptions as people and monitoring see them: what they want, how they do, what is parked."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow, dict_row

from dunwell.db import statements
from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.subscriptions.service import may_see

_QUERIES = statements.load(__package__, "queries.sql")


@dataclass(frozen=True, slots=True)
class Health:
    """How one subscription does, for metrics."""

    name: str
    status: str
    failing: bool
    waiting: int
    parked: int
    waiting_seconds: float


def subscriptions(operation: Operation, name: str | None = None) -> list[dict[str, Any]]:
    """The actor's subscriptions with their state, or the one of that name. Raises NotFound."""
    operation.actor.require(Permission.SUBSCRIBE)
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_QUERIES["subscriptions"].render(), {"name": name}).fetchall()
    seen = [row for row in rows if may_see(operation.actor, row.pop("brand_ids"))]
    if name is not None and not seen:
        raise NotFound(f"There is no subscription {name!r}.")
    for row in seen:
        ids = row.pop("bill_unit_ids")
        row["bill_units"] = None if ids is None else _numbers(operation, ids)
    return seen


def parked(
    operation: Operation, name: str, *, after_event: int = 0, at_most: int = 100
) -> list[dict[str, Any]]:
    """What the subscriber didn't take in time, by event number; the next page after the last."""
    (subscription,) = subscriptions(operation, name)
    given = {
        "subscription_id": subscription["id"],
        "after_event": after_event,
        "at_most": at_most,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_QUERIES["parked"].render(), given).fetchall()


def health(connection: psycopg.Connection[TupleRow], now: dt.datetime) -> list[Health]:
    """Every subscription's backlog, for metrics."""
    return [Health(*row) for row in _QUERIES["health"].run(connection, {"now": now})]


def log_age(connection: psycopg.Connection[TupleRow], now: dt.datetime) -> float:
    """Seconds since the log was last read for new events, for metrics."""
    row = _QUERIES["log_age"].run(connection, {"now": now}).fetchone()
    assert row is not None
    return float(row[0])


def _numbers(operation: Operation, ids: list[int]) -> list[str]:
    rows = _QUERIES["bill_unit_numbers"].run(operation.connection, {"ids": ids})
    return [number for (number,) in rows]
