"""To-dos: a bill unit's, and what one does with them; the list of tasks shows all that are open.
One about a payment in suspense belongs to no bill unit yet, so each has an address of its own, too.
"""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Given, HandleText, Line, Money, PathHandle, PathNumber, Shown, Text
from dunwell.api.versions import Expected
from dunwell.domain.errors import NotFound
from dunwell.engine import to_dos as completing
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find
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

    def do(self, operation: Operation, to_do: str, version: int | None) -> None:
        """Give it to them."""
        service.assign(operation, to_do, self.agent, reason=self.reason, version=version)


class Forwarding(Given):
    """Which role it goes to, and why."""

    role: Line
    reason: Line

    def do(self, operation: Operation, to_do: str, version: int | None) -> None:
        """Pass it on."""
        service.forward(operation, to_do, self.role, reason=self.reason, version=version)


class Completion(Given):
    """What came of it."""

    comment: Text = ""

    def do(self, operation: Operation, to_do: str, version: int | None) -> None:
        """Be done with it."""
        completing.complete(operation, to_do, comment=self.comment, version=version)


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
    amount: Annotated[Money | None, Field(description="Of the payment in suspense.")] = None


@router.get("")
def list_to_dos(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[ToDo]:
    """The to-dos about a bill unit, the open ones first, those that are completed too."""
    start = key_of(after, bool, int, dt.date, int, first=todos.NOWHERE)
    with caller.look() as operation:
        found = todos.todos(operation, bill_unit_no, after=start, limit=limit + 1)
    shown, following = page(found, limit, _place)
    return Page(items=[ToDo.told(each) for each in shown], next=following)


def _place(to_do: todos.ToDo) -> list[Any]:
    """Where it stands in the list."""
    day, number = to_do.made_on.isoformat(), to_do.handle.id
    return [to_do.status == "completed", to_do.priority, day, number]


@router.post("", status_code=201, response_model=ToDo)
def make_to_do(
    bill_unit_no: PathNumber, given: NewToDo, caller: Worker, _key: IdempotencyKey = None
) -> Response:
    """Make a to-do."""

    def verb(operation: Operation) -> ToDo:
        made = service.make(operation, bill_unit_no, given.type, given.message, agent=given.agent)
        return _shown(operation, str(made), bill_unit_no)

    return caller.once(verb, given)


@router.get("/{to_do}", response_model=ToDo)
def show_to_do(bill_unit_no: PathNumber, to_do: PathHandle, caller: Viewer) -> Response:
    """One to-do, its version as `ETag`."""
    with caller.look() as operation:
        return repeats.response(_shown(operation, to_do, bill_unit_no), 200)


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
    return _once(caller, given, version, to_do, bill_unit_no)


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
    return _once(caller, given, version, to_do, bill_unit_no)


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
    return _once(caller, given, version, to_do, bill_unit_no)


@any_router.get("", response_model=ToDo)
def show_any_to_do(to_do: PathHandle, caller: Viewer) -> Response:
    """One to-do, of whatever bill unit or of none, its version as `ETag`."""
    with caller.look() as operation:
        return repeats.response(_shown(operation, to_do), 200)


@any_router.post("/assign", response_model=ToDo)
def assign_any_to_do(
    to_do: PathHandle,
    given: Assignment,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Give an open to-do to an agent, or back to whoever has its role."""
    return _once(caller, given, version, to_do)


@any_router.post("/forward", response_model=ToDo)
def forward_any_to_do(
    to_do: PathHandle,
    given: Forwarding,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Pass an open to-do on to another role."""
    return _once(caller, given, version, to_do)


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
    return _once(caller, given, version, to_do)


def _once(
    caller: Caller,
    given: Assignment | Forwarding | Completion,
    version: int | None,
    to_do: str,
    bill_unit_no: str | None = None,
) -> Response:
    def verb(operation: Operation) -> ToDo:
        _shown(operation, to_do, bill_unit_no)
        given.do(operation, to_do, version)
        return _shown(operation, to_do, bill_unit_no)

    return caller.once(verb, given, status=200)


def _shown(operation: Operation, to_do: str, bill_unit_no: str | None = None) -> ToDo:
    """A to-do; asked for as a bill unit's, another's isn't there."""
    if bill_unit_no is not None:
        find(operation, bill_unit_no)
    found = todos.find(operation, to_do)
    if bill_unit_no not in (None, found.bill_unit_no):
        raise NotFound(f"The bill unit {bill_unit_no!r} has no to-do {to_do}.")
    return ToDo.told(found)
