"""Agencies and what is with them, as people look at it."""

from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find

_QUERIES = statements.load(__package__, "queries.sql")


def agencies(operation: Operation) -> list[dict[str, Any]]:
    """The agencies of the actor's brands, with how many referrals each has."""
    operation.actor.require(Permission.VIEW)
    return _select(operation, "agencies", brands=operation.actor.brand_ids)


def referrals(
    operation: Operation,
    bill_unit_no: str,
    *,
    after: int | None = None,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """A bill unit's referrals, the newest first; those after a number. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    unit = find(operation, bill_unit_no)
    given = {"account_id": unit.account_id, "bill_unit_id": unit.id}
    rows = _select(operation, "referrals", **given, after_id=after, most=limit)
    for row in rows:
        row["owed"] = {"amount": row.pop("amount"), "currency": row.pop("currency")}
    return rows


def _select(operation: Operation, name: str, **given: Any) -> list[dict[str, Any]]:
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_QUERIES[name].render(), given).fetchall()
