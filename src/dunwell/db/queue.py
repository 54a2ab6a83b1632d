"""The worker's job queue: procrastinate's tables, in a schema of their own and brought up to date.

Procrastinate ships its whole schema and, for each of its versions, the changes since the one
before. Which version the database has stands in the schema's comment; what is missing is applied,
so a newer procrastinate needs no revision of ours.
"""

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager
from psycopg import sql
from psycopg.rows import TupleRow

from dunwell.db import locks

SCHEMA = "procrastinate"

_CHANGE = re.compile(r"(\d+)\.(\d+)\.(\d+)_\d+_.*\.sql")
Version = tuple[int, ...]


def bring_up_to_date(connection: psycopg.Connection[TupleRow]) -> bool:
    """Make or upgrade the queue's tables, in the caller's transaction; whether that was any work.

    An older procrastinate than the database's is left to work with what is there.
    """
    here = version("procrastinate")
    if _is_current(connection, here):
        return False
    connection.execute("select pg_advisory_xact_lock(%s)", [locks.QUEUE])
    if _is_current(connection, here):
        return False
    present = installed(connection)
    connection.execute(
        sql.SQL("create schema if not exists {}").format(sql.Identifier(SCHEMA)),
    )
    before = connection.execute("select current_setting('search_path')").fetchone()
    assert before is not None
    connection.execute(sql.SQL("set local search_path = {}").format(sql.Identifier(SCHEMA)))
    changes = [SchemaManager.get_schema()] if present is None else _changes_after(_parse(present))
    for change in changes:
        connection.execute(change)
    connection.execute("select set_config('search_path', %s, true)", list(before))
    connection.execute(
        sql.SQL("comment on schema {} is {}").format(sql.Identifier(SCHEMA), sql.Literal(here))
    )
    return True


def installed(connection: psycopg.Connection[TupleRow]) -> str | None:
    """The version of procrastinate whose tables the database has; none: it has none."""
    row = connection.execute(
        "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = %s", [SCHEMA]
    ).fetchone()
    return None if row is None or row[0] is None else str(row[0])


def _is_current(connection: psycopg.Connection[TupleRow], here: str) -> bool:
    present = installed(connection)
    return present is not None and _parse(present) >= _parse(here)


def _parse(text: str) -> Version:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


def _changes_after(present: Version) -> Iterator[bytes]:
    """The changes that came after a version, in the order of their names."""
    for path in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql")):
        found = _CHANGE.fullmatch(path.name)
        if found and tuple(int(number) for number in found.groups()) > present:
            yield path.read_bytes()
