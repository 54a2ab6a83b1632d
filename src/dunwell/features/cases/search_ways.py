"""The ways to walk through the open cases that a search has, and its statement for each.

A search is composed of what is asked for: each criterion is a condition over the case, its bill
unit or its account. With which of these it begins is told by how many rows they select.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from dunwell.db import planner, statements
from dunwell.features.access.actor import Operation

_SEARCHING = statements.load(__package__, "searching.sql")


class Order(StrEnum):
    """How the list is sorted: by most money, longest overdue, newest, or by a name."""

    AMOUNT = "amount"
    DAYS_OVERDUE = "days_overdue"
    ENTERED = "entered"
    NAME = "name"
    ACCOUNT_NO = "account_no"
    BILL_UNIT_NO = "bill_unit_no"


@dataclass(frozen=True, slots=True)
class _Sorting:
    """The column that a list is sorted by, and in which direction."""

    column: str
    descending: bool
    kind: str


KINDS: dict[str, type] = {"numeric": Decimal, "date": dt.date, "text": str}
"""What a value of such a column is in a cursor."""

SORTINGS = {
    Order.AMOUNT: _Sorting("collection_case.overdue_amount", descending=True, kind="numeric"),
    Order.DAYS_OVERDUE: _Sorting("collection_case.overdue_date", descending=False, kind="date"),
    Order.ENTERED: _Sorting("collection_case.entered_on", descending=True, kind="date"),
    Order.NAME: _Sorting("account.name_search", descending=False, kind="text"),
    Order.ACCOUNT_NO: _Sorting("account.account_no", descending=False, kind="text"),
    Order.BILL_UNIT_NO: _Sorting("bill_unit.bill_unit_no", descending=False, kind="text"),
}

_OF_SCENARIO = "collection_case.scenario_id in (select scenario.id from scenario where {})"
_BRANDS = "collection_case.brand_id = any(%(brands)s::int[])"

# each criterion as SQL over the case, its bill unit and its account; a case carries what it is
# searched by, names and numbers apart
CONDITIONS: dict[str, str] = {
    "bill_unit_no": "bill_unit.bill_unit_no = %(bill_unit_no)s::text",
    "bill_unit_status": "collection_case.bill_unit_status = %(bill_unit_status)s::text",
    "pay_type": "collection_case.pay_type = %(pay_type)s::text",
    "billed_from": "",
    "billed_until": "",
    "account_no": "account.account_no = %(account_no)s::text",
    "account_status": "collection_case.account_status = %(account_status)s::text",
    "company": "account.company_search >= lower(%(company)s::text)"
    ' and account.company_search < lower(%(company)s::text) collate "C" || chr(1114111)',
    "name": "account.name_search >= lower(%(name)s::text)"
    ' and account.name_search < lower(%(name)s::text) collate "C" || chr(1114111)',
    "agent": "collection_case.agent_id = "
    "(select agent.id from agent where agent.name = %(agent)s::text)",
    "scenario": _OF_SCENARIO.format("scenario.name = %(scenario)s::text"),
    "profile": _OF_SCENARIO.format(
        "scenario.profile_id in"
        " (select profile.id from profile where profile.name = %(profile)s::text)"
    ),
    "debt_class": "collection_case.debt_class_id ="
    " (select debt_class.id from debt_class where debt_class.name = %(debt_class)s::text)",
    "currency": _OF_SCENARIO.format(
        "scenario.profile_id in"
        " (select profile.id from profile where profile.currency = %(currency)s::text)"
    ),
    "overdue_amount_from": "collection_case.overdue_amount >= %(overdue_amount_from)s::numeric",
    "overdue_amount_until": "collection_case.overdue_amount <= %(overdue_amount_until)s::numeric",
    "days_overdue_from": "collection_case.overdue_date"
    " <= %(business_date)s::date - %(days_overdue_from)s::int",
    "days_overdue_until": "collection_case.overdue_date"
    " >= %(business_date)s::date - %(days_overdue_until)s::int",
    "assigned": "(collection_case.agent_id is not null) = %(assigned)s::boolean",
}
ISSUED = (
    "bill.issued_on >= coalesce(%(billed_from)s::date, '-infinity'::date)"
    " and bill.issued_on <= coalesce(%(billed_until)s::date, 'infinity'::date)"
)
_BILLED = (
    "exists (select from bill where bill.account_id = collection_case.account_id"
    f" and bill.bill_unit_id = collection_case.bill_unit_id and {ISSUED})"
)
_NAMES = ("name", "company")
_NUMBERS = ("bill_unit_no", "account_no")
_DAYS = ("billed_from", "billed_until")

FEW = 5_000
"""Up to so many rows are gathered and sorted; where more would meet a criterion, the list is walked
in its order until a page is full.
"""

OF_CASE = frozenset(
    sorting.column for sorting in SORTINGS.values() if "collection_case." in sorting.column
)
_JOINS = {
    "account": "\n    join account on account.id = collection_case.account_id",
    "bill_unit": """
    join bill_unit
        on bill_unit.account_id = collection_case.account_id
        and bill_unit.id = collection_case.bill_unit_id""",
}

# all open cases in order, from the covering index alone; then only as many customers as are shown
_CASES_IN_ORDER = """
    select collection_case.account_id, collection_case.id as case_id, collection_case.sort_key
    from (
        select
            collection_case.account_id, collection_case.bill_unit_id, collection_case.id,
            {sorted_by} as sort_key
        from collection_case
        where collection_case.status = 'open'{of_case}
        order by {sorted_by} {direction}, collection_case.account_id, collection_case.id
        {limit}
    ) as collection_case{joins}
    where true{joined}
    order by collection_case.sort_key {direction}, collection_case.account_id, collection_case.id
    limit %(limit)s::int
