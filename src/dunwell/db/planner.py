"""Advice to the planner for one query, where it guesses badly: two columns that belong together
look independent to it, so it expects one row where there are many.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

IN_ORDER = ("hashjoin", "mergejoin", "sort", "bitmapscan")
"""What keeps a query from walking an index in the wanted order until its limit is reached."""


@contextmanager
def without(connection: psycopg.Connection[TupleRow], *ways: str) -> Iterator[None]:
    """Plan the queries without these ways (as in `enable_hashjoin`), and for one process: helpers
    take longer to start than they save, and others need the processor. Never with so much memory
    that a wall would rather collect all accounts than ask for that of each row.
    """
    walks = ways == IN_ORDER
    # a plan that was made under advice isn't kept for those who come without it
    kept, connection.prepare_threshold = connection.prepare_threshold, None
    try:
        _set(connection, ways, "off", "0", "64kB" if walks else "4MB", "1")
        yield
        # after a failure the transaction is over anyway
        _set(connection, ways, "on", None, None, None)
    finally:
        connection.prepare_threshold = kept


def _set(
    connection: psycopg.Connection[TupleRow],
    ways: tuple[str, ...],
    switch: str,
    workers: str | None,
    memory: str | None,
    hashes: str | None,
) -> None:
    values = {f"enable_{way}": switch for way in ways}
    values |= {
        "max_parallel_workers_per_gather": workers or "",
        "work_mem": memory or "",
        "hash_mem_multiplier": hashes or "",
    }
    connection.execute(
        sql.SQL("; ").join(
            sql.SQL("set local {} = {}").format(
                sql.Identifier(name), sql.Literal(value) if value else sql.SQL("default")
            )
            for name, value in values.items()
        )
    )
