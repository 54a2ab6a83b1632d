"""Slices: fixed-width ranges of account numbers, each one transaction, each with its own history.

A slice remembers the last night it completed, so a run that was killed goes on with the slices
that are missing, and a slice that slept through several nights catches up by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements

_SLICES = statements.load(__package__, "slices.sql")

ACCOUNTS_TO_A_GROUP = 50
"""A slice of groups has that many times fewer groups than a slice of accounts has accounts."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One range of accounts or groups, and where its history stands."""

    no: int
    first: int
    """The first account; of a slice of groups, the first group."""
    last: int
    at_most: int
    """How many accounts or groups it can hold by now."""
    last_date: date | None
    """The last night that it completed; none: it never did."""
    totals: dict[str, Any] | None
    policy_version_id: int | None
    engine_version: str | None


def plan(connection: psycopg.Connection[TupleRow], width: int) -> Sequence[Slice]:
    """All slices that have accounts, in order."""
    return [
        Slice(no, no * width, (no + 1) * width - 1, at_most, *history)
        for no, at_most, *history in _SLICES["plan"].run(connection, {"width": width})
    ]


def plan_groups(connection: psycopg.Connection[TupleRow], width: int) -> Sequence[Slice]:
    """All slices that have sharing groups; they come after the others."""
    groups = max(1, width // ACCOUNTS_TO_A_GROUP)
    return [
        Slice(no, (-1 - no) * groups, -no * groups - 1, at_most, *history)
        for no, at_most, *history in _SLICES["plan_groups"].run(
            connection, {"width": width, "groups": groups}
        )
    ]


def other_rules(connection: psycopg.Connection[TupleRow], version: int) -> int:
    """The last version before this one whose rules are others: more differs than templates."""
    row = _SLICES["other_rules"].run(connection, {"policy_version_id": version}).fetchone()
    assert row is not None
    return int(row[0])


def finished(connection: psycopg.Connection[TupleRow], run_id: int) -> dict[int, tuple[Any, Any]]:
    """Counts and totals of the slices that a run has completed, by number."""
    rows = _SLICES["finished"].run(connection, {"run_id": run_id}).fetchall()
    return {no: (counts, totals) for no, counts, totals in rows}
