"""One database: its address, connections for the night and sessions for single records.

The night and the loader speak psycopg directly (COPY, cursors, SQL files); screens and
single-record services use SQLAlchemy over the same driver.
"""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from dunwell.db import embedded
from dunwell.domain.errors import Unavailable
from dunwell.settings import Settings

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool
    from sqlalchemy import Engine

OLDEST_SERVER = 150_000


# a killed run's locks are free within a second; and a server that compiles plans would spend longer
# on that than on the work itself: the night's advice to the planner makes its costs look high
_SESSION = "-c client_connection_check_interval=1s -c timezone=UTC -c jit=off"


class Database:
    """A PostgreSQL database of one installation."""

    def __init__(self, address: str) -> None:
        self.address = address

    @classmethod
    def of(cls, settings: Settings) -> "Database":
        """The database that the settings name, else the embedded one."""
        if settings.database_url:
            return cls(settings.database_url)
        return cls(embedded.start(settings.home / "postgres"))

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection[TupleRow]:
        """A new connection; leave it with `with`, which commits or rolls back and closes."""
        try:
            connection = psycopg.connect(
                self.address,
                autocommit=autocommit,
                # plans of the night's statements depend on the size of the slice
                prepare_threshold=None,
                application_name="dunwell",
                options=_SESSION,
            )
        except psycopg.OperationalError as failure:
            raise Unavailable(
                f"The database doesn't answer: {failure}. Is DUNWELL_DATABASE_URL right?"
            ) from failure
        if connection.info.server_version < OLDEST_SERVER:
            version = connection.info.server_version // 10_000
            connection.close()
            raise Unavailable(f"The server is PostgreSQL {version}; Dunwell needs 15 or newer.")
        return connection

    def pool(
        self, size: int, prepare: Callable[[psycopg.Connection[TupleRow]], None]
    ) -> "ConnectionPool[psycopg.Connection[TupleRow]]":
        """Connections for a server of many requests, not open yet; `prepare` is called with each
        new one. Nothing in there waits for long: not for a lock, not for an answer.
        """
        from psycopg_pool import ConnectionPool  # noqa: PLC0415 - only `dunwell serve` needs it

        return ConnectionPool(
            self.address,
            min_size=1,
            max_size=size,
            timeout=10,
            open=False,
            configure=prepare,
            check=ConnectionPool.check_connection,
            kwargs={
                # a request's statements are small: planning takes longer than running them
                "prepare_threshold": 3,
                "application_name": "dunwell serve",
                "options": f"{_SESSION} -c lock_timeout=15s -c statement_timeout=60s",
            },
        )

    @cached_property
    def engine(self) -> "Engine":
        """SQLAlchemy's engine, for migrations and single-record work."""
        from sqlalchemy import create_engine, make_url  # noqa: PLC0415 - most commands do without

        return create_engine(
            make_url(self.address).set(drivername="postgresql+psycopg"),
            connect_args={"prepare_threshold": None, "options": "-c timezone=UTC"},
        )

    @property
    def shown_address(self) -> str:
        """The address without a password, wherever that stood."""
        parts = conninfo_to_dict(self.address)
        parts.pop("password", None)
        return make_conninfo("", **parts)

    def __repr__(self) -> str:
        return f"Database({self.shown_address})"
