"""An agent's list of actions and to-dos, narrowed and sorted as they like it, page by page.

Sorted by due date and not narrowed it is `together.tasks`, quick for everybody's tasks, too.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import planner, statements
from dunwell.domain import pages
from dunwell.domain.errors import BadInput
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases.search_ways import KINDS
from dunwell.features.tasks import queries, suspended, together
from dunwell.features.tasks.together import Task

_AGENDA = statements.load(__package__, "together.sql")

DUE = "due_on"

SORTINGS = {
    DUE: ("action.due_on", "todo.made_on", "statement_entry.booked_on", "date"),
    "amount": (
        "collection_case.overdue_amount",
        "coalesce(collection_case.overdue_amount, 0)",
        "0::numeric",
        "numeric",
    ),
    "name": (
        "account.name_search",
        "account.name_search",
        """lower(coalesce(statement_entry.name, '')) collate "C\"""",
        "text",
    ),
    "bill_unit_no": ("bill_unit.bill_unit_no", "bill_unit.bill_unit_no", "''::text", "text"),
    "scenario": ("scenario.name", "coalesce(scenario.name, '')", "''::text", "text"),
    "task": ("action_definition.name", "todo.type", f"'{suspended.TYPE}'::text", "text"),
}
"""What a list can be sorted by: of an action, of a to-do, of an entry in suspense, and the type. A
minus before the name turns it round."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tasks; everything that is given must hold."""

    agent: str | None = None
    due_until: dt.date | None = None
    scenario: str | None = None
    task: str | None = None
    status: str | None = None
    waiting: bool = False
    order: str = DUE


@dataclass(frozen=True, slots=True)
class Entry:
    """A task, and the cursor behind it: the list goes on from there, whatever became of it."""

    task: Task
    cursor: str


@dataclass(frozen=True, slots=True)
class Choices:
    """By what the list can be narrowed."""

    agents: tuple[str, ...]
    scenarios: tuple[str, ...]
    tasks: tuple[str, ...]


def agenda(
    operation: Operation,
    wanted: Wanted,
    *,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Entry]:
    """The tasks that are wanted, of those that the actor may see. Raises NotFound, Forbidden,
    BadInput.
    """
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    if wanted == Wanted(agent=wanted.agent, due_until=wanted.due_until, waiting=wanted.waiting):
        found = together.tasks(
            operation,
            agent=wanted.agent,
            due_until=wanted.due_until,
            waiting=wanted.waiting,
            limit=limit,
            cursor=cursor,
        )
        entries = tuple(Entry(task, together.cursor_after(task)) for task in found.items)
        return Page(entries, found.next_cursor)
    rows = _rows(operation, wanted, limit, cursor)
    entries = tuple(_entry(row, wanted.order) for row in rows[:limit])
    return Page(entries, entries[-1].cursor if len(rows) > limit else None)


def choices(operation: Operation, agent: str | None = None) -> Choices:
    """By what the actor's list can be narrowed."""
    operation.actor.require(Permission.VIEW)
    seen = queries.agent_ids(operation, None)
    names = [name for (name,) in _AGENDA["names"].run(operation.connection, {"agents": seen})]
    given = {
        "agents": queries.agent_ids(operation, agent),
        "brands": operation.actor.brand_ids,
        "nobodys": agent is None,
        "suspended": suspended.sees(operation.actor),
    }
    found = _AGENDA["choices"].run(operation.connection, given).fetchall()
    return Choices(
        tuple(map(str, names)),
        tuple(name for kind, name in found if kind == "scenario"),
        tuple(name for kind, name in found if kind == "task"),
    )


def cursor_after(task: Task, order: str, key: Any) -> str:
    """The cursor behind a task."""
    _due_on, account_id, place = together.key_of(task)
    return pages.encode(order, (key, account_id, place))


def fragments_for(order: str, *, onward: bool) -> dict[str, str]:
    """The pieces of the statement for this order. Raises BadInput for an unknown one."""
    down, name = order.startswith("-"), order.removeprefix("-")
    if name not in SORTINGS:
        raise BadInput(f"Tasks can't be sorted by {name!r}; take one of {', '.join(SORTINGS)}.")
    of_action, of_to_do, of_entry, kind = SORTINGS[name]

    def after(column: str, account_id: str, place: str) -> str:
        same = (
            f"{column} = %(after)s::{kind} and ({account_id}, {place})"
            " > (%(after_account)s::bigint, %(after_place)s::bigint)"
        )
        return f"({column} {'<' if down else '>'} %(after)s::{kind} or {same})"

    return {
        "sorted_by": of_action,
        "todo_sorted_by": of_to_do,
        "direction": "desc" if down else "asc",
        "suspense_sorted_by": of_entry,
        "after": after(of_action, "action.account_id", "action.id * 2") if onward else "true",
        "todo_after": after(of_to_do, "todo.account_id", "todo.id * 2 + 1") if onward else "true",
        "suspense_after": (
            after(of_entry, "0", "statement_entry.id * 2 + 1") if onward else "true"
        ),
        **suspended.FRAGMENTS,
    }


def _rows(
    operation: Operation, wanted: Wanted, limit: int, cursor: str | None
) -> list[dict[str, Any]]:
    fragments = fragments_for(wanted.order, onward=cursor is not None)
    kind = KINDS[SORTINGS[wanted.order.removeprefix("-")][-1]]
    after, account_id, place = pages.decode(wanted.order, cursor, kind, int, int)
    with (
        planner.without(operation.connection),
        operation.connection.cursor(row_factory=dict_row) as fetching,
    ):
        return fetching.execute(
            _AGENDA["agenda"].render(fragments),
            {
                "agents": queries.agent_ids(operation, wanted.agent),
                "nobodys": wanted.agent is None,
                "suspended": suspended.sees(operation.actor),
                "brands": operation.actor.brand_ids,
                "due_until": wanted.due_until,
                "scenario": wanted.scenario,
                "task": wanted.task,
                "status": wanted.status,
                "waiting": wanted.waiting,
                "business_date": operation.date,
                "limit": limit + 1,
                "after": after,
                "after_account": account_id,
                "after_place": place,
            },
        ).fetchall()


def _entry(row: dict[str, Any], order: str) -> Entry:
    key = row.pop("sort_key")
    task = together.task_of(row)
    return Entry(task, cursor_after(task, order, key))
