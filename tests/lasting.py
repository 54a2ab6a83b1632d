"""A database whose connections outlive whoever leaves them. A new connection has to learn the
catalogue, which takes longer than most of what a test then does on it; so one that was left is
emptied of all that closing it would have ended, and is given to whoever comes next.
"""

import psycopg
from psycopg.pq import PGconn, TransactionStatus
from psycopg.pq.abc import PGconn as Wire
from psycopg.rows import TupleRow

from dunwell.db.database import Database


class Lasting(Database):
    """The same as a `Database`; whoever is done with it says `close`."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._left: list[Wire] = []

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection[TupleRow]:
        try:
            inside = self._left.pop()
        except IndexError:
            inside = _taken_out_of(super().connect())
        connection = _Lent(inside)
        connection.left = self._left
        connection.prepare_threshold = None  # as `Database` has it
        connection.autocommit = True
        # the loader's; who has used a temporary table can't change it any more
        connection.execute("set temp_buffers = '256MB'")
        connection.autocommit = autocommit
        return connection

    def close(self) -> None:
        """Close what was left: nobody is in the database any more."""
        self.engine.dispose()
        while self._left:
            self._left.pop().finish()


class _Lent(psycopg.Connection[TupleRow]):
    """To who has it an ordinary connection, which is closed once it was left."""

    left: list[Wire]

    def close(self) -> None:
        if not self.closed and self.info.transaction_status == TransactionStatus.IDLE:
            self.autocommit = True
            self.execute("discard all")
            self.left.append(_taken_out_of(self))
        super().close()


def _taken_out_of(connection: psycopg.Connection[TupleRow]) -> Wire:
    """What a connection speaks through; without it, it is closed."""
    inside = connection.pgconn
    connection.pgconn = PGconn()
    return inside
