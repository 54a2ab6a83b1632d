"""Fresh databases for each example that Hypothesis tries."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
import pytest
from psycopg import sql

from dunwell.db.database import Database
from tests.conftest import address_of

Worlds = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(scope="session")
def worlds(server: str, template: str) -> Worlds:
    """Call it for a database that is an empty installation and goes away at the block's end."""

    @contextmanager
    def world() -> Iterator[Database]:
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                sql.SQL("create database {} template {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        database = Database(address_of(server, name))
        try:
            yield database
        finally:
            database.engine.dispose()
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(
                    sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
                )

    return world
