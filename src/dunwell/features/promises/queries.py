"""Reading promises: those of a bill unit, with their instalments."""

from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find

_QUERIES = statements.load(__package__, "queries.sql")


def promises(operation: Operation, bill_unit_no: str) -> list[dict[str, Any]]:
    """The promises of a bill unit, the newest first; amounts are decimal strings."""
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_QUERIES["promises"].render(), given).fetchall()
