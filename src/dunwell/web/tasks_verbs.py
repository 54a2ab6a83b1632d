"""What is done with a task: complete, cancel, reschedule; retry, execute; an action added, a note.

Each verb is a form beside the list. Before it is sent, it shows what would come of it, by doing it
and taking it back. Who was slower than somebody else sees what changed, and decides again.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.domain.errors import DunwellError, NotFound, Stale
from dunwell.engine import executing
from dunwell.features.access.actor import Operation
from dunwell.features.cases import closing, queries, scheduling
from dunwell.features.cases.reasons import Category
from dunwell.features.cases.rules import LONGEST_POSTPONEMENT
from dunwell.features.cases.states import ActionChange, ActionState, CaseState
from dunwell.features.policy import queries as policy
from dunwell.features.policy import settings
from dunwell.features.promises import service as promises
from dunwell.features.receivables import notes
from dunwell.web import forms
from dunwell.web.caller import Caller
from dunwell.web.forms import Fields, Form
from dunwell.web.languages import N_, _
from dunwell.web.tasks import Handle, Look, View, Worker, reason_codes, task_page

router = APIRouter(prefix="/tasks")

HISTORY = 3
"""Events that somebody sees who was slower."""

Followers = Annotated[int, Field(ge=-1, le=LONGEST_POSTPONEMENT)]
"""0: they stay; a number: so many days later; -1: they are cancelled."""


class Verb(forms.Reasoned):
    """What every verb sends: why, and which version of the task was seen."""

    version: int | None = None


class Completion(Verb):
    """Complete, or cancel; with dependencies, what remains may move along."""

    reschedule: bool = False
    with_following: bool = False


class NewDate(Verb):
    """Another day, and what becomes of the actions behind."""

    due_on: dt.date
    followers: Followers = 0
    days: Annotated[int | None, Field(ge=1, le=LONGEST_POSTPONEMENT)] = None

    @property
    def shift(self) -> int:
        """What the service takes."""
        return self.days or 1 if self.followers > 0 else self.followers


class NewAction(NewDate):
    """An action of the policy that is added to the case."""

    definition: forms.Line
    mandatory: bool = False


class NewNote(forms.Given):
    """A note about the bill unit."""

    category: forms.Line = notes.GENERAL
    noted_on: dt.date | None = None
    text: Annotated[forms.Text, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Moved:
    """What would become of an action: from where, to where."""

    action: ActionState
    was: ActionState | None


Do = Callable[[Operation, str, Any], ActionChange | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A verb: its form, the service behind it, and what is said when it is done."""

    model: type[Verb]
    category: Category
    template: str
    said: str
    do: Do
    is_foreseen: bool = True
    """What reaches out of the database isn't done to show what would come of it."""


def _complete(operation: Operation, action: str, given: Completion) -> ActionChange | None:
    state, case = queries.action_state(operation, action)
    if state.is_instalment:
        promises.complete_instalment(
            operation, case.bill_unit_no, state.step, **_of_instalment(case, given)
        )
        return None
    return closing.complete_action(
        operation,
        action,
        reason=given.reason,
        note=given.note,
        reschedule=given.reschedule,
        expected_version=given.version,
    )


def _cancel(operation: Operation, action: str, given: Completion) -> ActionChange | None:
    state, case = queries.action_state(operation, action)
    if state.is_instalment:
        promises.cancel_instalment(
            operation, case.bill_unit_no, state.step, **_of_instalment(case, given)
        )
        return None
    return closing.cancel_action(
        operation,
        action,
        reason=given.reason,
        note=given.note,
        with_following=given.with_following,
        reschedule=given.reschedule,
        expected_version=given.version,
    )


def _reschedule(operation: Operation, action: str, given: NewDate) -> ActionChange | None:
    state, case = queries.action_state(operation, action)
    if state.is_instalment:
        promises.reschedule(
            operation,
            case.bill_unit_no,
            {state.step: given.due_on},
            **_of_instalment(case, given),
        )
        return None
    return scheduling.reschedule_action(
        operation,
        action,
        given.due_on,
        reason=given.reason,
        note=given.note,
        followers=given.shift,
        expected_version=given.version,
    )


def _add(operation: Operation, action: str, given: NewAction) -> ActionChange | None:
    _state, case = queries.action_state(operation, action)
    return scheduling.add_action(
        operation,
        str(case.handle),
        given.definition,
        given.due_on,
        reason=given.reason,
        note=given.note,
        mandatory=given.mandatory,
        followers=given.shift,
    )


def _retry(operation: Operation, action: str, given: Verb) -> ActionChange | None:
    return closing.retry_action(
        operation,
        action,
        reason=given.reason,
        note=given.note,
        expected_version=given.version,
    )


def _execute(operation: Operation, action: str, given: Verb) -> ActionChange | None:
    return executing.execute_action(
        operation,
        action,
        reason=given.reason,
        note=given.note,
        expected_version=given.version,
    )


def _of_instalment(case: CaseState, given: Verb) -> dict[str, Any]:
    return {"version": given.version, "debt_class": case.debt_class, "reason": given.reason}


KINDS: dict[str, Kind] = {
    "complete": Kind(
        Completion, Category.COMPLETE, "tasks/complete.html", N_("Completed."), _complete
    ),
    "cancel": Kind(Completion, Category.CANCEL, "tasks/cancel.html", N_("Cancelled."), _cancel),
    "reschedule": Kind(
        NewDate, Category.RESCHEDULE, "tasks/reschedule.html", N_("Rescheduled."), _reschedule
    ),
    "add": Kind(NewAction, Category.ADD, "tasks/add.html", N_("The action was added."), _add),
    "retry": Kind(
        Verb, Category.RETRY, "tasks/retry.html", N_("The next night tries it again."), _retry
    ),
    "execute": Kind(
        Verb, Category.EXECUTE, "tasks/execute.html", N_("Executed."), _execute, is_foreseen=False
    ),
}


