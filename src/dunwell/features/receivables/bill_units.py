"""One bill unit, as people and services name it: found behind the wall of its brand, and locked
against the night while they change it.
"""

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


def find(operation: Operation, bill_unit_no: str) -> BillUnit:
    """The bill unit of that number, to read. Raises NotFound, also for another brand's."""
    given = {"bill_unit_no": bill_unit_no}
    row = _BILL_UNITS["find"].run(operation.connection, given).fetchone()
    if row is None or not operation.actor.sees(row[2]):
        raise NotFound(f"There is no bill unit {bill_unit_no!r}.")
    return BillUnit(*row)


def own(operation: Operation, bill_unit_no: str) -> BillUnit:
    """The bill unit of that number, to change: its slice is shared until the transaction ends, so
    that a night waits for us or we for it. Raises NotFound.
    """
    bill_unit = find(operation, bill_unit_no)
    locks.share_slice(operation.connection, bill_unit.account_id, operation.slice_width)
    event_log.ensure_month(operation.connection, operation.date)
    return bill_unit
