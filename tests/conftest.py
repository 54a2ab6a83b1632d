"""Every test that touches data gets a database of its own, cloned from a migrated template.

The server is the embedded one (or DUNWELL_TEST_DATABASE_URL); all workers of a test run share it,
and it lies in memory where there is room.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog
from filelock import FileLock
from hypothesis import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from dunwell.db import embedded, migrations
from dunwell.db.database import Database
from dunwell.features.policy import installation
from tests.lasting import Lasting

# a test that is slow on a busy machine hasn't failed: times are the benchmark's business
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

TEMPLATE = "dunwell_template"

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - nobody else can write what the server has made there
ROOM = 4 * 2**30
"""Bytes that a run never needs."""
LEFT_OVER = "2 hours"
"""So old are databases of runs that were stopped before they had dropped them."""


def _folder() -> Path:
    """Where the server's files lie. A database is a thousand files, which on a disk take ten times
    as long to make as in memory.
    """
    name = f"dunwell-tests-{os.getuid()}"
    in_memory = IN_MEMORY / name
    roomy = os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM
    return in_memory if in_memory.exists() or roomy else Path(tempfile.gettempdir()) / name


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
    address = embedded.start(_folder())
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
        _drop_what_is_left_over(connection)
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


def _drop_what_is_left_over(connection: psycopg.Connection) -> None:
    found = connection.execute(
        """
        select datname from pg_database
        where datname ~ '^(dunwell_template|test)_[0-9a-f]'
            and (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification
                < now() - %s::interval
        """,
        [LEFT_OVER],
    ).fetchall()
    for (name,) in found:
        drop = sql.SQL("drop database if exists {} with (force)")
        connection.execute(drop.format(sql.Identifier(name)))


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


@pytest.fixture(scope="session")
def prepared(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Worlds that are built once; see `copy_of`."""
    from tests.prepared import Prepared

    found = Prepared(server, template, tmp_path_factory.mktemp("prepared"))
    yield found
    found.close()


@pytest.fixture
def copy_of(prepared: Any, server: str, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """A function that copies the world that another function builds, for this test alone."""
    from tests.world import World

    with ExitStack() as stack:

        def copy(build: Callable[..., Any]) -> Any:
            name, first = prepared.database(build)
            return World(stack.enter_context(new_database(server, name)), tmp_path, first=first)

        yield copy


@contextmanager
def new_database(server: str, template: str) -> Iterator[Lasting]:
    """A database of its own, for as long as it is needed."""
    name = f"test_{uuid.uuid4().hex}"
    # copying files is the quicker way in memory (an eighth of the work), and the slower on a disk
    strategy = "file_copy" if str(IN_MEMORY) in server else "wal_log"
    with psycopg.connect(server, autocommit=True) as connection:
        create = sql.SQL("create database {} template {} strategy {}")
        connection.execute(
            create.format(sql.Identifier(name), sql.Identifier(template), sql.Identifier(strategy))
        )
    database = Lasting(address_of(server, name))
    try:
        yield database
    finally:
        database.close()
        with psycopg.connect(server, autocommit=True) as connection:
            drop = sql.SQL("drop database {} with (force)")
            connection.execute(drop.format(sql.Identifier(name)))
