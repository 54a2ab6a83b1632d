"""Invariants: small queries that must return no row, for `dunwell db check`."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements

_INVARIANTS = statements.load(__package__, "invariants.sql")

EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Breach:
    """An invariant that doesn't hold: how many rows break it, and the first of them."""

    name: str
    count: int
    examples: list[tuple[Any, ...]]


def check(connection: psycopg.Connection[TupleRow]) -> list[Breach]:
    """Run every invariant; what comes back is broken."""
    breaches = []
    for name, statement in _INVARIANTS.items():
        rows = statement.run(connection).fetchall()
        if rows:
            breaches.append(Breach(name, len(rows), rows[:EXAMPLES]))
    return breaches
