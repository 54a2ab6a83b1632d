"""Reading a bill unit's to-dos, those that are completed too; the list of all that is open is
`dunwell.features.tasks.together.tasks`.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import handles
from dunwell.domain.errors import NotFound
from dunwell.domain.handles import Handle
from dunwell.domain.pages import Key
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables import bill_units
from dunwell.features.tasks import suspended

_TODOS = statements.load(__package__, "todos.sql")


@dataclass(frozen=True, slots=True)
class ToDo:
    """One to-do; `leads_to` is where a click on it goes. One about a payment in suspense has no
    bill unit.
    """

    handle: Handle
    bill_unit_no: str | None
    case: Handle | None
    type: str
    role: str
    agent: str | None
    priority: int
    leads_to: str
    message: str
    status: str
    made_on: dt.date
    made_by: str
    completed_on: dt.date | None
    completed_by: str | None
    comment: str | None
    version: int
    amount: Decimal | None = None
    """Of the payment in suspense."""
    currency: str | None = None


NOWHERE: Key = (None, None, None, None)


def todos(
    operation: Operation, bill_unit_no: str, *, after: Key = NOWHERE, limit: int | None = None
) -> tuple[ToDo, ...]:
    """The to-dos about a bill unit: the open ones first, then the newest; those after one, told by
    whether it is completed, its priority, day and number. Raises NotFound.
    """
    operation.actor.require(Permission.VIEW)
    bill_unit = bill_units.find(operation, bill_unit_no)
    names = ("after_completed", "after_priority", "after_day", "after_id")
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "most": limit,
        **dict(zip(names, after, strict=True)),
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_TODOS["todos"].render(), given).fetchall()
    return tuple(_to_do(bill_unit.account_id, row) for row in rows)


def find(operation: Operation, to_do: str) -> ToDo:
    """One to-do. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    handle = handles.parse(to_do, "to-do")
    if suspended.is_one(handle):
        return _suspended(handle, suspended.find(operation, handle))
    given = {"account_id": handle.account_id, "id": handle.id}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_TODOS["to_do"].render(), given).fetchone()
    if row is None or not operation.actor.sees(row.pop("brand_id")):
        raise NotFound(f"There is no to-do {to_do!r}.")
    return _to_do(handle.account_id, row)


def _to_do(account_id: int, row: dict[str, Any]) -> ToDo:
    case = row.pop("case_id")
    return ToDo(
        handle=Handle(account_id, row.pop("id")),
        case=None if case is None else Handle(account_id, case),
        **row,
    )


def _suspended(handle: Handle, row: dict[str, Any]) -> ToDo:
    waits = row.pop("status") == "suspense"
    reason = row.pop("reason")
    return ToDo(
        handle=handle,
        bill_unit_no=None,
        case=None,
        type=suspended.TYPE,
        leads_to=suspended.TYPE,
        status="open" if waits else "completed",
        made_by="bank statement",
        completed_on=None,
        completed_by=None,
        comment=None if waits else reason,
        **{name: value for name, value in row.items() if name != "id"},
    )
