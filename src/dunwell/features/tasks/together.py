"""The one list of what people have to do: the actions of agents' cases, and the to-dos.

An agent sees their own and what is nobody's yet; a manager those of the agents that they supervise,
too. The actions alone, as agents work on them, are `dunwell.features.tasks.queries`.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dunwell.db import planner, statements
from dunwell.domain import pages
from dunwell.domain.handles import Handle
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.tasks import queries, suspended

_TOGETHER = statements.load(__package__, "together.sql")

_ORDER = "together"


@dataclass(frozen=True, slots=True)
class Task:
    """One open action of a case that has an agent, or one open to-do; the other handle is none. A
    to-do without an agent is of whoever has its `role`; one about a payment in suspense has no bill
    unit and no account, and the name of who paid, if the bank told it.
    """

    action: Handle | None
    to_do: Handle | None
    case: Handle | None
    agent: str | None
    role: str | None
    priority: int | None
    leads_to: str
    """What a click on it shows: case, suspense, or what the to-do's type says."""
    task: str
    type: str
    status: str
    due_on: dt.date
    days_late: int
    mandatory: bool
    message: str | None
    bill_unit_no: str | None
    account_no: str | None
    name: str | None
    scenario: str | None
    profile: str | None
    overdue_amount: Decimal
    currency: str
    amount: Decimal | None
    """Of the payment in suspense."""
    version: int


def tasks(
    operation: Operation,
    *,
    agent: str | None = None,
    due_from: dt.date | None = None,
    due_until: dt.date | None = None,
    waiting: bool = False,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Task]:
    """The tasks of one agent, or of all that the actor may see, sorted by due date; a to-do stands
    at the day it was made on, and without an `agent` those that are nobody's yet are shown.

    Raises NotFound, Forbidden, BadInput. Manual: PCM_OP_COLLECTIONS_GET_AGENTS_ACTIONS.
    """
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    after = pages.decode(_ORDER, cursor, dt.date, int, int)
    agents = queries.agent_ids(operation, agent)
    given = {
        "agents": agents,
        "brands": operation.actor.brand_ids,
        "nobodys": agent is None,
        "suspended": suspended.sees(operation.actor),
        "due_from": due_from,
        "due_until": due_until,
        "waiting": waiting,
        "limit": limit + 1,
        "business_date": operation.date,
        **_behind(after),
    }
    ways = planner.IN_ORDER if len(agents) > queries.FEW else ()
    with planner.without(operation.connection, *ways):
        cursor_ = _TOGETHER["together"].run(
            operation.connection, given, {**suspended.FRAGMENTS, "of_agents": queries.OF_AGENTS}
        )
        assert cursor_.description is not None
        names = [column.name for column in cursor_.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor_]
    return pages.page([task_of(row) for row in rows], limit, key_of, _ORDER)


def _behind(after: pages.Key) -> dict[str, Any]:
    """Where each kind goes on: of one day and account an action comes before a to-do of its number,
    so the place is twice the number, and one more for a to-do.
    """
    due, account, place = after
    return {
        "after_due": due,
        "after_account": account,
        "after_id": None if place is None else place // 2,
        "after_to_do": None if place is None else (place - 1) // 2,
    }


def cursor_after(task: Task) -> str:
    """The cursor behind a task."""
    return pages.encode(_ORDER, key_of(task))


def key_of(task: Task) -> tuple[dt.date, int, int]:
    """Its place in the list: the day, the account, and what makes actions and to-dos of one number
    differ.
    """
    handle = task.action or task.to_do
    assert handle is not None
    return task.due_on, handle.account_id, handle.id * 2 + (task.to_do is not None)


def task_of(row: dict[str, Any]) -> Task:
    """The task of a row of the list."""
    account_id = row.pop("account_id")

    def handle(name: str) -> Handle | None:
        number = row.pop(name)
        return None if number is None else Handle(account_id, number)

    return Task(action=handle("action_id"), to_do=handle("to_do_id"), case=handle("case_id"), **row)
