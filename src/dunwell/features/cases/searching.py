"""Finding bill units in collections: by every criterion of the manual, sorted, page by page.

One row is one open case. What a case itself says (agent, amount, days) is answered from one
covering index; what its customer says joins on from there, or comes first when it selects few:
`search_ways` chooses.
"""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import planner, statements
from dunwell.domain import pages
from dunwell.domain.handles import Handle
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import search_ways
from dunwell.features.cases.search_ways import Order, Way

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
        kind = search_ways.KINDS[search_ways.SORTINGS[order].kind]
        key, account_id, case_id = pages.decode(order, cursor, kind, int, int)
        given |= {"after": key, "after_account": account_id, "after_case": case_id}
    every_brand = operation.actor.brands is None
    way = search_ways.way(operation, values, given, order)
    fragments = search_ways.fragments_for(
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
    return [name for name, value in values.items() if value is not None], {
        **values,
        "business_date": operation.date,
        "brands": operation.actor.brand_ids,
    }
