"""Reading adjustments and disputes: one, those of a bill unit or an account, and what waits for
somebody to approve it.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import handles, pages
from dunwell.domain.errors import NotFound
from dunwell.domain.handles import Handle
from dunwell.domain.pages import START, Key, Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import Whose, find

_QUERIES = statements.load(__package__, "queries.sql")

ADJUSTMENT = """
    select
        adjustment.account_id, adjustment.id, account.account_no, account.name as customer,
        bill_unit.bill_unit_no, adjustment.dispute_id, adjustment.direction,
        round_money(adjustment.amount, bill_unit.currency) as amount, bill_unit.currency,
        adjustment.status, adjustment.version, adjustment.reason, adjustment.note,
        adjustment.requested_by, adjustment.requested_on, adjustment.requested_at,
        adjustment.decided_by, adjustment.decided_on, adjustment.decision_note, adjustment.number,
        (
            select bill.bill_no
            from bill
            where bill.account_id = adjustment.account_id and bill.id = adjustment.bill_id
        ) as bill_no
    from adjustment
    join account on account.id = adjustment.account_id
    join bill_unit
        on bill_unit.account_id = adjustment.account_id
        and bill_unit.id = adjustment.bill_unit_id
"""
FRAGMENTS = {"adjustment": ADJUSTMENT}
"""An adjustment as people read it."""


MOST_DISPUTES = 200
"""So many are shown, the newest."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What somebody asked for, and what became of it."""

    handle: Handle
    account_no: str
    customer: str
    bill_unit_no: str
    bill_no: str | None
    dispute: Handle | None
    direction: str
    amount: Decimal
    currency: str
    status: str
    version: int
    reason: str
    note: str | None
    requested_by: str
    requested_on: dt.date
    requested_at: dt.datetime
    decided_by: str | None
    decided_on: dt.date | None
    decision_note: str | None
    number: str | None
    """Of the credit or the item that it became."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A contested part of a bill. One that a file stated says neither why nor who."""

    handle: Handle
    bill_unit_no: str
    bill_no: str
    amount: Decimal
    currency: str
    disputed_on: dt.date
    resolved_on: dt.date | None
    """The first day on which it was over."""
    reason: str | None
    note: str | None
    raised_by: str | None
    resolved_by: str | None
    outcome: str | None
    granting: Decimal | None
    """What was granted and waits for approval."""

    def is_open(self, date: dt.date) -> bool:
        """Whether it is under way on a day."""
        return self.disputed_on <= date and (self.resolved_on is None or date < self.resolved_on)


def adjustments(
    operation: Operation,
    bill_unit_no: str,
    *,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Adjustment]:
    """What was asked for of a bill unit, the newest first. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    return adjustments_of(operation, find(operation, bill_unit_no), limit=limit, cursor=cursor)


def adjustments_of(
    operation: Operation,
    whose: Whose,
    *,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Adjustment]:
    """The same of whom somebody has found already."""
    operation.actor.require(Permission.VIEW)
    given = {"account_id": whose.account_id, "bill_unit_id": whose.id}
    return _page(operation, "adjustments", limit, cursor, given)


def waiting(
    operation: Operation,
    *,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Adjustment]:
    """What waits for a second person, of the brands that the actor sees, the oldest first."""
    operation.actor.require(Permission.VIEW)
    given = {"brand_ids": operation.actor.brand_ids}
    return _page(operation, "waiting", limit, cursor, given)


def adjustment(operation: Operation, handle: Handle) -> Adjustment:
    """One adjustment. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    given = {
        "account_id": handle.account_id,
        "id": handle.id,
        "brand_ids": operation.actor.brand_ids,
    }
    rows = _rows(operation, "adjustment", given)
    if not rows:
        raise NotFound(f"There is no adjustment {handle}.")
    return _adjustment(rows[0])


def show(operation: Operation, handle: str) -> Adjustment:
    """One adjustment, as its handle names it. Raises NotFound."""
    return adjustment(operation, handles.parse(handle, "adjustment"))


def disputes(
    operation: Operation, bill_unit_no: str, *, after: Key = START, limit: int = MOST_DISPUTES
) -> tuple[Dispute, ...]:
    """The disputes of a bill unit, the newest first; those after a day and a number. Raises
    NotFound.
    """
    operation.actor.require(Permission.VIEW)
    return disputes_of(operation, find(operation, bill_unit_no), after=after, limit=limit)


def disputes_of(
    operation: Operation, whose: Whose, *, after: Key = START, limit: int = MOST_DISPUTES
) -> tuple[Dispute, ...]:
    """The same of whom somebody has found already."""
    operation.actor.require(Permission.VIEW)
    given = {"account_id": whose.account_id, "bill_unit_id": whose.id}
    return tuple(_disputes(operation, given, after=after, limit=limit))


def dispute_of(operation: Operation, bill_unit_no: str, handle: str) -> Dispute:
    """One dispute of a bill unit. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    bill_unit, named = find(operation, bill_unit_no), handles.parse(handle, "dispute")
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id}
    found = _disputes(operation, given, number=named.id)
    if not found or named.account_id != bill_unit.account_id:
        raise NotFound(f"The bill unit {bill_unit_no!r} has no dispute {handle}.")
    return found[0]


def dispute(operation: Operation, handle: Handle) -> Dispute:
    """One dispute, as somebody who has just changed it is shown it."""
    given = {"account_id": handle.account_id, "bill_unit_id": None}
    (found,) = _disputes(operation, given, number=handle.id)
    return found


def _page(
    operation: Operation, name: str, limit: int, cursor: str | None, given: dict[str, Any]
) -> Page[Adjustment]:
    pages.check_limit(limit)
    day, account, row = pages.decode(name, cursor, dt.date, int, int)
    after = {"after_day": day, "after_account": account, "after_id": row, "limit": limit + 1}
    found = [_adjustment(each) for each in _rows(operation, name, {**given, **after})]
    return pages.page(
        found,
        limit,
        lambda each: (each.requested_on, each.handle.account_id, each.handle.id),
        name,
    )


def _rows(operation: Operation, name: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_QUERIES[name].render(FRAGMENTS), given).fetchall()


def _adjustment(row: dict[str, Any]) -> Adjustment:
    account_id, dispute_id = row.pop("account_id"), row.pop("dispute_id")
    return Adjustment(
        handle=Handle(account_id, row.pop("id")),
        dispute=None if dispute_id is None else Handle(account_id, dispute_id),
        **row,
    )


def _disputes(
    operation: Operation,
    given: dict[str, Any],
    *,
    number: int | None = None,
    after: Key = START,
    limit: int = 1,
) -> list[Dispute]:
    day, row = after
    asked = {**given, "id": number, "after_day": day, "after_id": row, "limit": limit}
    return [
        Dispute(handle=Handle(row.pop("account_id"), row.pop("id")), **row)
        for row in _rows(operation, "disputes", asked)
    ]
