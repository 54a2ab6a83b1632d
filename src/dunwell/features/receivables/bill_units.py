"""A bill unit or a whole account, as people and services name it: found behind the wall of its
brand, and locked against the night while they change it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from dunwell.db import locks, statements
from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Operation
from dunwell.features.events import log as event_log

_BILL_UNITS = statements.load(__package__, "bill_units.sql")


@dataclass(frozen=True, slots=True)
class BillUnit:
    """Where a bill unit's rows are."""

    account_id: int
    id: int
    brand_id: int

    def among(self, table: str) -> dict[str, str]:
        """The fragment `of_unit`: of a table's rows of the account, those of this bill unit."""
        return {"of_unit": f"and {table}.bill_unit_id = %(bill_unit_id)s::bigint"}


@dataclass(frozen=True, slots=True)
class Customer:
    """Where an account's rows are: all its bill units' together."""

    account_id: int
    brand_id: int
    id: None = None

    def among(self, table: str) -> dict[str, str]:
        """The same for all bill units. A condition that asks whether one is given would leave the
        index out of a plan that is kept.
        """
        del table
        return {"of_unit": ""}


Whose = BillUnit | Customer
"""Of whom something is read: one bill unit, or all of an account (`id` is none)."""


def find_customer(operation: Operation, account_no: str) -> Customer:
    """The account of that number, to read. Raises NotFound, also for another brand's."""
    given = {"account_no": account_no}
    row = _BILL_UNITS["find_customer"].run(operation.connection, given).fetchone()
    if row is None or not operation.actor.sees(row[1]):
        raise NotFound(f"There is no account {account_no!r}.")
    return Customer(*row)


def find(operation: Operation, bill_unit_no: str) -> BillUnit:
    """The bill unit of that number, to read. Raises NotFound, also for another brand's."""
    found: BillUnit | None = operation.found.get(bill_unit_no)
    if found is None:
        given = {"bill_unit_no": bill_unit_no}
        row = _BILL_UNITS["find"].run(operation.connection, given).fetchone()
        found = None if row is None else BillUnit(*row)
    if found is None or not operation.actor.sees(found.brand_id):
        raise NotFound(f"There is no bill unit {bill_unit_no!r}.")
    operation.found[bill_unit_no] = found
    return found


def own(operation: Operation, bill_unit_no: str) -> BillUnit:
    """The bill unit of that number, to change: its slice is shared until the transaction ends, so
    that a night waits for us or we for it. Raises NotFound.
    """
    bill_unit = find(operation, bill_unit_no)
    locks.share_slice(operation.connection, bill_unit.account_id, operation.slice_width)
    event_log.ensure_month(operation.connection, operation.date)
    return bill_unit


def own_many(operation: Operation, bill_unit_nos: Collection[str]) -> dict[str, BillUnit]:
    """The bill units of those numbers, to change; their slices are shared in ascending order, so
    that two who want the same ones don't wait for each other in a circle. Raises NotFound for all
    that are missing at once.
    """
    rows = _BILL_UNITS["find_many"].run(
        operation.connection, {"bill_unit_nos": list(bill_unit_nos)}
    )
    found = {number: BillUnit(*row) for number, *row in rows if operation.actor.sees(row[2])}
    missing = sorted(set(bill_unit_nos) - found.keys())
    if missing:
        raise NotFound(f"There is no bill unit {', '.join(map(repr, missing))}.")
    own_accounts(operation, {bill_unit.account_id for bill_unit in found.values()})
    return found


def own_accounts(operation: Operation, account_ids: Collection[int]) -> None:
    """Share the slices of the accounts until the transaction ends, in ascending order. Raises
    NotFound for a number that no account can have.
    """
    if max(account_ids, default=0) // operation.slice_width > locks.LAST_SLICE:
        raise NotFound(f"There is no account with the row number {max(account_ids)}.")
    first_of_slice = {account // operation.slice_width: account for account in account_ids}
    for _, account in sorted(first_of_slice.items()):
        locks.share_slice(operation.connection, account, operation.slice_width)
    event_log.ensure_month(operation.connection, operation.date)
