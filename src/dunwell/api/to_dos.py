"""To-dos: a bill unit's, and what one does with them; the list of tasks shows all that are open.
One about a payment in suspense belongs to no bill unit yet, so each has an address of its own, too.
"""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import StringConstraints

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.values import Given, HandleText, Line, PathHandle, PathNumber, Shown, Text
from dunwell.api.versions import Expected
from dunwell.domain.errors import NotFound
from dunwell.engine import to_dos as completing
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.tasks import service, todos

router = APIRouter(prefix="/bill-units/{bill_unit_no}/to-dos", tags=["to-dos"])

any_router = APIRouter(prefix="/to-dos/{to_do}", tags=["to-dos"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Worker = Annotated[Caller, may(Permission.WORK_ACTIONS)]


class NewToDo(Given):
    """A to-do of one of the policy's types; without an agent it is of whoever has the role."""

    type: Line
    message: Annotated[
        str, StringConstraints(min_length=1, max_length=service.LONGEST, pattern=r"^[^\x00]+$")
    ]
    agent: Line | None = None


class Assignment(Given):
    """Whose it is to be; null: of whoever has its role."""

    agent: Line | None
    reason: Text = ""


class Forwarding(Given):
    """Which role it goes to, and why."""

    role: Line
    reason: Line


class Completion(Given):
    """What came of it."""

    comment: Text = ""


class ToDo(Shown):
    """One to-do; `leads_to` says what a click on it shows."""

    handle: HandleText
    version: int
    bill_unit_no: str | None
    case: HandleText | None
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


class ToDos(Shown):
    """The open ones first, then the newest."""

    items: list[ToDo]


@router.get("")
def list_to_dos(bill_unit_no: PathNumber, caller: Viewer) -> ToDos:
    """The to-dos about a bill unit, those that are completed too."""
    with caller.look() as operation:
        found = todos.todos(operation, bill_unit_no)
    return ToDos(items=[ToDo.model_validate(each) for each in found])


@router.post("", status_code=201, response_model=ToDo)
def make_to_do(
    bill_unit_no: PathNumber, given: NewToDo, caller: Worker, _key: IdempotencyKey = None
) -> Response:
    """Make a to-do."""

    def verb(operation: Operation) -> ToDo:
        made = service.make(operation, bill_unit_no, given.type, given.message, agent=given.agent)
        return _shown(operation, bill_unit_no, str(made))

    return caller.once(verb, given)


@router.get("/{to_do}", response_model=ToDo)
def show_to_do(bill_unit_no: PathNumber, to_do: PathHandle, caller: Viewer) -> Response:
    """One to-do, its version as `ETag`."""
    with caller.look() as operation:
        return repeats.response(_shown(operation, bill_unit_no, to_do), 200)


@router.post("/{to_do}/assign", response_model=ToDo)
def assign_to_do(
    bill_unit_no: PathNumber,
    to_do: PathHandle,
    given: Assignment,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Give an open to-do to an agent, or back to whoever has its role."""

    def verb(operation: Operation) -> ToDo:
        _shown(operation, bill_unit_no, to_do)
        service.assign(operation, to_do, given.agent, reason=given.reason, version=version)
        return _shown(operation, bill_unit_no, to_do)

    return caller.once(verb, given, status=200)


@router.post("/{to_do}/forward", response_model=ToDo)
def forward_to_do(
    bill_unit_no: PathNumber,
    to_do: PathHandle,
    given: Forwarding,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Pass an open to-do on to another role."""

    def verb(operation: Operation) -> ToDo:
        _shown(operation, bill_unit_no, to_do)
        service.forward(operation, to_do, given.role, reason=given.reason, version=version)
        return _shown(operation, bill_unit_no, to_do)

    return caller.once(verb, given, status=200)


@router.post("/{to_do}/complete", response_model=ToDo)
def complete_to_do(
    bill_unit_no: PathNumber,
    to_do: PathHandle,
    given: Completion,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """A to-do is done with."""

    def verb(operation: Operation) -> ToDo:
        _shown(operation, bill_unit_no, to_do)
        completing.complete(operation, to_do, comment=given.comment, version=version)
        return _shown(operation, bill_unit_no, to_do)

    return caller.once(verb, given, status=200)


def _shown(operation: Operation, bill_unit_no: str, handle: str) -> ToDo:
    """A to-do of the bill unit; another's isn't there."""
    for each in todos.todos(operation, bill_unit_no):
        if str(each.handle) == handle:
            return ToDo.model_validate(each)
    raise NotFound(f"The bill unit {bill_unit_no!r} has no to-do {handle}.")


@any_router.get("", response_model=ToDo)
def show_any_to_do(to_do: PathHandle, caller: Viewer) -> Response:
    """One to-do, of whatever bill unit or of none, its version as `ETag`."""
    with caller.look() as operation:
        return repeats.response(ToDo.model_validate(todos.find(operation, to_do)), 200)


@any_router.post("/assign", response_model=ToDo)
def assign_any_to_do(
    to_do: PathHandle,
    given: Assignment,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Give an open to-do to an agent, or back to whoever has its role."""

    def verb(operation: Operation) -> ToDo:
        service.assign(operation, to_do, given.agent, reason=given.reason, version=version)
        return ToDo.model_validate(todos.find(operation, to_do))

    return caller.once(verb, given, status=200)


@any_router.post("/forward", response_model=ToDo)
def forward_any_to_do(
    to_do: PathHandle,
    given: Forwarding,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Pass an open to-do on to another role."""

    def verb(operation: Operation) -> ToDo:
        service.forward(operation, to_do, given.role, reason=given.reason, version=version)
        return ToDo.model_validate(todos.find(operation, to_do))

    return caller.once(verb, given, status=200)


@any_router.post("/complete", response_model=ToDo)
def complete_any_to_do(
    to_do: PathHandle,
    given: Completion,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """A to-do is done with. One about a payment in suspense is dismissed, with the comment as its
    reason; giving the payment to a bill unit (`/suspense/{entry_id}/assign`) completes it, too.
    """

    def verb(operation: Operation) -> ToDo:
        completing.complete(operation, to_do, comment=given.comment, version=version)
        return ToDo.model_validate(todos.find(operation, to_do))

    return caller.once(verb, given, status=200)