def _known(verb: str) -> Kind:
    if verb not in KINDS:
        raise NotFound("")
    return KINDS[verb]


@router.get("/{action}/note")
def ask_note(action: Handle, caller: Worker, view: Look) -> Response:
    """The form of a note."""
    return _note_form(caller, action, view, Form())


@router.post("/{action}/note")
def write_note(action: Handle, caller: Worker, view: Look, fields: Fields) -> Response:
    """Write a note about the bill unit."""
    form = forms.read(NewNote, fields)
    if form.given is None:
        return _note_form(caller, action, view, form)
    given = form.given
    try:
        with caller.change() as operation:
            _state, case = queries.action_state(operation, action)
            notes.write_note(
                operation,
                case.bill_unit_no,
                given.text,
                category=given.category,
                noted_on=given.noted_on,
            )
    except DunwellError as failure:
        form.refuse(failure)
        return _note_form(caller, action, view, form)
    return done(caller, action, view, _("The note is written."))


@router.get("/{action}/{verb}")
def ask(action: Handle, verb: str, caller: Worker, view: Look) -> Response:
    """The form of a verb, with what would come of it."""
    kind = _known(verb)
    values: dict[str, Any] = {"reschedule": "true"}
    with caller.look() as operation:
        values["due_on"] = operation.date + dt.timedelta(days=1)
    return _form(caller, action, verb, kind, view, Form(values))


@router.post("/{action}/{verb}")
def act(action: Handle, verb: str, caller: Worker, view: Look, fields: Fields) -> Response:
    """Do it; or, with `preview`, show the form again with what would come of it."""
    kind = _known(verb)
    if fields.pop("preview", None):
        return _form(caller, action, verb, kind, view, Form(fields))
    form = forms.read(kind.model, fields)
    if form.given is None:
        return _form(caller, action, verb, kind, view, form)
    try:
        with caller.change() as operation:
            change = kind.do(operation, action, form.given)
    except DunwellError as failure:
        form.refuse(failure)
        if isinstance(failure, Stale):
            return _changed_meanwhile(caller, action, verb, kind, view, form)
        return _form(caller, action, verb, kind, view, form)
    if change is not None and change.failure:
        return done(caller, action, view, change.failure, tone="bad")
    return done(caller, action, view, _(kind.said))


def done(caller: Caller, action: str, view: View, message: str, *, tone: str = "good") -> Response:
    """After a change: the task as it is by now, and the list looks again."""
    if caller.wants_part("panel"):
        return task_page(
            caller,
            action,
            view,
            flash=(tone, message),
            headers={"HX-Trigger": "tasks-changed", "HX-Retarget": "#panel"},
        )
    return caller.go(view.link(f"/{action}"), flash=(tone, message))


def _changed_meanwhile(
    caller: Caller, action: str, verb: str, kind: Kind, view: View, form: Form[Any]
) -> Response:
    """Somebody was quicker: show what they did, and let the form be sent again."""
    with caller.look() as operation:
        history = queries.action_history(operation, action)[-HISTORY:]
    form.values.pop("version", None)
    return _form(caller, action, verb, kind, view, form, history=history)


def _note_form(caller: Caller, action: str, view: View, form: Form[Any]) -> Response:
    return task_page(
        caller,
        action,
        view,
        template="tasks/note.html",
        block="work",
        status=form.status,
        form=form,
        verb="note",
    )


def _form(
    caller: Caller,
    action: str,
    verb: str,
    kind: Kind,
    view: View,
    form: Form[Any],
    *,
    history: Any = (),
) -> Response:
    with caller.look() as operation:
        _state, case = queries.action_state(operation, action)
        codes = reason_codes(operation, kind.category, case.brand_id)
        dependencies = settings.read(operation.connection).action_dependencies
        definitions = _definitions(operation) if verb == "add" else []
    moved, hindrance = foresee(caller, action, kind, form, codes)
    return task_page(
        caller,
        action,
        view,
        template=kind.template,
        block="work",
        status=form.status,
        form=form,
        verb=verb,
        codes=codes,
        dependencies=dependencies,
        definitions=definitions,
        moved=moved,
        hindrance=hindrance,
        history=history,
    )


def foresee(
    caller: Caller, action: str, kind: Kind, form: Form[Any], codes: list[tuple[str, str]]
) -> tuple[list[Moved] | None, str | None]:
    """What would change with the action, or what forbids it; none while the form says too little.

    The reason isn't known yet and changes nothing, so any will do.
    """
    values = {**form.values, "reason": codes[0][0] if codes else "?", "version": None}
    given = forms.read(kind.model, values).given
    if given is None or not kind.is_foreseen:
        return None, None
    try:
        with caller.preview() as operation:
            _state, before = queries.action_state(operation, action)
            kind.do(operation, action, given)
            _state, after = queries.action_state(operation, action)
    except DunwellError as failure:
        return None, failure.message
    return moves(before, after), None


def moves(before: CaseState, after: CaseState) -> list[Moved]:
    """The actions of a case whose day or status isn't what it was."""
    was = {each.handle: each for each in before.actions}
    return [
        Moved(each, was.get(each.handle))
        for each in after.actions
        if _differs(each, was.get(each.handle))
    ]


def _differs(now: ActionState, was: ActionState | None) -> bool:
    return was is None or (now.due_on, now.status) != (was.due_on, was.status)


def _definitions(operation: Operation) -> list[str]:
    found = policy.objects(operation.connection, "action", operation.actor.sees)
    return sorted({each.name for each in found})
