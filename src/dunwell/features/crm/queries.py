"""Reading a bill unit's collection status. Who may see the bill unit sees its status."""

import datetime as dt
from dataclasses import dataclass

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.errors import RuleViolation
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find

_QUERIES = statements.load(__package__, "queries.sql")


@dataclass(frozen=True, slots=True)
class CollectionStatus:
    """What customer care sees of a bill unit, at a glance."""

    status: str
    """green, yellow or red."""
    substatus: str
    """never_in_collections, exited, entered, suspended, or one of the policy's."""
    in_collections: bool
    since_on: dt.date | None
    version: int
    case: str | None
    """The handle of the case that it comes from."""
    description: str | None
    severity: int | None
    """Of the policy's substatus; 1 is the most severe."""


def collection_status(operation: Operation, bill_unit_no: str) -> CollectionStatus:
    """A bill unit's collection status. Raises NotFound, RuleViolation (the policy keeps none)."""
    operation.actor.require(Permission.VIEW)
    unit = find(operation, bill_unit_no)
    if not is_kept(operation):
        raise RuleViolation(
            "no_collection_status",
            "The policy keeps no collection status; set collection_status = true in its settings"
            " and run a night.",
        )
    given = {"account_id": unit.account_id, "bill_unit_id": unit.id}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_QUERIES["status"].render(), given).fetchone()
    assert row is not None
    return CollectionStatus(**row)


def is_kept(operation: Operation) -> bool:
    """Whether the policy has statuses kept."""
    return _QUERIES["is_kept"].run(operation.connection).fetchone() == (True,)
