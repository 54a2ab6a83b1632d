"""Every policy that is or was in force: who applied it, when and why, and what differs."""

import datetime as dt
from dataclasses import dataclass

import psycopg
from psycopg.rows import TupleRow, class_row

from dunwell.db import statements
from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import comparison, rows
from dunwell.features.policy.comparison import Change
from dunwell.features.policy.model import Policy

_VERSIONS = statements.load(__package__, "versions.sql")


@dataclass(frozen=True, slots=True)
class Version:
    """A policy that is or was in force, without what it says."""

    id: int
    applied_at: dt.datetime
    applied_by: str
    note: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A version and its policy."""

    version: Version
    policy: Policy


def newest(operation: Operation, *, before: int = 2**31 - 1, limit: int = 50) -> list[Version]:
    """Versions, the newest first; those older than one."""
    operation.actor.require(Permission.VIEW, everywhere=True)
    with operation.connection.cursor(row_factory=class_row(Version)) as cursor:
        given = {"before": before, "limit": limit}
        return cursor.execute(_VERSIONS["newest"].render(), given).fetchall()


def get(operation: Operation, version_id: int | None = None) -> Whole:
    """One version with its policy; the one in force if none is named. Raises NotFound."""
    operation.actor.require(Permission.VIEW, everywhere=True)
    return read(operation.connection, version_id)


def read(connection: psycopg.Connection[TupleRow], version_id: int | None = None) -> Whole:
    """The same for callers who have asked for a permission themselves."""
    row = _VERSIONS["get"].run(connection, {"id": version_id}).fetchone()
    if row is None:
        raise NotFound(f"There is no policy version {version_id}.")
    *facts, document = row
    return Whole(Version(*facts), Policy.model_validate(document))


def compare(operation: Operation, older: int, newer: int) -> list[Change]:
    """What differs between two versions, as `policy diff` tells it."""
    return differences(*(get(operation, number).policy for number in (older, newer)))


def differences(older: Policy, newer: Policy) -> list[Change]:
    """What differs between two policies; templates only if both speak of them."""
    if "templates" not in older.model_fields_set & newer.model_fields_set:
        older, newer = (each.model_copy(update={"templates": []}) for each in (older, newer))
    return comparison.changes(rows.wanted(older), rows.wanted(newer))
