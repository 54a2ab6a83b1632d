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
    """Plan the block's queries without these ways (as in `enable_hashjoin`), with memory enough to
    sort a hundred thousand small rows; an index that is walked in order, by one process.
    """
    _set(connection, ways, "off", "0" if ways == IN_ORDER else None, "16MB")
    yield
    # after a failure the transaction is over anyway
    _set(connection, ways, "on", None, None)


def _set(
    connection: psycopg.Connection[TupleRow],
    ways: tuple[str, ...],
    switch: str,
    workers: str | None,
    memory: str | None,
) -> None:
    values = {f"enable_{way}": switch for way in ways}
    values |= {"max_parallel_workers_per_gather": workers or "", "work_mem": memory or ""}
    connection.execute(
        sql.SQL("; ").join(
            sql.SQL("set local {} = {}").format(
                sql.Identifier(name), sql.Literal(value) if value else sql.SQL("default")
            )
            for name, value in values.items()
        )
    )
