"""What went wrong and waits for somebody: actions in error, and what should have left the house;
each listed with its message, and sent again many at once.
"""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page
from dunwell.api.values import (
    Flag,
    Given,
    GivenHandle,
    HandleText,
    Money,
    Reasoned,
    Shown,
    in_currency,
)
from dunwell.domain.statuses import ActionType
from dunwell.engine import undelivered
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import closing
from dunwell.features.tasks import failures

router = APIRouter(tags=["failures"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Worker = Annotated[Caller, may(Permission.WORK_ACTIONS)]
Deliverer = Annotated[Caller, may(Permission.DELIVER)]


class FailedAction(Shown):
    """An action in error; `version` is the action's."""

    action: HandleText
    case: HandleText
    version: int
    action_name: str
    type: str
    due_on: dt.date
    days_late: int
    message: str | None
    bill_unit_no: str
    account_no: str
    name: str
    scenario: str
    agent: str | None
    overdue: Money


class Retrial(Reasoned):
    """Which failed actions the next night tries again."""

    actions: Annotated[list[GivenHandle], Field(min_length=1, max_length=closing.MOST)]


class Many(Shown):
    """How many were changed."""

    count: int


class StuckMessage(Shown):
    """A letter or a reminder in error, or a letter of which nobody knows whether it went."""

    kind: str
    handle: HandleText
    bill_unit_no: str
    name: str
    made_on: dt.date
    template: str
    status: str
    channel: str | None
    message: str | None
    attempts: int


class MessageRetrial(Reasoned):
    """Which letters and reminders in error go out again with the next delivery."""

    letters: Annotated[tuple[GivenHandle, ...], Field(max_length=undelivered.MOST)] = ()
    reminders: Annotated[tuple[GivenHandle, ...], Field(max_length=undelivered.MOST)] = ()


class MessageSettlement(Given):
    """What is known of uncertain letters."""

    letters: Annotated[list[GivenHandle], Field(min_length=1, max_length=undelivered.MOST)]
    sent: Annotated[Flag, Field(description="The mail server has them; if not, they go again.")]


@router.get("/failed-actions")
def list_failed_actions(
    caller: Viewer,
    limit: Limit = 100,
    after: After = None,
    type: Annotated[ActionType | None, Query()] = None,  # noqa: A002 - the field's word
) -> Page[FailedAction]:
    """Actions in error, the longest due first."""
    with caller.look() as operation:
        found = failures.failures(operation, type=type, limit=limit, cursor=after)
    return Page(items=[_failed(each) for each in found.items], next=found.next_cursor)


@router.post("/failed-actions/retry", response_model=Many)
def retry_failed_actions(given: Retrial, caller: Worker, _key: IdempotencyKey = None) -> Response:
    """Let failed actions be tried again by the next night: all of them or none."""

    def verb(operation: Operation) -> Many:
        done = closing.retry_actions(operation, given.actions, reason=given.reason, note=given.note)
        return Many(count=len(done))

    return caller.once(verb, given, status=200)


@router.get("/undelivered-messages")
def list_undelivered_messages(
    caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[StuckMessage]:
    """Letters and reminders in error, and uncertain letters."""
    with caller.look() as operation:
        found = undelivered.messages(operation, limit=limit, cursor=after)
    items = [StuckMessage.model_validate(each) for each in found.items]
    return Page(items=items, next=found.next_cursor)


@router.post("/undelivered-messages/retry", response_model=Many)
def retry_undelivered_messages(
    given: MessageRetrial, caller: Deliverer, _key: IdempotencyKey = None
) -> Response:
    """Send letters and reminders in error again: all of them or none."""

    def verb(operation: Operation) -> Many:
        return Many(
            count=undelivered.retry(
                operation,
                letters=given.letters,
                reminders=given.reminders,
                reason=given.reason,
                note=given.note,
            )
        )

    return caller.once(verb, given, status=200)


@router.post("/undelivered-messages/settle", response_model=Many)
def settle_undelivered_messages(
    given: MessageSettlement, caller: Deliverer, _key: IdempotencyKey = None
) -> Response:
    """Say of uncertain letters whether the mail server has them: all of them or none."""

    def verb(operation: Operation) -> Many:
        return Many(count=undelivered.settle(operation, given.letters, sent=given.sent))

    return caller.once(verb, given, status=200)


def _failed(each: failures.Failure) -> FailedAction:
    return FailedAction.told(each, **in_currency(each.currency, overdue=each.overdue_amount))
