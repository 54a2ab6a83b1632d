"""One account as customer care sees it: its bill units with their balances by debt class, what
isn't billed yet, and what is under way with collections. Lists have their own reads, by page.

Each part is one statement about the account's rows, so that the number of bill units, bills and
events decides nothing.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import pages
from dunwell.domain.handles import Handle
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.care.usage import Unbilled
from dunwell.features.receivables import queries as receivables
from dunwell.features.receivables.bill_units import Customer, find_customer

_OVERVIEW = statements.load(__package__, "overview.sql")

MOST = 50
"""So many cases, promises and plans are shown: those under way first, then the newest."""

_ORDER = "bill_unit_no"


@dataclass(frozen=True, slots=True)
class BalanceGroup:
    """What a bill unit owes of one debt class."""

    debt_class: str
    open_amount: Decimal
    overdue: Decimal
    """Of that, what was due before the day; disputed parts too."""
    disputed: Decimal
    """What is under dispute of its bills."""
    oldest_due_on: dt.date | None
    unbilled: Unbilled | None


@dataclass(frozen=True, slots=True)
class BillUnitStanding:
    """A bill unit with its balance; `balance` is what is open less the credit that is left."""

    bill_unit_no: str
    currency: str
    status: str
    pay_type: str
    delivery: str | None
    open_amount: Decimal
    overdue: Decimal
    disputed: Decimal
    credit: Decimal
    """Paid or credited, and not applied to anything yet."""
    balance: Decimal
    unbilled: Decimal
    in_collections: bool
    has_method: bool
    """Whether there is a card or an account to be charged."""
    groups: tuple[BalanceGroup, ...]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A stay in collections, in a line."""

    handle: Handle
    bill_unit_no: str
    debt_class: str
    scenario: str
    status: str
    entered_on: dt.date
    closed_on: dt.date | None
    close_reason: str | None
    overdue_amount: Decimal
    currency: str
    agent: str | None
    next_action: str | None
    next_due_on: dt.date | None


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """A promise to pay, or a pay plan, in a line."""

    handle: Handle
    kind: str
    """promise or pay_plan."""
    bill_unit_no: str
    status: str
    made_on: dt.date
    until: dt.date | None
    total: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Overview:
    """An account with some of its bill units."""

    account: Mapping[str, Any]
    customer: Customer
    bill_units: Page[BillUnitStanding]


def account_of(operation: Operation, account_no: str) -> tuple[Mapping[str, Any], Customer]:
    """The account's own row, and where its rows are. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    customer = find_customer(operation, account_no)
    (account,) = receivables.accounts(operation, number=account_no)
    return account, customer


def overview(
    operation: Operation, account_no: str, *, limit: int = MOST, cursor: str | None = None
) -> Overview:
    """The account with its bill units by number, as they stand today. Raises NotFound, BadInput."""
    account, customer = account_of(operation, account_no)
    return Overview(account, customer, standings(operation, customer, limit=limit, cursor=cursor))


def standings(
    operation: Operation, customer: Customer, *, limit: int = MOST, cursor: str | None = None
) -> Page[BillUnitStanding]:
    """The bill units of an account, by number, each with its balances. Raises BadInput."""
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    (after,) = ("",) if cursor is None else pages.decode(_ORDER, cursor, str)
    rows = _rows(operation, "bill_units", customer, after=after, limit=limit + 1)
    found = pages.page(rows, limit, lambda row: (row["bill_unit_no"],), _ORDER)
    groups = _rows(operation, "groups", customer, bill_unit_ids=[row["id"] for row in found.items])
    of_unit: dict[int, list[BalanceGroup]] = {}
    for group in groups:
        of_unit.setdefault(group.pop("bill_unit_id"), []).append(_group(group))
    units = tuple(_standing(row, of_unit.get(row["id"], [])) for row in found.items)
    return Page(units, found.next_cursor)


def cases_of(operation: Operation, customer: Customer) -> tuple[CaseLine, ...]:
    """The account's cases, open ones first."""
    operation.actor.require(Permission.VIEW)
    rows = _rows(operation, "cases", customer, limit=MOST)
    return tuple(CaseLine(handle=_handle(customer, row), **row) for row in rows)


def agreements_of(operation: Operation, customer: Customer) -> tuple[AgreementLine, ...]:
    """The account's promises to pay and pay plans, active ones first."""
    operation.actor.require(Permission.VIEW)
    rows = _rows(operation, "agreements", customer, limit=MOST)
    return tuple(AgreementLine(handle=_handle(customer, row), **row) for row in rows)


def _handle(customer: Customer, row: dict[str, Any]) -> Handle:
    return Handle(customer.account_id, row.pop("id"))


def _group(row: dict[str, Any]) -> BalanceGroup:
    amount, as_of = row.pop("unbilled"), row.pop("as_of")
    recorded_at, details = row.pop("recorded_at"), row.pop("details")
    unbilled = None if amount is None else Unbilled(amount, as_of, recorded_at, details)
    return BalanceGroup(unbilled=unbilled, **row)


def _standing(row: dict[str, Any], groups: list[BalanceGroup]) -> BillUnitStanding:
    of: dict[str, Any] = {name: value for name, value in row.items() if name != "id"}
    sums: dict[str, Any] = {
        name: sum((getattr(group, name) for group in groups), Decimal(0))
        for name in ("open_amount", "overdue", "disputed")
    }
    return BillUnitStanding(
        **of,
        **sums,
        balance=sums["open_amount"] - row["credit"],
        unbilled=sum((each.unbilled.amount for each in groups if each.unbilled), Decimal(0)),
        groups=tuple(groups),
    )


def _rows(
    operation: Operation, name: str, customer: Customer, **given: Any
) -> list[dict[str, Any]]:
    of = {"account_id": customer.account_id, "business_date": operation.date}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_OVERVIEW[name].render(), {**of, **given}).fetchall()
