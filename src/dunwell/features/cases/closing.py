"""Ending an action by hand: complete it, cancel it (alone or with all that follow), retry it."""

from collections.abc import Sequence

from dunwell.db import statements
from dunwell.domain import handles
from dunwell.domain.errors import BadInput, RuleViolation
from dunwell.domain.handles import Handle
from dunwell.domain.statuses import ActionStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import dating, rules
from dunwell.features.cases.desk import Desk
from dunwell.features.cases.states import ActionChange, ActionState, CaseState
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import own_accounts

_CLOSING = statements.load(__package__, "closing.sql")

MOST = 1_000
"""So many actions are retried together."""


def complete_action(
    operation: Operation,
    action: str,
    *,
    reason: str,
    note: str | None = None,
    reschedule: bool = True,
    expected_version: int | None = None,
) -> ActionChange:
    """Complete an open action. With dependencies the next date's actions become pending; with
    `reschedule` what remains moves by the difference between this day and the day it was due.

    Raises NotFound, RuleViolation, Conflict. Manual: PCM_OP_COLLECTIONS_SET_ACTION_STATUS.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    desk, found = Desk.at_action(
        operation,
        action,
        category=Category.COMPLETE,
        reason=reason,
        note=note,
        expected_version=expected_version,
    )
    rules.may_complete(facts(found, dependencies=desk.dependencies))
    return _close(desk, found, ActionStatus.COMPLETED, [], reschedule=reschedule)


def cancel_action(
    operation: Operation,
    action: str,
    *,
    reason: str,
    note: str | None = None,
    with_following: bool = False,
    reschedule: bool = True,
    expected_version: int | None = None,
) -> ActionChange:
    """Cancel an open action, and `with_following` all open ones of later dates; otherwise as
    `complete_action`.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    desk, found = Desk.at_action(
        operation,
        action,
        category=Category.CANCEL,
        reason=reason,
        note=note,
        expected_version=expected_version,
    )
    rules.may_cancel(facts(found, dependencies=desk.dependencies))
    following = followers(desk, found.offset_days) if with_following else []
    return _close(desk, found, ActionStatus.CANCELLED, following, reschedule=reschedule)


def cancel_actions(
    operation: Operation,
    case: str,
    *,
    reason: str,
    note: str | None = None,
    expected_version: int | None = None,
) -> CaseState:
    """Cancel all open actions of a case, mandatory ones too; the case itself stays open unless its
    scenario closes it when all is done. Promised instalments stay: a promise is revoked.

    Raises NotFound, RuleViolation, Conflict. Manual: step 3.7.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    desk = Desk.at_case(
        operation,
        case,
        category=Category.CANCEL,
        reason=reason,
        note=note,
        expected_version=expected_version,
    )
    found = [
        action for action in desk.before.actions if action.is_open and not action.is_instalment
    ]
    if not found:
        raise RuleViolation("no_open_action", f"The case {case!r} has no open action to cancel.")
    cancel(desk, [action.handle.id for action in found])
    # one entry, in which the others stand beside the first
    desk.log_action("action_cancelled", found[0].handle)
    return desk.now()


def retry_action(
    operation: Operation,
    action: str,
    *,
    reason: str,
    note: str | None = None,
    expected_version: int | None = None,
) -> ActionChange:
    """Let an action in error be tried again by the next night."""
    operation.actor.require(Permission.WORK_ACTIONS)
    desk, found = Desk.at_action(
        operation,
        action,
        category=Category.RETRY,
        reason=reason,
        note=note,
        expected_version=expected_version,
    )
    rules.may_retry(facts(found, dependencies=desk.dependencies))
    desk.run(_CLOSING["retry"], action_id=found.handle.id)
    if desk.dependencies:
        dating.conform_to_dependencies(desk.work, dating.ONE_CASE)
    desk.log_action("action_retried", found.handle)
    return desk.changed(found.handle)


def retry_actions(
    operation: Operation, actions: Sequence[str], *, reason: str, note: str | None = None
) -> tuple[ActionChange, ...]:
    """Let several actions in error be tried again: all of them or none.

    Raises what `retry_action` raises, for the first that can't be.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    if not 1 <= len(set(actions)) <= MOST:
        raise BadInput(f"Give 1 to {MOST:,} actions, not {len(set(actions)):,}.")
    found = sorted({handles.parse(action, "action") for action in actions})
    own_accounts(operation, {handle.account_id for handle in found})
    return tuple(retry_action(operation, str(each), reason=reason, note=note) for each in found)


def facts(action: ActionState, *, dependencies: bool) -> rules.ActionFacts:
    """What the rules ask about an action."""
    return rules.ActionFacts(
        name=action.name,
        type=action.type,
        status=action.status,
        mandatory=action.mandatory,
        dependencies=dependencies,
    )


def followers(desk: Desk, offset_days: int) -> list[int]:
    """The ids of the open actions of later dates."""
    return [
        action.handle.id
        for action in desk.now().actions
        if action.is_open and not action.is_instalment and action.offset_days > offset_days
    ]


def cancel(desk: Desk, action_ids: Sequence[int]) -> None:
    """Cancel these actions as of the operation's day."""
    desk.run(_CLOSING["close"], status=str(ActionStatus.CANCELLED), action_ids=list(action_ids))


def _close(
    desk: Desk, found: ActionState, status: str, following: Sequence[int], *, reschedule: bool
) -> ActionChange:
    handle: Handle = found.handle
    desk.run(_CLOSING["close"], status=str(status), action_ids=[handle.id])
    cancel(desk, following)
    desk.log_action(f"action_{status}", handle)
    if desk.dependencies:
        desk.prepare_tables()
        dating.advance(desk.work, dating.ONE_CASE, moves=reschedule)
    return desk.changed(handle)