"""
_CUSTOMERS_FIRST = """
    select collection_case.account_id, collection_case.id as case_id, {sorted_by} as sort_key
    from collection_case{joins}
    where collection_case.status = 'open'{of_case}{joined}
    order by {sorted_by} {direction}, collection_case.account_id, collection_case.id
    limit %(limit)s::int
"""
_BILLS_FIRST = f"""
    select collection_case.account_id, collection_case.id as case_id, {{sorted_by}} as sort_key
    from (
        select distinct bill.account_id, bill.bill_unit_id from bill where {ISSUED}
    ) as billed
    join collection_case
        on collection_case.account_id = billed.account_id
        and collection_case.bill_unit_id = billed.bill_unit_id{{joins}}
    where collection_case.status = 'open'{{of_case}}{{joined}}
    order by {{sorted_by}} {{direction}}, collection_case.account_id, collection_case.id
    limit %(limit)s::int
"""


class Way(StrEnum):
    """With what a search begins; by far the best differs with how much the criteria select."""

    CASES = "cases"
    """The open cases in their order, until a page is full."""
    CUSTOMERS = "customers"
    """Few customers, by number or name; or few cases, all of which are gathered and sorted."""
    BILLS = "bills"
    """Few bills of some days."""
    WALK = "walk"
    """The customers in the order of their names or numbers, until a page is full."""


def way(
    operation: Operation, names: Collection[str], given: Mapping[str, Any], order: Order
) -> Way:
    """How to begin, told by how many rows the most selective criteria meet, counted up to FEW."""
    if not set(_NUMBERS).isdisjoint(names):
        return Way.CUSTOMERS
    named = [CONDITIONS[name] for name in _NAMES if name in names]
    if named and _is_few(operation, "account", named, given):
        return Way.CUSTOMERS
    if not set(_DAYS).isdisjoint(names) and _is_few(operation, "bill", [ISSUED], given):
        return Way.BILLS
    if SORTINGS[order].column in OF_CASE:
        return Way.CASES
    of_case = _of_case(names, every_brand=operation.actor.brands is None)
    return (
        Way.CUSTOMERS
        if _is_few(operation, "collection_case", ["status = 'open'", *of_case], given)
        else Way.WALK
    )


def _is_few(
    operation: Operation, table: str, conditions: Iterable[str], given: Mapping[str, Any]
) -> bool:
    fragments = {"searched": table, "conditions": " and ".join(conditions), "few": str(FEW)}
    with planner.without(operation.connection):
        found = _SEARCHING["is_few"].run(operation.connection, given, fragments)
        return found.fetchone() is None


def fragments_for(
    names: Collection[str], order: Order, way: Way, *, every_brand: bool, onward: bool
) -> dict[str, str]:
    """The pieces of the statement for these criteria, this order and this way."""
    sorting = SORTINGS[order]
    of_case = _of_case(names, every_brand=every_brand)
    joined = [CONDITIONS[name] for name in names if name in (*_NAMES, *_NUMBERS)]
    if way is not Way.BILLS and not set(_DAYS).isdisjoint(names):
        joined.append(_BILLED)
    if onward:
        (of_case if sorting.column in OF_CASE else joined).append(_after(sorting))
    shape = {Way.CASES: _CASES_IN_ORDER, Way.BILLS: _BILLS_FIRST}.get(way, _CUSTOMERS_FIRST)
    return {
        "chosen": shape.format(
            sorted_by=sorting.column,
            direction="desc" if sorting.descending else "asc",
            joins="".join(
                join
                for table, join in _JOINS.items()
                if any(f"{table}." in text for text in [*joined, sorting.column])
            ),
            of_case=_and(of_case),
            joined=_and(joined),
            limit="" if joined else "limit %(limit)s::int",
        ),
        "direction": "desc" if sorting.descending else "asc",
    }


def _of_case(names: Collection[str], *, every_brand: bool) -> list[str]:
    """The conditions that a case itself answers."""
    conditions = [
        CONDITIONS[name] for name in names if CONDITIONS[name] and name not in _OF_CUSTOMER
    ]
    return conditions if every_brand else [*conditions, _BRANDS]


_OF_CUSTOMER = frozenset({*_NAMES, *_NUMBERS})


def _and(conditions: Iterable[str]) -> str:
    return "".join(f"\n        and {condition}" for condition in conditions)


def _after(sorting: _Sorting) -> str:
    """The rows behind the cursor's; the numbers of the rows rise whatever the direction."""
    key = "collection_case.account_id, collection_case.id"
    if not sorting.descending:
        return (
            f"({sorting.column}, {key})"
            f" > (%(after)s::{sorting.kind}, %(after_account)s::bigint, %(after_case)s::bigint)"
        )
    return (
        f"{sorting.column} <= %(after)s::{sorting.kind}"
        f" and ({sorting.column} < %(after)s::{sorting.kind}"
        f" or ({key}) > (%(after_account)s::bigint, %(after_case)s::bigint))"
    )
