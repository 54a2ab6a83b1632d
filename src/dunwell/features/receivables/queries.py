"""Reading accounts and bill units, behind the walls of the actor's brands."""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import planner, statements
from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Operation, Permission

_QUERIES = statements.load(__package__, "queries.sql")

Row = Mapping[str, Any]


def account(operation: Operation, account_no: str) -> Row:
    """One account with its bill units. Raises NotFound."""
    found = _select(operation, "accounts", number=account_no)
    if not found:
        raise NotFound(f"There is no account {account_no!r}.")
    return {**found[0], "bill_units": _select(operation, "bill_units", account_no=account_no)}


def accounts(operation: Operation, *, after: str = "", limit: int = 100, **only: Any) -> list[Row]:
    """Accounts by number, those after one; `only` may name a `status`."""
    return _select(operation, "accounts", after=after, limit=limit, **only)


def bill_unit(operation: Operation, bill_unit_no: str) -> Row:
    """One bill unit with what the last night measured. Raises NotFound."""
    found = _select(operation, "bill_units", number=bill_unit_no)
    if not found:
        raise NotFound(f"There is no bill unit {bill_unit_no!r}.")
    return found[0]


def bill_units(
    operation: Operation, *, after: str = "", limit: int = 100, **only: Any
) -> list[Row]:
    """Bill units by number, those after one; `only` may name a `status`, an `account_no`, and
    whether they are `in_collections`.
    """
    return _select(operation, "bill_units", after=after, limit=limit, **only)


_ANY = {
    "number": None,
    "after": "",
    "limit": 1000,
    "status": None,
    "account_no": None,
    "in_collections": None,
}


def _select(operation: Operation, name: str, **given: Any) -> list[Row]:
    operation.actor.require(Permission.VIEW)
    parameters = {**_ANY, **given, "brand_ids": operation.actor.brand_ids}
    # a list by the number's index: behind a wall the planner expects few rows and would collect
    # and sort all of a brand (decision 0061 has the figures); but those of one account are sorted,
    # because on the way along that index they may be the last
    few = parameters["number"] is not None or parameters["account_no"] is not None
    with (
        nullcontext() if few else planner.without(operation.connection, "sort"),
        operation.connection.cursor(row_factory=dict_row) as cursor,
    ):
        return list(cursor.execute(_QUERIES[name].render(), parameters))
