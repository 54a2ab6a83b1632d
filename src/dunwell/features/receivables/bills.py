"""Reading what a bill unit was billed: bills with their corrections, items and disputes; what it
owes besides; and the credits that aren't payments (those have `payments`).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import pages
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find

_BILLS = statements.load(__package__, "bills.sql")

_ORDER = "due_on"

MOST = 200
"""How many debts without a bill, and credits, are shown: the newest."""


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill with what became of it; amounts inside `items` and `corrections` are texts."""

    id: int
    bill_no: str
    issued_on: dt.date
    due_on: dt.date
    debt_class: str
    currency: str
    amount: Decimal
    """As it was issued first; each correction says what it is instead."""
    open_amount: Decimal
    items: Sequence[Mapping[str, Any]]
    corrections: Sequence[Mapping[str, Any]]
    disputed_amount: Decimal | None
    disputed_on: dt.date | None
    resolved_on: dt.date | None

    def disputed(self, date: dt.date) -> bool:
        """Whether part of it is under dispute on the date."""
        return (
            self.disputed_on is not None
            and self.disputed_on <= date
            and (self.resolved_on is None or date < self.resolved_on)
        )


@dataclass(frozen=True, slots=True)
class OtherDebt:
    """A fee or a debit adjustment that belongs to no bill."""

    kind: str
    number: str | None
    issued_on: dt.date
    due_on: dt.date
    debt_class: str
    currency: str
    amount: Decimal
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class Credit:
    """An adjustment, the reduction by a corrective bill, or a write-off."""

    kind: str
    number: str | None
    effective_on: dt.date
    reason: str | None
    bill_no: str | None
    currency: str
    amount: Decimal
    unapplied: Decimal


def bills(
    operation: Operation,
    bill_unit_no: str,
    *,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
    bill_no: str | None = None,
) -> Page[Bill]:
    """The bills of a bill unit, the one due last first, or the one of that number. Raises NotFound,
    BadInput.
    """
    pages.check_limit(limit)
    after_due, after_id = (None, None) if cursor is None else pages.decode(_ORDER, cursor, 2)
    key = {"after_due": after_due, "after_id": after_id, "bill_no": bill_no}
    rows = _rows(operation, bill_unit_no, "bills", limit=limit + 1, **key)
    found = [Bill(**row) for row in rows]
    return pages.page(found, limit, lambda bill: (bill.due_on, bill.id), _ORDER)


def other_debts(operation: Operation, bill_unit_no: str) -> tuple[OtherDebt, ...]:
    """What a bill unit owes that stands on no bill, the newest first. Raises NotFound."""
    rows = _rows(operation, bill_unit_no, "other_debts", limit=MOST)
    return tuple(OtherDebt(**row) for row in rows)


def credits(operation: Operation, bill_unit_no: str) -> tuple[Credit, ...]:  # noqa: A001 - the noun
    """What lowered the debt without being a payment, the newest first. Raises NotFound."""
    return tuple(Credit(**row) for row in _rows(operation, bill_unit_no, "credits", limit=MOST))


def _rows(operation: Operation, bill_unit_no: str, name: str, **given: Any) -> list[dict[str, Any]]:
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    key = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_BILLS[name].render(), {**key, **given}).fetchall()
