"""Every test that touches data gets a database of its own, cloned from a migrated template.

The server is the embedded one (or DUNWELL_TEST_DATABASE_URL); all workers of a test run share it.
"""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import structlog
from filelock import FileLock
from psycopg import sql
from psycopg.conninfo import make_conninfo

from dunwell.db import embedded, migrations
from dunwell.db.database import Database
from dunwell.features.policy import installation

TEMPLATE = "dunwell_template"


@pytest.fixture(autouse=True)
def _logs_end_with_their_test() -> Iterator[None]:
    """What a test has set up logs to its standard error, which is closed after it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def server() -> str:
    """The address of the test server, with the migrated template database in it."""
    if other := os.environ.get("DUNWELL_TEST_DATABASE_URL"):
        return other
    address = embedded.start(Path(tempfile.gettempdir()) / f"dunwell-tests-{os.getuid()}")
    with psycopg.connect(address, autocommit=True) as connection:
        # nobody misses these databases after the machine has lost its power
        connection.execute("alter system set fsync = off")
        connection.execute("alter system set full_page_writes = off")
        connection.execute("select pg_reload_conf()")
    return address


@pytest.fixture(scope="session")
def template(server: str, tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> str:
    name = f"{TEMPLATE}_{testrun_uid[:12]}"
    with (
        FileLock(Path(tempfile.gettempdir()) / f"{name}.lock"),
        psycopg.connect(server, autocommit=True) as connection,
    ):
        if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return name
        draft = f"{name}_draft"
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(draft)))
        database = Database(address_of(server, draft))
        migrations.upgrade(database)
        with database.connect() as inside:
            installation.install(inside)
        database.engine.dispose()
        connection.execute(
            sql.SQL("alter database {} rename to {}").format(
                sql.Identifier(draft), sql.Identifier(name)
            )
        )
    return name


def address_of(server: str, name: str) -> str:
    if "://" in server:
        from sqlalchemy.engine import make_url

        return make_url(server).set(database=name).render_as_string(hide_password=False)
    return make_conninfo(server, dbname=name)


@pytest.fixture
def database(server: str, template: str) -> Iterator[Database]:
    """An empty installation: schema, default brand, calendar, predefined actions."""
    with new_database(server, template) as database:
        yield database


@contextmanager
def new_database(server: str, template: str) -> Iterator[Database]:
    """A database of its own, for as long as it is needed."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    database = Database(address_of(server, name))
    yield database
    database.engine.dispose()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
