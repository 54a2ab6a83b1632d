"""Agents' tasks and workload: the actions of the cases assigned to them, the most overdue first.

An agent sees their own; a manager those of the agents that they supervise, and their own; who has
no place on task lists (an operator, a machine) sees all.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import planner, statements
from dunwell.domain import pages
from dunwell.domain.errors import Forbidden, NotFound
from dunwell.domain.handles import Handle
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission

_TASKS = statements.load(__package__, "queries.sql")

_ORDER = "due_on"

FEW = 10

DAYS_AHEAD = 7
"""So far ahead a workload looks."""

OF_AGENTS = """from action
        join collection_case
            on collection_case.account_id = action.account_id
            and collection_case.id = action.case_id
        where collection_case.status = 'open'
            and collection_case.agent_id = any(%(agents)s::int[])
            and (%(brands)s::int[] is null or collection_case.brand_id = any(%(brands)s::int[]))
            and action.due_on >= coalesce(%(due_from)s::date, '-infinity'::date)
            and action.due_on <= coalesce(%(due_until)s::date, 'infinity'::date)
            and (
                %(after_due)s::date is null
                or (action.due_on, action.account_id, action.id)
                    > (%(after_due)s::date, %(after_account)s::bigint, %(after_id)s::bigint)
            )"""


@dataclass(frozen=True, slots=True)
class Task:
    """One open action of a case that has an agent."""

    action: Handle
    case: Handle
    agent: str
    task: str
    type: str
    status: str
    due_on: dt.date
    days_late: int
    """0 if it isn't late."""
    mandatory: bool
    message: str | None
    bill_unit_no: str
    account_no: str
    name: str
    scenario: str
    profile: str
    overdue_amount: Decimal
    currency: str
    version: int


@dataclass(frozen=True, slots=True)
class Workload:
    """How much an agent has to do."""

    agent: str
    supervisor: str | None
    cases: int
    late: int
    """Open actions that were due before today."""
    due_today: int
    to_come: int
    """Due in the next `DAYS_AHEAD` days."""
    failed: int
    """Of all of them, those in error."""
    next_due_on: dt.date | None
    overdue: tuple[tuple[str, Decimal], ...]
    """What the cases owe, by currency."""


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
    """The tasks of one agent, or of all that the actor may see, sorted by due date.

    Pending and failed actions; with `waiting` also those that wait for others. Raises NotFound,
    Forbidden, BadInput. Manual: PCM_OP_COLLECTIONS_GET_AGENTS_ACTIONS.
    """
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    after_due, after_account, after_id = pages.decode(_ORDER, cursor, dt.date, int, int)
    agents = agent_ids(operation, agent)
    # of a few agents all tasks are gathered and sorted; of many, the due dates are walked
    ways = planner.IN_ORDER if len(agents) > FEW else ()
    rows = _fetch(
        operation,
        "tasks",
        ways,
        agents=agents,
        due_from=due_from,
        due_until=due_until,
        waiting=waiting,
        limit=limit + 1,
        after_due=after_due,
        after_account=after_account,
        after_id=after_id,
    )
    found = [
        Task(
            action=Handle(row["account_id"], row.pop("action_id")),
            case=Handle(row.pop("account_id"), row.pop("case_id")),
            **row,
        )
        for row in rows
    ]
    return pages.page(
        found, limit, lambda task: (task.due_on, task.action.account_id, task.action.id), _ORDER
    )


def workload(operation: Operation, *, agent: str | None = None) -> tuple[Workload, ...]:
    """How much each agent that the actor may see has to do, by name."""
    operation.actor.require(Permission.VIEW)
    agents = agent_ids(operation, agent)
    # the cases of a few agents are looked up one by one; those of many are read together
    ways = ("nestloop",) if len(agents) > FEW else ()
    rows = _fetch(operation, "workload", ways, agents=agents, days_ahead=DAYS_AHEAD)
    return tuple(
        Workload(
            **{
                **row,
                "overdue": tuple(
                    (currency, Decimal(amount))
                    for currency, amount in sorted(row["overdue"].items())
                ),
            }
        )
        for row in rows
    )


def agent_ids(operation: Operation, name: str | None) -> list[int]:
    """The ids of the agents whose tasks are asked for: one, or all that the actor may see. Raises
    NotFound, Forbidden.
    """
    actor = operation.actor
    rows = _TASKS["agents"].run(operation.connection).fetchall()
    if name is not None and name not in {row[1] for row in rows}:
        raise NotFound(f"There is no agent {name!r}.")
    seen = [
        (number, each)
        for number, each, supervisor in rows
        if actor.agent is None
        or each == actor.agent
        or (actor.is_manager and supervisor == actor.agent)
    ]
    if name is None:
        return [number for number, _ in seen]
    found = [number for number, each in seen if each == name]
    if not found:
        raise Forbidden(
            f"{actor.name} can't see the tasks of {name!r}: they are shown to {name!r} and to the"
            f" manager who supervises them."
        )
    return found


def _fetch(
    operation: Operation, name: str, ways: Collection[str] = (), **given: Any
) -> list[dict[str, Any]]:
    with (
        planner.without(operation.connection, *ways),
        operation.connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(
            _TASKS[name].render({"of_agents": OF_AGENTS}),
            {
                **given,
                "business_date": operation.date,
                "brands": operation.actor.brand_ids,
            },
        ).fetchall()
