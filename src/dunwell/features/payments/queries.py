"""What became of the charges that a bill unit's actions asked for."""

from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find

_QUERIES = statements.load(__package__, "queries.sql")


def attempts(operation: Operation, bill_unit_no: str) -> list[dict[str, Any]]:
    """A bill unit's attempts, oldest first, amounts beside their currency. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_QUERIES["attempts"].render(), given).fetchall()
    for row in rows:
        currency, charged = row.pop("currency"), row.pop("charged_amount")
        row["asked"] = {"amount": row.pop("amount"), "currency": currency}
        row["charged"] = None if charged is None else {"amount": charged, "currency": currency}
    return rows
