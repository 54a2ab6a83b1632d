"""To-dos: all that are open, by role and type, among them what a bank statement left that nobody
could be given. What is done with a to-do is done on the page of its bill unit (`verbs/to_dos.py`);
a payment that has none has a page here.
"""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Response

from dunwell.domain.errors import BadInput
from dunwell.engine.settling import settle
from dunwell.features.access.actor import Permission
from dunwell.features.payments import suspense
from dunwell.features.tasks import open_todos, service, suspended, todos
from dunwell.web import forms, refusals
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields
from dunwell.web.languages import _
from dunwell.web.verbs import agents, to_dos

router = APIRouter(prefix="/to-dos")

Viewer = Annotated[Caller, may(Permission.VIEW)]
Teller = Annotated[Caller, may(Permission.TAKE_PAYMENT)]
EntryId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Asked = Annotated[str | None, Query(max_length=200)]

PAGE = 100


class Assigning(forms.Given):
    """Whose an entry is."""

    bill_unit_no: forms.Line


class Handing(forms.Given):
    """To which agent an entry goes; empty: to whoever has its role."""

    agent: forms.Line | None = None


class Forwarding(forms.Given):
    """Which role an entry goes to, and why."""

    role: forms.Line
    reason: forms.Line


class Dismissing(forms.Given):
    """Why an entry is no business of collections."""

    reason: forms.Line


@router.get("")
def show_to_dos(
    caller: Viewer,
    role: Asked = None,
    type: Asked = None,  # noqa: A002 - the field's word
    after: Annotated[str | None, Query(max_length=2_000)] = None,
    suspense_entry: Annotated[int | None, Query(alias="suspense", ge=1, le=2**31 - 1)] = None,
) -> Response:
    """What is open, the oldest first; above it what can be done with one payment in suspense."""
    role, wanted = role or None, type or None
    actor = caller.actor
    with caller.look() as operation:
        found = open_todos.open_todos(
            operation, role=role, type=wanted, limit=PAGE, cursor=after or None
        )
        heaps = open_todos.heaps(operation)
        today = operation.date
    chosen, choices = None, []
    if suspense_entry is not None and suspended.sees(actor):
        with caller.oversee() as operation:
            chosen = todos.find(operation, _handle(suspense_entry))
            choices = agents.choices(operation)
    asked = urlencode({name: value for name, value in (("role", role), ("type", wanted)) if value})
    return caller.page(
        "to_dos/list.html",
        page=found,
        heaps=heaps,
        roles=sorted({heap.role for heap in heaps}),
        types=sorted({heap.type for heap in heaps}),
        role=role,
        type=wanted,
        asked=asked,
        begun=after is not None,
        verbs=[verb for verb in to_dos.OF_TO_DO if verb.may(actor)],
        chosen=chosen,
        agents=choices,
        today=today,
        why_it_waits=_why_it_waits,
    )


def _why_it_waits(message: str) -> str:
    """What an entry in suspense says: who sent it, what they wrote, and our reason, as the last."""
    *theirs, ours = message.split(suspended.DOT)
    return suspended.DOT.join([*theirs, refusals.told(ours)])


@router.post("/suspense/{entry_id}/hand")
def hand_entry(entry_id: EntryId, caller: Teller, fields: Fields) -> Response:
    """Give an entry to an agent."""
    given = forms.read(Handing, fields).given
    with caller.oversee() as operation:
        service.assign(operation, _handle(entry_id), given.agent if given else None)
    return caller.go(f"/to-dos?suspense={entry_id}", flash=("good", _("Assigned.")))


@router.post("/suspense/{entry_id}/forward")
def forward_entry(entry_id: EntryId, caller: Teller, fields: Fields) -> Response:
    """Pass an entry on to another role."""
    given = forms.read(Forwarding, fields).given
    if given is None:
        raise BadInput(_("Give a role and a reason."))
    with caller.oversee() as operation:
        service.forward(operation, _handle(entry_id), given.role, reason=given.reason)
    told = _("It is for the role %(role)s now.") % {"role": given.role}
    return caller.go(f"/to-dos?suspense={entry_id}", flash=("good", told))


def _handle(entry_id: int) -> str:
    return f"{suspended.NOBODY}-{entry_id}"


@router.post("/suspense/{entry_id}/assign")
def assign_entry(entry_id: EntryId, caller: Teller, fields: Fields) -> Response:
    """Give an entry to a bill unit."""
    given = forms.read(Assigning, fields).given
    if given is None:
        raise BadInput(_("Give the number of a bill unit."))
    with caller.oversee() as operation:
        unit = suspense.assign(operation, entry_id, given.bill_unit_no)
        today = operation.date
    application = caller.request.app.state.application
    width = application.settings.slice_width
    settle(application.database, application.plugins, today, [unit], slice_width=width)
    return caller.go("/to-dos", flash=("good", _("The entry is given to the bill unit.")))


@router.post("/suspense/{entry_id}/dismiss")
def dismiss_entry(entry_id: EntryId, caller: Teller, fields: Fields) -> Response:
    """Say why an entry is no business of collections."""
    given = forms.read(Dismissing, fields).given
    if given is None:
        raise BadInput(_("Give a reason."))
    with caller.oversee() as operation:
        suspense.dismiss(operation, entry_id, given.reason)
    return caller.go("/to-dos", flash=("good", _("The entry is dismissed.")))
