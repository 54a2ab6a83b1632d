"""Actions that failed, with their messages: listed oldest first, and retried many at once.

The night tries a retried action again; what it depends on must have been mended before.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import planner, statements
from dunwell.domain import pages
from dunwell.domain.errors import BadInput
from dunwell.domain.handles import Handle
from dunwell.domain.pages import Page
from dunwell.domain.statuses import ActionType
from dunwell.features.access.actor import Operation, Permission

_FAILURES = statements.load(__package__, "failures.sql")

_ORDER = "failures"


@dataclass(frozen=True, slots=True)
class Failure:
    """One action in error, of any agent or of none."""

    action: Handle
    case: Handle
    action_name: str
    type: str
    due_on: dt.date
    days_late: int
    message: str | None
    bill_unit_no: str
    account_no: str
    name: str
    scenario: str
    agent: str | None
    overdue_amount: Decimal
    currency: str
    version: int


def failures(
    operation: Operation,
    *,
    type: str | None = None,  # noqa: A002 - the field's word
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Failure]:
    """The actions in error, of one type or of all, the longest due first. Raises BadInput."""
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    if type is not None and type not in list(ActionType):
        raise BadInput(f"{type!r} is no type of action; choose one of {', '.join(ActionType)}.")
    after_due, after_account, after_id = pages.decode(_ORDER, cursor, dt.date, int, int)
    rows = _fetch(
        operation,
        "failures",
        type=type,
        limit=limit + 1,
        after_due=after_due,
        after_account=after_account,
        after_id=after_id,
    )
    found = [
        Failure(
            action=Handle(row["account_id"], row.pop("action_id")),
            case=Handle(row.pop("account_id"), row.pop("case_id")),
            **row,
        )
        for row in rows
    ]
    return pages.page(
        found, limit, lambda each: (each.due_on, each.action.account_id, each.action.id), _ORDER
    )


def count(operation: Operation) -> dict[str, int]:
    """How many actions are in error, by type."""
    operation.actor.require(Permission.VIEW)
    return {row["type"]: row["count"] for row in _fetch(operation, "count")}


def _fetch(operation: Operation, name: str, **given: Any) -> list[dict[str, Any]]:
    with (
        planner.without(operation.connection),
        operation.connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(
            _FAILURES[name].render(),
            {
                **given,
                "business_date": operation.date,
                "brands": operation.actor.brand_ids,
            },
        ).fetchall()
