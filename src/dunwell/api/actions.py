"""Actions: the steps of a case, and what people do with them.

Each verb takes the action's version as `If-Match` and answers with the action as it is by then and
the others of its case that changed with it.
"""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.payments import OnTheSpot, handle_of
from dunwell.api.values import (
    Amount,
    Day,
    Flag,
    Given,
    GivenHandle,
    HandleText,
    PathHandle,
    Reasoned,
    Shown,
    Whole,
)
from dunwell.api.versions import Expected
from dunwell.domain.pages import START
from dunwell.engine import executing
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import closing, queries, scheduling
from dunwell.features.cases.rules import LONGEST_POSTPONEMENT
from dunwell.features.cases.scheduling import Rescheduling, Sent
from dunwell.features.cases.states import ActionChange, ActionState

router = APIRouter(prefix="/actions", tags=["actions"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Worker = Annotated[Caller, may(Permission.WORK_ACTIONS)]
PaymentUpdater = Annotated[Caller, may(Permission.UPDATE_PAYMENT)]

Followers = Annotated[
    Whole,
    Field(
        ge=-1,
        le=LONGEST_POSTPONEMENT,
        description="What becomes of the open actions of later dates: 0 they stay, a number: they"
        " are postponed by so many days, -1: they are cancelled.",
    ),
]

MOST_ACTIONS = 1_000


class Action(Shown):
    """One step of a case."""

    handle: HandleText
    version: int
    step: int
    action: str
    type: str
    status: str
    due_on: dt.date
    task_on: Annotated[dt.date | None, Field(description="Since when it is a person's task.")]
    closed_on: dt.date | None
    mandatory: bool
    made_by: Annotated[str | None, Field(description="Null: the scenario.")]
    parameters: Annotated[dict[str, Any], Field(description="What an added action has of its own.")]
    message: str | None
    skipped: Annotated[
        bool | None, Field(description="Due before the installation, so that no night runs it.")
    ] = None

    @classmethod
    def of(cls, state: ActionState) -> "Action":
        """From what a service tells."""
        fields = {name: getattr(state, name, None) for name in cls.model_fields}
        return cls.model_validate({**fields, "action": state.name})


class ActionOfCase(Action):
    """An action, and the case that it belongs to."""

    case: HandleText


class ChangedAction(Shown):
    """What became of an action, and of the others of its case."""

    action: Action
    others: Annotated[list[Action], Field(description="Those that changed with it.")]
    failure: Annotated[str | None, Field(description="Why it failed, if it was executed.")] = None

    @property
    def version(self) -> int:
        """For the `ETag`."""
        return self.action.version

    @classmethod
    def of(cls, change: ActionChange) -> "ChangedAction":
        """From what a service tells."""
        return cls(
            action=Action.of(change.action),
            others=[Action.of(other) for other in change.others],
            failure=change.failure,
        )


class ChangedActions(Shown):
    """What became of several actions."""

    items: list[ChangedAction]


class HistoryEntry(Shown):
    """Something that happened to an action, or to its case as a whole."""

    date: dt.date
    recorded_at: dt.datetime
    kind: str
    actor: str
    data: dict[str, Any]


class Completion(Reasoned):
    """Why an action is completed."""

    reschedule: Annotated[
        Flag, Field(description="With dependencies: what remains moves by the days saved or lost.")
    ] = True


class Cancellation(Completion):
    """Why an action is cancelled."""

    with_following: Annotated[Flag, Field(description="And all open ones of later dates.")] = False


class NewDate(Reasoned):
    """When an action is due instead."""

    due_on: Day
    followers: Followers = 0


class ActionDate(Given):
    """One action of several, and when it is due instead."""

    action: GivenHandle
    due_on: Day
    version: Annotated[Whole | None, Field(ge=1, le=2**31 - 1)] = None


class NewDates(Reasoned):
    """When several actions are due instead; all move, or none."""

    actions: Annotated[list[ActionDate], Field(min_length=1, max_length=MOST_ACTIONS)]
    followers: Followers = 0


class NewPaymentDetails(Reasoned):
    """What a collect-payment action collects; only what is sent changes, and null empties it."""

    amount: Annotated[Amount | None, Field(description="Null: the overdue balance.")] = None
    payment_method: Annotated[
        GivenHandle | None, Field(description="Null: the customer's usual one.")
    ] = None
    new_payment_method: OnTheSpot = None


@router.get("/{action}", response_model=ActionOfCase)
def show_action(action: PathHandle, caller: Viewer) -> Response:
    """One action, with its version as `ETag`."""
    with caller.look() as operation:
        state, case = queries.action_state(operation, action)
    shown = Action.of(state).model_dump()
    return repeats.response(ActionOfCase(**shown, case=case.handle), 200)


@router.get("/{action}/history")
def show_history(
    action: PathHandle, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[HistoryEntry]:
    """What happened to an action, oldest first."""
    start = key_of(after, dt.date, int, first=START)
    with caller.look() as operation:
        found = queries.action_history(operation, action, after=start, limit=limit + 1)
    shown, following = page(found, limit, lambda entry: (entry.date, entry.id))
    return Page(items=[HistoryEntry.model_validate(entry) for entry in shown], next=following)


@router.post("/reschedule", response_model=ChangedActions)
def reschedule_actions(given: NewDates, caller: Worker, _key: IdempotencyKey = None) -> Response:
    """Move several open actions, all or none. Only the cases' agent, whoever added them, or a
    manager may.
    """
    wanted = [Rescheduling(each.action, each.due_on, each.version) for each in given.actions]

    def verb(operation: Operation) -> BaseModel:
        changes = scheduling.reschedule_actions(
            operation, wanted, reason=given.reason, note=given.note, followers=given.followers
        )
        return ChangedActions(items=[ChangedAction.of(change) for change in changes])

    return caller.once(verb, given, status=200)


@router.post("/{action}/complete", response_model=ChangedAction)
def complete_action(
    action: PathHandle,
    given: Completion,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Complete an open action; under dependencies the next date's actions become pending."""
    return _once(caller, closing.complete_action, action, given, version)


@router.post("/{action}/cancel", response_model=ChangedAction)
def cancel_action(
    action: PathHandle,
    given: Cancellation,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Cancel an open action, alone or with all that follow."""
    return _once(caller, closing.cancel_action, action, given, version)


@router.post("/{action}/retry", response_model=ChangedAction)
def retry_action(
    action: PathHandle,
    given: Reasoned,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Let an action in error be tried again by the next night."""
    return _once(caller, closing.retry_action, action, given, version)


@router.post("/{action}/execute", response_model=ChangedAction)
def execute_action(
    action: PathHandle,
    given: Reasoned,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Perform a due system action now. If it fails it stays pending, and `failure` says why."""
    return _once(caller, executing.execute_action, action, given, version)


@router.post("/{action}/reschedule", response_model=ChangedAction)
def reschedule_action(
    action: PathHandle,
    given: NewDate,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Move an open action to a day, or the next working day. Only the case's agent, whoever added
    it, or a manager may.
    """
    return _once(caller, scheduling.reschedule_action, action, given, version)


@router.patch("/{action}/payment-details", response_model=ChangedAction)
def change_payment_details(
    action: PathHandle, given: NewPaymentDetails, caller: PaymentUpdater, version: Expected
) -> Response:
    """Change what an open collect-payment action collects, and from where: with a registered
    payment method, or one that is registered now.
    """
    sent = given.model_fields_set
    method = given.payment_method if "payment_method" in sent else Sent.NOT
    with caller.change() as operation:
        if given.new_payment_method is not None:
            _, case = queries.action_state(operation, action)
            named, new = given.payment_method, given.new_payment_method
            method = handle_of(caller, operation, case, named, new)
        change = scheduling.change_payment_details(
            operation,
            action,
            reason=given.reason,
            note=given.note,
            amount=given.amount if "amount" in sent else Sent.NOT,
            payment_method=method,
            expected_version=version,
        )
    return repeats.response(ChangedAction.of(change), 200)


def _once(
    caller: Caller,
    verb: Callable[..., ActionChange],
    action: str,
    given: Reasoned,
    version: int | None,
) -> Response:
    return caller.once(
        lambda operation: ChangedAction.of(
            verb(operation, action, expected_version=version, **dict(given))
        ),
        given,
        status=200,
    )
