"""Advice to the planner for one query, where it guesses badly: two columns that belong together
look independent to it, so it expects one row where there are many.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg
from psycopg.rows import TupleRow

IN_ORDER = ("hashjoin", "mergejoin", "sort", "bitmapscan")
"""What keeps a query from walking an index in the wanted order until its limit is reached."""


@contextmanager
def without(connection: psycopg.Connection[TupleRow], *ways: str) -> Iterator[None]:
    """Plan the queries without these ways (as in `enable_hashjoin`), and for one process: helpers
    take longer to start than they save, and others need the processor. Never with so much memory
    that a wall would rather collect all accounts than ask for that of each row.
    """
    before, after = _switches(ways)
    # a plan that was made under advice isn't kept for those who come without it
    kept, connection.prepare_threshold = connection.prepare_threshold, None
    try:
        connection.execute(before)
        yield
        # after a failure the transaction is over anyway
        connection.execute(after)
    finally:
        connection.prepare_threshold = kept


@cache
def _switches(ways: tuple[str, ...]) -> tuple[bytes, bytes]:
    """What is said before the queries and after them; put together once, as lists ask each time."""
    values = {f"enable_{way}": "off" for way in ways} | {
        "max_parallel_workers_per_gather": "0",
        "work_mem": "64kB" if ways == IN_ORDER else "4MB",
        "hash_mem_multiplier": "1",
    }
    return (
        "; ".join(f"set local {name} = '{value}'" for name, value in values.items()).encode(),
        "; ".join(f"set local {name} = default" for name in values).encode(),
    )
