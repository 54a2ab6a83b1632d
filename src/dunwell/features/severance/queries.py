"""Severance as people and the field system look at it: processes with their events, and what is
outstanding.
"""

from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import handles, pages
from dunwell.domain.errors import NotFound
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find

_QUERIES = statements.load(__package__, "queries.sql")

Row = dict[str, Any]


def of_bill_unit(
    operation: Operation,
    bill_unit_no: str,
    *,
    after: int | None = None,
    limit: int | None = None,
) -> list[Row]:
    """A bill unit's processes with their events, the newest last; those after a number. Raises
    NotFound.
    """
    operation.actor.require(Permission.VIEW)
    unit = find(operation, bill_unit_no)
    given = {"account_id": unit.account_id, "bill_unit_id": unit.id, "most": limit}
    if after is not None:
        given |= {"after_account": unit.account_id, "after_id": after}
    return _select(operation, "processes", **given)


def process(operation: Operation, severance: str) -> Row:
    """One process with its events. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    return read(operation, severance)


def read(operation: Operation, severance: str) -> Row:
    """The same for whoever has just changed it, and need not have the permission to view."""
    handle = handles.parse(severance, "severance")
    rows = _select(operation, "processes", account_id=handle.account_id, severance_id=handle.id)
    if not rows:
        raise NotFound(f"There is no severance {severance!r}.")
    return rows[0]


def processes(
    operation: Operation,
    *,
    status: str | None = "active",
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Row]:
    """Processes of that status (none: any) with their events, by account."""
    operation.actor.require(Permission.VIEW)
    return _page(operation, "processes", "severance", limit, cursor, status=status)


def outstanding(
    operation: Operation,
    *,
    type: str = "field_activity",  # noqa: A002 - the event's type
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Row]:
    """The field activities that the field system has to carry out and to answer, or to-dos."""
    operation.actor.require(Permission.VIEW)
    return _page(operation, "outstanding", "event", limit, cursor, type=type)


def _page(
    operation: Operation, name: str, key: str, limit: int, cursor: str | None, **given: Any
) -> Page[Row]:
    pages.check_limit(limit)
    account, number = pages.decode(name, cursor, int, int)
    rows = _select(operation, name, after_account=account, after_id=number, most=limit + 1, **given)

    def place(row: Row) -> tuple[int, int]:
        handle = handles.parse(row[key], key)
        return handle.account_id, handle.id

    return pages.page(rows, limit, place, name)


def _select(operation: Operation, name: str, **given: Any) -> list[Row]:
    wanted = {
        **dict.fromkeys(_QUERIES[name].parameters),
        "brands": operation.actor.brand_ids,
        **given,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_QUERIES[name].render(), wanted).fetchall()
