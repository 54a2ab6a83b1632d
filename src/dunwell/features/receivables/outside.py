"""What other systems call our customers and bill units: the map that the loader keeps.

Identifiers come with the rows of load files (`load_outside.sql`); here they are looked up.
"""

import datetime as dt
from dataclasses import dataclass

from psycopg.rows import class_row

from dunwell.db import statements
from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Operation, Permission

_OUTSIDE = statements.load(__package__, "outside.sql")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One system's name for something of ours, and the version of it that was taken last."""

    system: str
    kind: str
    outside_id: str
    account_no: str
    bill_unit_no: str | None
    version: str | None
    taken_at: dt.datetime


def find(operation: Operation, system: str, kind: str, outside_id: str) -> Identifier:
    """What a system means by its identifier. Raises NotFound."""
    operation.actor.require(Permission.LOAD_RECEIVABLES)
    given = {"system": system, "kind": kind, "outside_id": outside_id}
    with operation.connection.cursor(row_factory=class_row(Identifier)) as cursor:
        found = cursor.execute(_OUTSIDE["find"].render(), given).fetchone()
    if found is None:
        raise NotFound(f"{system} has told of no {kind} {outside_id!r}.")
    return found
