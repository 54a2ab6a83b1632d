"""The mirror: what a CRM is shown of a bill unit, and by which identifiers it speaks of it.

A CRM hears by webhook or feed that something happened, then looks here; every row carries its
version, so what arrives late or twice can't put an older state over a newer one.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import handles
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.handles import Handle
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.crm import queries
from dunwell.features.crm.queries import CollectionStatus
from dunwell.features.crm.rules import Heard, Noun
from dunwell.features.receivables.bill_units import find, own_accounts

MIRROR = statements.load(__package__, "mirror.sql")

NEWEST = 20
"""So many cases and alerts of a bill unit are shown, with all their actions."""

LONGEST = 200

Row = dict[str, Any]

_STATEMENTS = {Noun.ACTION: "actions", Noun.CASE: "cases", Noun.CREDIT_ALERT: "credit_alerts"}


@dataclass(frozen=True, slots=True)
class Mirror:
    """A bill unit as a CRM sees it; rows as dictionaries with `handle`, `their_id`, `version`."""

    bill_unit_no: str
    their_id: str | None
    """What the system calls the bill unit, if it told us with the customer."""
    collection_status: CollectionStatus | None
    cases: tuple[Row, ...]
    actions: tuple[Row, ...]
    credit_alerts: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Identifier:
    """One row of the map, read in either direction."""

    noun: Noun
    handle: Handle
    their_id: str


def mirror(operation: Operation, system: str, bill_unit_no: str) -> Mirror:
    """What is mirrored of a bill unit. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    unit = find(operation, bill_unit_no)
    given = {"account_id": unit.account_id, "bill_unit_id": unit.id, "system": system}
    outside = MIRROR["outside_id"].run(operation.connection, given).fetchone()
    kept = queries.is_kept(operation)
    return Mirror(
        bill_unit_no,
        None if outside is None else outside[0],
        queries.collection_status(operation, bill_unit_no) if kept else None,
        tuple(rows(operation, Noun.CASE, **given)),
        tuple(rows(operation, Noun.ACTION, **given)),
        tuple(rows(operation, Noun.CREDIT_ALERT, **given)),
    )


def rows(operation: Operation, noun: Noun, **given: Any) -> list[Row]:
    """The rows of one noun as they are shown."""
    statement = MIRROR[_STATEMENTS[noun]]
    parameters = {**dict.fromkeys(statement.parameters), "newest": NEWEST, **given}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(statement.render(), parameters).fetchall()
    return [
        {**_plain(row), "handle": str(Handle(row["account_id"], row["id"]))}
        for row in found
        if operation.actor.sees(row["brand_id"])
    ]


def _plain(row: Row) -> Row:
    """As JSON holds it: dates and amounts as text, and no inner numbers."""
    inner = {"account_id", "id", "brand_id"}
    return {
        name: value.isoformat()
        if isinstance(value, dt.date)
        else str(value)
        if isinstance(value, Decimal)
        else value
        for name, value in row.items()
        if name not in inner
    }


def one(operation: Operation, system: str, noun: Noun, handle: Handle) -> Row:
    """One row as it is by now. Raises NotFound."""
    found = rows(operation, noun, account_id=handle.account_id, id=handle.id, system=system)
    if not found:
        raise NotFound(f"There is no {noun.replace('_', ' ')} {str(handle)!r}.")
    return found[0]


def resolve(
    operation: Operation, system: str, noun: Noun, handle: str | None, their_id: str | None
) -> Handle:
    """Our row by our handle, or else by what the system calls it. Raises NotFound, BadInput."""
    if handle is not None:
        return handles.parse(handle, noun.replace("_", " "))
    if their_id is None:
        raise BadInput("Name it: by our handle, by your identifier, or by both.")
    given = {"system": system, "noun": str(noun), "their_id": their_id}
    row = MIRROR["ours"].run(operation.connection, given).fetchone()
    if row is None:
        raise NotFound(f"{system} has told of no {noun.replace('_', ' ')} {their_id!r}.")
    return Handle(*row)


def identify(
    operation: Operation, system: str, noun: Noun, handle: str, their_id: str
) -> Identifier:
    """Keep what the system calls one of our rows. Raises NotFound, BadInput, RuleViolation."""
    operation.actor.require(Permission.WORK_ACTIONS)
    found = handles.parse(handle, noun.replace("_", " "))
    own_accounts(operation, [found.account_id])
    one(operation, system, noun, found)
    link(operation, system, noun, found, their_id)
    return Identifier(noun, found, their_id)


def link(
    operation: Operation, system: str, noun: Noun, handle: Handle, their_id: str | None
) -> Heard:
    """The map's row for one of ours, locked: what was heard of it last. Raises BadInput,
    RuleViolation for an identifier that means something else.
    """
    if their_id is not None and (not their_id.strip() or len(their_id) > LONGEST):
        raise BadInput(f"An identifier has 1 to {LONGEST} characters, unlike {their_id!r}.")
    given = {
        "account_id": handle.account_id,
        "object_id": handle.id,
        "system": system,
        "noun": str(noun),
        "their_id": their_id,
    }
    try:
        with operation.connection.transaction():
            row = MIRROR["link"].run(operation.connection, given).fetchone()
    except psycopg.errors.UniqueViolation as failure:
        raise RuleViolation(
            "identifier_taken",
            f"{system} calls another {noun.replace('_', ' ')} {their_id!r}; an identifier means"
            " one thing.",
        ) from failure
    assert row is not None
    return Heard(*row)


def identifiers(
    operation: Operation, system: str, noun: Noun, *, handle: str | None, their_id: str | None
) -> Identifier:
    """What the system calls one of our rows, or which of ours it calls so. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    found = resolve(operation, system, noun, handle, their_id)
    row = one(operation, system, noun, found)
    if row["their_id"] is None:
        raise NotFound(f"{system} has no identifier for {noun.replace('_', ' ')} {str(found)!r}.")
    return Identifier(noun, found, row["their_id"])
