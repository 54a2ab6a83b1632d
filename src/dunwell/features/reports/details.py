"""The lists behind the figures: their columns and filters, and reading them a page at a time."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import planner, statements
from dunwell.domain import pages
from dunwell.domain.errors import BadInput, Forbidden, NotFound
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.reports import amounts
from dunwell.features.reports.preparing import ANSWER_DAYS
from dunwell.features.reports.report import Column, Kind, Row

_DETAILS = statements.load(__package__, "details.sql")

_OF_PAGES = frozenset({"after_account", "after_id", "limit", "answer_days"})
_DAYS = frozenset(
    {"as_of", "later", "since", "until", "entered_since", "entered_until", "closed_since"}
    | {"closed_until", "open_on", "posted_since", "posted_until", "made_since", "made_until"}
    | {"recalled_since", "recalled_until"}
)
_NUMBERS = frozenset({"from_days", "to_days", "later_from", "later_to", "policy_version"})

BATCH = 5_000
"""Rows of one page when a whole list is read."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A list of rows; `required` are the filters that it can't do without."""

    name: str
    title: str
    columns: tuple[Column, ...]
    required: frozenset[str] = frozenset()

    @property
    def filters(self) -> frozenset[str]:
        """What the list can be filtered by."""
        return _DETAILS[self.name].parameters - _OF_PAGES


_CUSTOMER = (Column("brand"), Column("account_no"), Column("bill_unit_no"))
_PERIOD = frozenset({"since", "until"})


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _days(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Kind.DATE) for name in names)


def _money(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Kind.MONEY) for name in names)


_CURRENCY = _texts("currency")

DETAILS: Mapping[str, Detail] = {
    detail.name: detail
    for detail in (
        Detail(
            "open_items",
            "Open items",
            (
                *(*_CUSTOMER, *_texts("bill_no", "kind"), *_days("issued_on", "due_on")),
                *(Column("days_overdue", Kind.DAYS), *_CURRENCY),
                *_money("amount", "open_amount", "open_later", "counted"),
            ),
            frozenset({"as_of"}),
        ),
        Detail(
            "issued_items",
            "Bills, charges and debit adjustments",
            (
                *(*_CUSTOMER, *_texts("bill_no", "kind"), *_days("issued_on", "due_on")),
                *(*_CURRENCY, *_money("amount", "open_amount")),
            ),
            _PERIOD,
        ),
        Detail(
            "applied",
            "Payments and credits",
            (
                *(*_CUSTOMER, *_texts("bill_no", "kind"), *_days("due_on")),
                *(*_texts("credit", "number"), *_days("effective_on", "posted_on")),
                *(*_CURRENCY, *_money("amount")),
            ),
            _PERIOD,
        ),
        Detail(
            "cases",
            "Bill units in collections",
            (
                *_texts("brand", "account_no", "name", "bill_unit_no", "bill_unit_status"),
                *_texts("profile", "scenario", "policy_version", "agent"),
                *(*_days("entered_on", "closed_on"), *_texts("close_reason"), *_CURRENCY),
                *_money("entry_overdue_amount", "overdue_amount", "total_amount"),
            ),
        ),
        Detail(
            "recoveries",
            "What was paid of the debts",
            (
                *(*_CUSTOMER, *_texts("scenario", "agent"), *_days("entered_on")),
                *(*_texts("policy_version", "bill_no"), *_days("due_on"), *_texts("number")),
                *(*_days("effective_on", "posted_on"), *_CURRENCY, *_money("amount")),
            ),
        ),
        Detail(
            "promises",
            "Promises to pay",
            (
                *_texts("brand", "account_no", "name", "bill_unit_no"),
                *(*_days("made_on", "ended_on"), *_texts("status", "person")),
                *(*_CURRENCY, *_money("total", "paid")),
            ),
            _PERIOD,
        ),
        Detail(
            "deeds",
            "What was done by hand",
            (
                *(*_texts("brand"), *_days("business_date")),
                *_texts("person", "kind", "account_no", "bill_unit_no"),
            ),
            _PERIOD,
        ),
        Detail(
            "referrals",
            "Referrals to agencies",
            (
                *_texts("brand", "agency", "account_no", "bill_unit_no"),
                *_days("made_on", "exported_on", "recalled_on"),
                *(*_texts("recall_reason", "status"), *_CURRENCY, *_money("amount")),
            ),
        ),
        Detail(
            "letters",
            "Letters",
            (
                *(*_CUSTOMER, *_texts("template", "channel"), *_days("made_on")),
                *(*_texts("status", "message"), *_CURRENCY, *_money("paid")),
            ),
            _PERIOD,
        ),
        Detail(
            "actions",
            "Actions to come",
            (
                *(*_CUSTOMER, *_texts("scenario", "action", "type", "status")),
                *(*_days("due_on"), *_texts("agent"), *_CURRENCY, *_money("overdue_amount")),
            ),
            _PERIOD,
        ),
    )
}


