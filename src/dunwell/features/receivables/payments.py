"""The payments of a bill unit as they were received, with what of each was applied."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import pages
from dunwell.domain.handles import Handle
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find

_PAYMENTS = statements.load(__package__, "payments.sql")

_ORDER = "paid_on"


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment; a bounced one is followed by its reversal, a negative amount."""

    handle: Handle
    payment_no: str | None
    paid_on: dt.date
    amount: Decimal
    unapplied: Decimal
    """What has met no item yet."""
    currency: str
    method: str | None
    bill_no: str | None
    """The bill that it names, to be paid first."""
    reverses: str | None
    """The number of the payment that bounced."""
    reversed: bool


def payments(
    operation: Operation,
    bill_unit_no: str,
    *,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Payment]:
    """The payments of a bill unit, the newest first. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    bill_unit = find(operation, bill_unit_no)
    after_day, after_id = (None, None) if cursor is None else pages.decode(_ORDER, cursor, 2)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "limit": limit + 1,
        "after_day": after_day,
        "after_id": after_id,
    }
    with operation.connection.cursor(row_factory=dict_row) as fetching:
        rows = fetching.execute(_PAYMENTS["payments"].render(), given).fetchall()
    found = [Payment(handle=Handle(bill_unit.account_id, row.pop("id")), **row) for row in rows]
    return pages.page(found, limit, lambda row: (row.paid_on, row.handle.id), _ORDER)
