"""The databases of a benchmark: an embedded server of its own in a temporary folder.

A world is made once and cloned file by file for each night that changes it.
"""

from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from sqlalchemy.engine import make_url

from dunwell.db import embedded, migrations
from dunwell.db.database import Database
from dunwell.features.policy import file, installation, service

POLICY = Path(__file__).with_name("policy.toml")


@dataclass(frozen=True)
class Server:
    """A server and the databases on it, by name."""

    address: str

    @classmethod
    def start(cls, folder: Path) -> "Server":
        """The embedded server with its default settings."""
        return cls(embedded.start(folder))

    def install(self, name: str) -> Database:
        """A new, empty installation."""
        self.drop(name)
        self._execute("create database {}", name)
        database = self.database(name)
        migrations.upgrade(database)
        with database.connect() as connection:
            installation.install(connection)
        database.engine.dispose()
        return database

    def clone(self, source: str, name: str) -> Database:
        """A copy of a database that nobody is connected to, its visibility map included."""
        self.drop(name)
        self._execute("create database {} template {} strategy file_copy", name, source)
        self._execute("checkpoint")
        return self.database(name)

    def drop(self, name: str) -> None:
        """Remove a database if it is there."""
        self._execute("drop database if exists {} with (force)", name)

    def database(self, name: str) -> Database:
        """One of the databases."""
        address = make_url(self.address).set(database=name)
        return Database(address.render_as_string(hide_password=False))

    def version(self) -> str:
        """The server's version, as `18.4`."""
        with self._connect() as connection:
            row = connection.execute("show server_version").fetchone()
        assert row is not None
        return str(row[0])

    def _execute(self, statement: str, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))

    def _connect(self) -> psycopg.Connection[TupleRow]:
        return psycopg.connect(self.address, autocommit=True)


def apply_policy(database: Database) -> None:
    """Put the benchmark's policy in force, through the same service as `dunwell policy apply`."""
    with database.connect() as connection:
        service.apply(connection, file.read(POLICY), actor="benchmark")
        installation.ensure_default_profiles(connection)