def find(name: str) -> Detail:
    """The list of this name. Raises NotFound."""
    if name not in DETAILS:
        raise NotFound(f"There is no list {name!r}; there are: {', '.join(DETAILS)}.")
    return DETAILS[name]


def rows(
    operation: Operation,
    name: str,
    filters: Mapping[str, Any],
    *,
    cursor: str | None = None,
    limit: int = pages.DEFAULT_LIMIT,
) -> Page[Row]:
    """A page of the rows behind a figure. Raises BadInput for a filter that the list hasn't."""
    detail = find(name)
    own = _allow(operation, detail)
    after = pages.decode(name, cursor, int, int) if cursor else (-1, 0)
    given = {**_checked(detail, filters), **own}
    # allocations are many, and each joins its case: key by key along the index
    ways = planner.IN_ORDER if name == "recoveries" else ()
    with planner.without(operation.connection, *ways):
        found = _page(operation, detail, given, after, pages.check_limit(limit) + 1)
    return pages.page(found, limit, _key, name)


def every_row(operation: Operation, name: str, filters: Mapping[str, Any]) -> Iterator[Row]:
    """All rows behind a figure, read in batches: for files."""
    detail = find(name)
    own = _allow(operation, detail)
    given = {**_checked(detail, filters), **own}
    after: tuple[Any, ...] = (-1, 0)
    while True:
        found = _page(operation, detail, given, after, BATCH)
        yield from found
        if len(found) < BATCH:
            return
        after = _key(found[-1])


def _key(row: Row) -> tuple[int, int]:
    return row["account_id"], row["id"]


def _page(
    operation: Operation,
    detail: Detail,
    given: Mapping[str, Any],
    after: tuple[Any, ...],
    limit: int,
) -> list[Row]:
    statement = _DETAILS[detail.name]
    parameters = {
        **dict.fromkeys(detail.filters),
        **given,
        "after_account": after[0],
        "after_id": after[1],
        "limit": limit,
        "answer_days": ANSWER_DAYS,
    }
    with operation.connection.cursor(row_factory=dict_row) as fetching:
        found = fetching.execute(statement.render(), parameters).fetchall()
    return amounts.rounded(operation.connection, detail.columns, found)


def _allow(operation: Operation, detail: Detail) -> dict[str, Any]:
    """Who may read reports sees every list; who works cases, their own deeds and cases."""
    actor = operation.actor
    if Permission.READ_REPORTS in actor.permissions:
        return {}
    actor.require(Permission.WORK_ACTIONS)
    if detail.name == "deeds":
        return {"person": actor.name}
    if detail.name in ("cases", "recoveries") and actor.agent is not None:
        return {"agent": actor.agent}
    raise Forbidden(
        f"{actor.name} may not see this list: it needs the permission"
        f" {str(Permission.READ_REPORTS)!r}, which an administrator can give."
    )


def _checked(detail: Detail, filters: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := sorted(filters.keys() - detail.filters):
        raise BadInput(
            f"{detail.name} can't be filtered by {', '.join(unknown)}; it can by"
            f" {', '.join(sorted(detail.filters))}."
        )
    given = {
        name: _value(name, value) for name, value in filters.items() if value not in (None, "")
    }
    if missing := sorted(detail.required - given.keys()):
        raise BadInput(f"{detail.name} needs {' and '.join(missing)}.")
    return given


def _value(name: str, value: Any) -> Any:
    try:
        if name in _DAYS:
            return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
        if name in _NUMBERS:
            number = int(value)
            if abs(number) >= 2**31:
                raise ValueError(number)  # noqa: TRY301 - answered with the same words
            return number
    except ValueError as failure:
        wanted = "a date like 2026-03-31" if name in _DAYS else "a whole number"
        raise BadInput(f"{name} is {value!r}; write {wanted}.") from failure
    text = str(value)
    if "\0" in text:
        raise BadInput(f"{name} holds a character that can't be searched for.")
    return text
