"""Reading promises: those of a bill unit, with their instalments."""

from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.pages import START, Key
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find

_QUERIES = statements.load(__package__, "queries.sql")


def promises(
    operation: Operation, bill_unit_no: str, *, after: Key = START, limit: int | None = None
) -> list[dict[str, Any]]:
    """The promises of a bill unit, the newest first; those after a day and a number. Amounts are
    decimal strings.
    """
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "after_day": after[0],
        "after_id": after[1],
        "most": limit,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_QUERIES["promises"].render(), given).fetchall()
