"""Finding bill units in collections: by every criterion of the manual, sorted, page by page.

One row is one open case. What a case itself says (agent, amount, days) is answered from one
covering index; what its customer says joins on from there, or comes first when it selects few.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import planner, statements
from dunwell.domain import pages
from dunwell.domain.handles import Handle
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission

_SEARCHING = statements.load(__package__, "searching.sql")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for; everything that is given must hold. Ranges include their ends."""

    bill_unit_no: str | None = None
    bill_unit_status: str | None = None
    pay_type: str | None = None
    billed_from: dt.date | None = None
    """A bill was issued on this day or later …"""
    billed_until: dt.date | None = None
    """… and on this day or earlier."""
    account_no: str | None = None
    account_status: str | None = None
    company: str | None = None
    """How the company's name begins, in any letters."""
    name: str | None = None
    """How the customer's name begins, in any letters."""
    agent: str | None = None
    scenario: str | None = None
    profile: str | None = None
    debt_class: str | None = None
    currency: str | None = None
    overdue_amount_from: Decimal | None = None
    overdue_amount_until: Decimal | None = None
    days_overdue_from: int | None = None
    days_overdue_until: int | None = None
    assigned: bool | None = None
    """True: has an agent; false: has none."""


class Order(StrEnum):
    """How the list is sorted: by most money, longest overdue, newest, or by a name."""

    AMOUNT = "amount"
    DAYS_OVERDUE = "days_overdue"
    ENTERED = "entered"
    NAME = "name"
    ACCOUNT_NO = "account_no"
    BILL_UNIT_NO = "bill_unit_no"


@dataclass(frozen=True, slots=True)
class Found:
    """One bill unit in collections, for one debt class."""

    case: Handle
    bill_unit_no: str
    account_no: str
    name: str
    company: str | None
    profile: str
    scenario: str
    debt_class: str
    agent: str | None
    overdue_amount: Decimal
    currency: str
    overdue_date: dt.date
    days_overdue: int
    entered_on: dt.date
    version: int
    sort_key: Any = None


@dataclass(frozen=True, slots=True)
class _Sorting:
    """The column that a list is sorted by, and in which direction."""

    column: str
    descending: bool
    kind: str


_SORTINGS = {
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
_CONDITIONS: dict[str, str] = {
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
_ISSUED = (
    "bill.issued_on >= coalesce(%(billed_from)s::date, '-infinity'::date)"
    " and bill.issued_on <= coalesce(%(billed_until)s::date, 'infinity'::date)"
)
_BILLED = (
    "exists (select from bill where bill.account_id = collection_case.account_id"
    f" and bill.bill_unit_id = collection_case.bill_unit_id and {_ISSUED})"
)
_NAMES = ("name", "company")
_NUMBERS = ("bill_unit_no", "account_no")
_DAYS = ("billed_from", "billed_until")

FEW = 5_000
"""Up to so many rows are gathered and sorted; where more would meet a criterion, the list is walked
in its order until a page is full.
"""

_OF_CASE = frozenset(
    sorting.column for sorting in _SORTINGS.values() if "collection_case." in sorting.column
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
        select distinct bill.account_id, bill.bill_unit_id from bill where {_ISSUED}
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


def search(
    operation: Operation,
    criteria: Criteria | None = None,
    *,
    order: Order = Order.AMOUNT,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Found]:
    """The bill units in collections that meet the criteria. Raises BadInput for a bad cursor.

    Manual: PCM_OP_COLLECTIONS_GET_BILLINFOS.
    """
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    values, given = _values(operation, criteria or Criteria())
    given["limit"] = limit + 1
    if cursor is not None:
        key, account_id, case_id = pages.decode(order, cursor, 3)
        given |= {"after": key, "after_account": account_id, "after_case": case_id}
    every_brand = operation.actor.brands is None
    way = _way(operation, values, given, order)
    fragments = fragments_for(
        values, order, way, every_brand=every_brand, onward=cursor is not None
    )
    ways = planner.IN_ORDER if way is Way.WALK else ("hashjoin", "mergejoin")
    with (
        planner.without(operation.connection, *ways),
        operation.connection.cursor(row_factory=dict_row) as fetching,
    ):
        rows = fetching.execute(_SEARCHING["search"].render(fragments), given).fetchall()
    found = [Found(case=Handle(row.pop("account_id"), row.pop("case_id")), **row) for row in rows]
    shown = pages.page(
        found, limit, lambda row: (row.sort_key, row.case.account_id, row.case.id), order
    )
    return replace(shown, items=tuple(replace(row, sort_key=None) for row in shown.items))


def _values(operation: Operation, wanted: Criteria) -> tuple[list[str], dict[str, Any]]:
    """The names of the criteria that are given, and what the statements are given."""
    values: dict[str, Any] = {name: getattr(wanted, name) for name in Criteria.__dataclass_fields__}
    brands = operation.actor.brands
    return [name for name, value in values.items() if value is not None], {
        **values,
        "business_date": operation.date,
        "brands": None if brands is None else sorted(brands),
    }


def _way(
    operation: Operation, names: Collection[str], given: Mapping[str, Any], order: Order
) -> Way:
    """How to begin, told by how many rows the most selective criteria meet, counted up to FEW."""
    if not set(_NUMBERS).isdisjoint(names):
        return Way.CUSTOMERS
    named = [_CONDITIONS[name] for name in _NAMES if name in names]
    if named and _is_few(operation, "account", named, given):
        return Way.CUSTOMERS
    if not set(_DAYS).isdisjoint(names) and _is_few(operation, "bill", [_ISSUED], given):
        return Way.BILLS
    if _SORTINGS[order].column in _OF_CASE:
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
    sorting = _SORTINGS[order]
    of_case = _of_case(names, every_brand=every_brand)
    joined = [_CONDITIONS[name] for name in names if name in (*_NAMES, *_NUMBERS)]
    if way is not Way.BILLS and not set(_DAYS).isdisjoint(names):
        joined.append(_BILLED)
    if onward:
        (of_case if sorting.column in _OF_CASE else joined).append(_after(sorting))
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
        _CONDITIONS[name] for name in names if _CONDITIONS[name] and name not in _OF_CUSTOMER
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
