"""Reading what a bill unit was billed: bills with their corrections, items and disputes; what it
owes besides; and the credits that aren't payments (those have `payments`).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import pages
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import Whose, find

_BILLS = statements.load(__package__, "bills.sql")

_ORDER = "due_on"

MOST = 200
"""How many debts without a bill, and credits, are shown: the newest."""


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill with what became of it; amounts inside `items` and `corrections` are texts."""

    id: int
    bill_unit_no: str
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

    bill_unit_no: str
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

    bill_unit_no: str
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
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    return bills_of(operation, bill_unit, limit=limit, cursor=cursor, bill_no=bill_no)


def bills_of(
    operation: Operation,
    whose: Whose,
    *,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
    bill_no: str | None = None,
) -> Page[Bill]:
    """The same of whom somebody has found already, also of a whole account. Raises BadInput."""
    pages.check_limit(limit)
    after_due, after_id = pages.decode(_ORDER, cursor, dt.date, int)
    key = {"after_due": after_due, "after_id": after_id, "bill_no": bill_no}
    rows = _rows(operation, whose, "bills", limit=limit + 1, **key)
    found = [Bill(**row) for row in rows]
    return pages.page(found, limit, lambda bill: (bill.due_on, bill.id), _ORDER)


def other_debts(operation: Operation, bill_unit_no: str) -> tuple[OtherDebt, ...]:
    """What a bill unit owes that stands on no bill, the newest first. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    return other_debts_of(operation, find(operation, bill_unit_no))


def other_debts_of(operation: Operation, whose: Whose) -> tuple[OtherDebt, ...]:
    """The same of whom somebody has found already, also of a whole account."""
    rows = _rows(operation, whose, "other_debts", limit=MOST)
    return tuple(OtherDebt(**row) for row in rows)


def credits(operation: Operation, bill_unit_no: str) -> tuple[Credit, ...]:  # noqa: A001 - the noun
    """What lowered the debt without being a payment, the newest first. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    return credits_of(operation, find(operation, bill_unit_no))


def credits_of(operation: Operation, whose: Whose) -> tuple[Credit, ...]:
    """The same of whom somebody has found already, also of a whole account."""
    return tuple(Credit(**row) for row in _rows(operation, whose, "credits", limit=MOST))


def document_url(pattern: str | None, bill_no: str, brand: str) -> str | None:
    """Where a bill's document is to be seen, by the policy's `bill_document_url`; none without."""
    if pattern is None:
        return None
    return pattern.replace("{bill_no}", quote(bill_no, safe="")).replace(
        "{brand}", quote(brand, safe="")
    )


def _rows(operation: Operation, whose: Whose, name: str, **given: Any) -> list[dict[str, Any]]:
    operation.actor.require(Permission.VIEW)
    key = {"account_id": whose.account_id, "bill_unit_id": whose.id}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        statement = _BILLS[name].render(whose.among(_ROWS_OF[name]))
        return cursor.execute(statement, {**key, **given}).fetchall()


_ROWS_OF = {"bills": "bill", "other_debts": "item", "credits": "credit"}
