"""The list of open to-dos, oldest first: by role, by type, or those of one agent; among them the
payments in suspense, for who may see them (`dunwell.features.tasks.suspended`). The agents' list of
everything that they have to do is `dunwell.features.tasks.together`.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import pages
from dunwell.domain.handles import Handle
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.tasks import suspended

_OPEN = statements.load(__package__, "open_todos.sql")

_ORDER = "open_todos"


@dataclass(frozen=True, slots=True)
class OpenToDo:
    """One open to-do, with whom it is about; without an agent it is of whoever has the role. One
    about a payment in suspense has no bill unit and no account, and the name of who paid, if known.
    """

    handle: Handle
    type: str
    role: str
    agent: str | None
    priority: int
    leads_to: str
    message: str
    made_on: dt.date
    made_by: str
    bill_unit_no: str | None
    account_no: str | None
    name: str | None
    amount: Decimal | None
    """Of the payment in suspense."""
    currency: str | None


@dataclass(frozen=True, slots=True)
class Heap:
    """How many to-dos of a type are open, for a role."""

    type: str
    role: str
    to_dos: int


def open_todos(
    operation: Operation,
    *,
    role: str | None = None,
    type: str | None = None,  # noqa: A002 - the field's word
    agent: str | None = None,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[OpenToDo]:
    """The open to-dos that fit, the oldest first."""
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    day, account, number = pages.decode(_ORDER, cursor, dt.date, int, int)
    given = {
        **_seen(operation),
        "role": role,
        "type": type,
        "agent": agent,
        "after_day": day,
        "after_account": account,
        "after_id": number,
        "limit": limit + 1,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor_:
        rows = cursor_.execute(_OPEN["open"].render(suspended.FRAGMENTS), given).fetchall()
    found = [OpenToDo(handle=Handle(row.pop("account_id"), row.pop("id")), **row) for row in rows]
    return pages.page(
        found, limit, lambda each: (each.made_on, each.handle.account_id, each.handle.id), _ORDER
    )


def heaps(operation: Operation) -> tuple[Heap, ...]:
    """How many are open of each type and role."""
    operation.actor.require(Permission.VIEW)
    rows = (
        _OPEN["heaps"].run(operation.connection, _seen(operation), suspended.FRAGMENTS).fetchall()
    )
    return tuple(Heap(*row) for row in rows)


def _seen(operation: Operation) -> dict[str, Any]:
    return {
        "brands": operation.actor.brand_ids,
        "suspended": suspended.sees(operation.actor),
    }
