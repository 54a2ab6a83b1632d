"""One transaction for what one request does, on a connection from the pool.

A handler opens it with `with`, and it commits where that block ends: inside the handler, never in
the tear-down of a dependency, where a failed commit would still be answered with 200.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import PoolTimeout

from dunwell.bootstrap import Application
from dunwell.db import walls
from dunwell.domain.errors import Unavailable
from dunwell.engine import relief
from dunwell.features.access.actor import Actor, Operation
from dunwell.features.policy.today import business_date
from dunwell.features.receivables.work import keep_temporary_tables

Connection = psycopg.Connection[TupleRow]

CONNECTIONS = 16
PREPARED = 500
"""Statements that a connection keeps the plans of."""


class Transactions:
    """The pool, opened with `with` for as long as the server lives."""

    def __init__(self, application: Application, clock: Callable[[], dt.date] | None) -> None:
        self._pool = application.database.pool(CONNECTIONS, _prepare)
        self._clock = clock
        self._slice_width = application.settings.slice_width
        self._hooks = application.plugins.hook

    def __enter__(self) -> Self:
        self._pool.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def today(self, connection: Connection) -> dt.date:
        """The business date: that of the default brand, wherever who asks may look."""
        return self._clock() if self._clock else business_date(connection)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in a transaction, as the database's owner; commits at the end."""
        try:
            taken = self._pool.getconn()
        except PoolTimeout as failure:
            raise Unavailable("The server is busy or has no database; try again.") from failure
        try:
            with taken.transaction():
                yield taken
        finally:
            self._pool.putconn(taken)

    @contextmanager
    def owner(self, actor: Actor) -> Iterator[Operation]:
        """An operation on what stands before the walls: people, keys, the policy, nights. Whose
        debt it lets fall is relieved of severance before it commits.
        """
        with self.connection() as connection:
            operation = self.operation(connection, actor)
            yield operation
            relief.relieve(operation)

    @contextmanager
    def walled(self, actor: Actor) -> Iterator[Operation]:
        """An operation behind the walls of the actor's brands, to read."""
        with self.connection() as connection:
            operation = self.operation(connection, actor)
            walls.enter(connection, actor.brands)
            yield operation

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """A connection whose every statement stays, as the database's owner."""
        try:
            taken = self._pool.getconn()
        except PoolTimeout as failure:
            raise Unavailable("The server is busy or has no database; try again.") from failure
        try:
            taken.set_autocommit(True)
            yield taken
        finally:
            if not taken.closed:
                taken.set_autocommit(False)
            self._pool.putconn(taken)

    def operation(self, connection: Connection, actor: Actor) -> Operation:
        """What the actor does on this connection, today."""
        today = self.today(connection)
        return Operation(connection, actor, today, self._slice_width, self._hooks)


def _prepare(connection: Connection) -> None:
    """Working tables of single-case operations, usable behind the walls."""
    connection.prepared_max = PREPARED
    keep_temporary_tables(connection)
    walls.share_temporary_tables(connection)
    connection.commit()
