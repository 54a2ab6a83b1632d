"""All tasks: an agent's list, and beside it the task that is open, with what one knows about the
customer. What is done with a task is in `doing.py`.

An open task has an address of its own, which says how the list was narrowed and sorted, and where
in it the task stood: so the next one is found even when this one has left the list.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from dunwell.domain.statuses import ActionStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import queries
from dunwell.features.cases.states import ActionState, CaseState
from dunwell.features.payments import methods
from dunwell.features.promises import queries as promises
from dunwell.features.receivables import notes, payments
from dunwell.features.receivables import queries as receivables
from dunwell.features.tasks.agenda import DUE, Wanted, agenda, choices
from dunwell.features.tasks.together import Task
from dunwell.web import ages
from dunwell.web.caller import Caller, may
from dunwell.web.languages import _
from dunwell.web.verbs import actions
from dunwell.web.verbs import notes as jottings
from dunwell.web.verbs import payments as payments_taken
from dunwell.web.verbs import promises as promising
from dunwell.web.verbs.promises import in_figures
from dunwell.web.verbs.verb import Verb

router = APIRouter(prefix="/tasks")

Worker = Annotated[Caller, may(Permission.WORK_ACTIONS)]

Handle = Annotated[str, Path(pattern=r"^[0-9]{1,18}-[0-9]{1,18}$")]

ROWS = 50
FEW_NOTES = 5
RECENT = 10
"""Payments, among which the last one is looked for."""

WORK = "work"
"""The part of the panel that holds the form of a verb."""

_Text = Annotated[str, StringConstraints(min_length=1, max_length=800)]


def _none(value: Any) -> Any:
    """An empty field of the filter counts as not sent."""
    return None if value == "" else value


_Maybe = Annotated[_Text | None, BeforeValidator(_none)]


class View(BaseModel):
    """How the list is narrowed and sorted, and where one stands in it."""

    until: Annotated[dt.date | None, BeforeValidator(_none)] = None
    agent: _Maybe = None
    scenario: _Maybe = None
    task: _Maybe = None
    status: _Maybe = None
    waiting: bool = False
    order: Annotated[str, Field(pattern=r"^-?[a-z_]{1,30}$")] = DUE
    after: _Maybe = None
    """The page of the list: behind which row it begins."""
    at: _Maybe = None
    """Behind the task that is open."""

    def wanted(self, today: dt.date) -> Wanted:
        """What the list has; without a day, what is due today."""
        return Wanted(
            agent=self.agent,
            due_until=self.until or today,
            scenario=self.scenario,
            task=self.task,
            status=self.status,
            waiting=self.waiting,
            order=self.order,
        )

    def link(self, path: str = "", **changes: Any) -> str:
        """An address below the list, with this view as changed."""
        given = {**self.model_dump(mode="json"), **changes}
        defaults = View().model_dump(mode="json")
        query = {name: value for name, value in given.items() if value != defaults[name]}
        return f"/tasks{path}" + (f"?{urlencode(query)}" if query else "")

    def sorted_by(self, order: str) -> str:
        """The list in another order, from its beginning."""
        return self.link(order=order, after=None, at=None)


Look = Annotated[View, Query()]


@router.get("")
def show_tasks(caller: Worker, view: Look) -> Response:
    """The list alone."""
    with caller.look() as operation:
        values = listed(operation, view)
    return caller.page("tasks/list.html", block="list", view=view, **values, open=None)


@router.get("/next")
def show_next(caller: Worker, view: Look) -> Response:
    """The task behind the one that was open; the list alone when there is none."""
    with caller.look() as operation:
        found = agenda(operation, view.wanted(operation.date), limit=1, cursor=view.at)
    if not found.items:
        return caller.go(
            view.link(at=None), flash=("good", _("That was the last task of this list."))
        )
    (entry,) = found.items
    address = view.link("/" + path_of(entry.task), at=entry.cursor)
    if not caller.wants_part("panel") or entry.task.action is None:
        return caller.go(address)
    action = str(entry.task.action)
    there = view.model_copy(update={"at": entry.cursor})
    return task_page(caller, action, there, headers={"HX-Push-Url": address})


def path_of(task: Task) -> str:
    """Where a task is opened: an action, or a to-do."""
    return str(task.action) if task.action else f"to-dos/{task.to_do}"


@router.get("/{action}")
def show_task(action: Handle, caller: Worker, view: Look) -> Response:
    """One task beside the list."""
    return task_page(caller, action, view, block="panel")


def task_page(
    caller: Caller,
    action: str,
    view: View,
    *,
    block: str | None = "panel",
    template: str = "tasks/task.html",
    status: int = 200,
    flash: tuple[str, str] | None = None,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> Response:
    """The page of a task, or the part of it that htmx asks for."""
    with caller.look_closely() as operation:
        found = opened(operation, action)
        found["verbs"] = offered(caller, found)
        if block == WORK and caller.wants_part(block):
            around = {}
        else:
            found |= known(operation, found["case"], found["action"])
            around = {} if caller.wants_part(block) else listed(operation, view)
    return caller.page(
        template,
        block=block,
        status=status,
        flash=flash,
        headers=headers,
        view=view,
        open=action,
        **{**around, **found, **values},
    )


def listed(operation: Operation, view: View) -> dict[str, Any]:
    """What the list shows."""
    wanted = view.wanted(operation.date)
    return {
        "page": agenda(operation, wanted, limit=ROWS, cursor=view.after),
        "choices": choices(operation, view.agent),
        "until": wanted.due_until,
        "today": operation.date,
        "statuses": [ActionStatus.PENDING, ActionStatus.ERROR, "open"],
        "path_of": path_of,
    }


def opened(operation: Operation, action: str) -> dict[str, Any]:
    """The task itself, which the form of a verb needs. Raises NotFound."""
    state, case = queries.action_state(operation, action)
    number = case.bill_unit_no
    promised = [
        each
        for each in promises.promises(operation, number)
        if each["ended_on"] is None and each["case_id"] == case.handle.id
    ]
    return {
        "action": state,
        "case": case,
        "methods": methods.listed(operation, number),
        "promise": in_figures(promised[0]) if promised else None,
        "today": operation.date,
    }


def offered(caller: Caller, found: dict[str, Any]) -> list[Verb]:
    """What can be done: to the task, then to its case, then to its bill unit."""
    state, case = found["action"], found["case"]
    runs = case.status == "open"
    of_action: list[Verb] = []
    if runs and state.is_open:
        of_action = actions.offered(
            caller.actor,
            kind=state.type,
            status=state.status,
            due_on=state.due_on,
            mandatory=state.mandatory,
            today=found["today"],
        )
    promise = promising.REVOKE if found["promise"] else promising.PROMISE
    of_case = [actions.ADD, promise] if runs else []
    offers = [*of_action, *of_case, payments_taken.PAYMENT, jottings.NOTE]
    return [verb for verb in offers if verb.may(caller.actor)]


def known(operation: Operation, case: CaseState, state: ActionState) -> dict[str, Any]:
    """What the panel tells about the case and its customer."""
    unit = receivables.bill_unit(operation, case.bill_unit_no)
    return {**of_customer(operation, unit), "coming": _coming(case, state)}


def of_customer(operation: Operation, unit: Mapping[str, Any]) -> dict[str, Any]:
    """What is known about the customer."""
    number = unit["bill_unit_no"]
    paid = payments.payments(operation, number, limit=RECENT).items
    return {
        "unit": unit,
        "account": receivables.account(operation, str(unit["account_no"])),
        "ages": ages.by_age(operation, number),
        # one may be dated ahead, and the reversal of one that bounced is none
        "last_payment": next(
            (each for each in paid if each.paid_on <= operation.date and not each.reverses), None
        ),
        "notes": notes.notes(operation, number, limit=FEW_NOTES),
    }


def _coming(case: CaseState, shown: ActionState) -> list[ActionState]:
    """The open actions of the case but the one that is shown, by date."""
    return [each for each in case.actions if each.is_open and each.handle != shown.handle]
