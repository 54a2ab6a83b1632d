"""Advice to the planner for one query, where it guesses badly: two columns that belong together
look independent to it, so it expects one row where there are many.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from psycopg.rows import TupleRow, tuple_row

IN_ORDER = ("hashjoin", "mergejoin", "sort", "bitmapscan")
"""What keeps a query from walking an index in the wanted order until its limit is reached."""


@contextmanager
def without(connection: psycopg.Connection[TupleRow], *ways: str) -> Iterator[None]:
    """Plan the queries without these ways (as in `enable_hashjoin`), and for one process: helpers
    take longer to start than they save, and others need the processor. Never with so much memory
    that a wall would rather collect all accounts than ask for that of each row. What stood before
    stands again afterwards.
    """
    advice = {f"enable_{way}": "off" for way in ways} | {
        "max_parallel_workers_per_gather": "0",
        "work_mem": "64kB" if ways == IN_ORDER else "4MB",
        "hash_mem_multiplier": "1",
    }
    # a plan that was made under advice isn't kept for those who come without it
    kept, connection.prepare_threshold = connection.prepare_threshold, None
    try:
        before = _set(connection, advice)
        yield
        # after a failure the transaction is over anyway
        _set(connection, before)
    finally:
        connection.prepare_threshold = kept


def _set(connection: psycopg.Connection[TupleRow], values: Mapping[str, str]) -> dict[str, str]:
    """Set these settings until the transaction ends; what they were before."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return {
            name: before
            for name, before, _ in cursor.execute(
                "with given as materialized ("
                " select name, value, current_setting(name) as before"
                " from unnest(%s::text[], %s::text[]) as given (name, value)"
                ") select name, before, set_config(name, value, true) from given",
                [list(values), list(values.values())],
            )
        }
