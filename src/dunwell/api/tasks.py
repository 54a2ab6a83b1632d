"""Agents' tasks (actions and to-dos) and workload. An agent sees their own, a manager those of whom
they supervise.
"""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from dunwell.api.caller import Caller, may
from dunwell.api.pages import After, Limit, Page
from dunwell.api.values import Day, HandleText, Line, Money, Shown, in_currency
from dunwell.features.access.actor import Permission
from dunwell.features.tasks import queries, together

router = APIRouter(tags=["tasks"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


class Task(Shown):
    """One open action of a case that has an agent, or one open to-do; the other handle is null, and
    `version` is that one's. A to-do without an agent is of whoever has its `role`; `leads_to` says
    what a click on it shows. One about a payment in suspense has no bill unit and no account, and
    the name of who paid; only who takes payments in every brand sees it.
    """

    action: HandleText | None
    to_do: HandleText | None
    case: HandleText | None
    version: int
    agent: str | None
    role: str | None
    priority: int | None
    leads_to: str
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
    overdue: Money
    amount: Annotated[Money | None, Field(description="Of the payment in suspense.")]


class Workload(Shown):
    """How much an agent has to do."""

    agent: str
    supervisor: str | None
    cases: int
    late: int
    due_today: int
    to_come: Annotated[
        int, Field(description=f"Due in the next {queries.DAYS_AHEAD} days, after today.")
    ]
    failed: int
    next_due_on: dt.date | None
    overdue: list[Money]


class Workloads(Shown):
    """By agent."""

    items: list[Workload]


@router.get("/tasks")
def list_tasks(
    caller: Viewer,
    limit: Limit = 100,
    after: After = None,
    agent: Annotated[Line | None, Query()] = None,
    due_from: Annotated[Day | None, Query()] = None,
    due_until: Annotated[Day | None, Query()] = None,
    waiting: Annotated[bool, Query(description="Those that wait for others, too.")] = False,
) -> Page[Task]:
    """The tasks of an agent, or of all whom one may see, by due date."""
    with caller.look() as operation:
        found = together.tasks(
            operation,
            agent=agent,
            due_from=due_from,
            due_until=due_until,
            waiting=waiting,
            limit=limit,
            cursor=after,
        )
    return Page(items=[_task(task) for task in found.items], next=found.next_cursor)


@router.get("/workload")
def show_workload(caller: Viewer, agent: Annotated[Line | None, Query()] = None) -> Workloads:
    """How much each agent whom one may see has to do."""
    with caller.look() as operation:
        found = queries.workload(operation, agent=agent)
    return Workloads(items=[_workload(each) for each in found])


def _task(task: together.Task) -> Task:
    return Task.told(task, **in_currency(task.currency, overdue=task.overdue_amount))


def _workload(each: queries.Workload) -> Workload:
    overdue = [Money(amount=amount, currency=currency) for currency, amount in each.overdue]
    return Workload.told(each, overdue=overdue)
