"""Reading sharing groups: what a bill unit is in its group, and what the group owes."""

from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find

_QUERIES = statements.load(__package__, "queries.sql")


def role(operation: Operation, bill_unit_no: str) -> dict[str, Any]:
    """Whether the bill unit is `parent`, `member` or `neither`, with its group, the parent, and
    what each bill unit of the group owes on the operation's date; amounts are decimal strings.

    Manual: PCM_OP_COLLECTIONS_GROUP_GET_BILLINFO.
    """
    operation.actor.require(Permission.VIEW)
    unit = find(operation, bill_unit_no)
    given = {
        "account_id": unit.account_id,
        "bill_unit_id": unit.id,
        "business_date": operation.date,
    }
    found = _fetch(operation, "receivables", given)
    own = next((row for row in found if row["bill_unit_no"] == bill_unit_no), None)
    told = [
        {name: row[name] for name in ("bill_unit_no", "account_no", "role", "open", "overdue")}
        for row in found
    ]
    return {
        "bill_unit_no": bill_unit_no,
        "role": own["role"] if own else "neither",
        "group_id": own and own["group_id"],
        "group": own and own["group_name"],
        "currency": own and own["currency"],
        "parent": next((row["bill_unit_no"] for row in told if row["role"] == "parent"), None),
        "bill_units": told,
    }


def group(operation: Operation, name: str) -> dict[str, Any]:
    """A group by its name: id, name, currency, version. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    for row in _fetch(operation, "groups", {"name": name}):
        if operation.actor.sees(row["brand_id"]):
            return row
    raise NotFound(f"There is no sharing group {name!r}.")


def groups(
    operation: Operation, *, name: str | None = None, after: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """The groups that the actor may see after one, by id; or only those of a name."""
    operation.actor.require(Permission.VIEW)
    given = {
        "name": name,
        "after": after,
        "limit": limit,
        "brand_ids": operation.actor.brand_ids,
    }
    return _fetch(operation, "page", given)


def detail(operation: Operation, group_id: int) -> dict[str, Any]:
    """A group by its id, with its parent's number and, in `bill_units`, everybody in it with what
    they owe as `role` tells it. Raises NotFound.
    """
    operation.actor.require(Permission.VIEW)
    for row in _fetch(operation, "detail", {"group_id": group_id}):
        if operation.actor.sees(row["brand_id"]):
            return {**row, "bill_units": role(operation, row["parent"])["bill_units"]}
    raise NotFound(f"There is no sharing group {group_id}.")


def _fetch(operation: Operation, name: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_QUERIES[name].render(), given).fetchall()
