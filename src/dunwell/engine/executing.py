"""Executing one due action now, as the night would: the same handler, the same statements."""

from dunwell.actions.registry import HANDLERS
from dunwell.db import statements
from dunwell.engine import one_bill_unit, steps
from dunwell.engine.policy_in_force import BEFORE_ALL_DATES
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import acting, closing, dating, leaving, rules
from dunwell.features.cases.desk import Desk
from dunwell.features.cases.states import ActionChange, ActionState
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables import measuring
from dunwell.features.receivables.work import Work

_EXECUTING = statements.load(__package__, "executing.sql")

UNHANDLED = "No plug-in carried it out; it stays pending."


def execute_action(
    operation: Operation,
    action: str,
    *,
    reason: str,
    note: str | None = None,
    expected_version: int | None = None,
) -> ActionChange:
    """Perform a due system action now. If it fails it stays pending, with the message, which is
    also the answer's `failure`; the surface commits in both cases.

    Raises NotFound, RuleViolation, Conflict. Manual: PCM_OP_COLLECTIONS_TAKE_ACTION.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    desk, found = Desk.at_action(
        operation,
        action,
        category=Category.EXECUTE,
        reason=reason,
        note=note,
        expected_version=expected_version,
    )
    work = one_bill_unit.measured(
        operation,
        desk.before.handle.account_id,
        desk.before.bill_unit_id,
        case_id=desk.before.handle.id,
    )
    work.run(_EXECUTING["keep_case"], case_id=desk.before.handle.id)
    ((in_hold,),) = work.run(_EXECUTING["in_hold"]).fetchall()
    rules.may_execute(
        closing.facts(found, dependencies=desk.dependencies),
        found.due_on,
        today=operation.date,
        in_hold=in_hold,
        on_list=found.task_on is not None,
    )
    # a person may also run what the night passes over because it was due before the installation
    work.parameters = {**work.parameters, "skipped_until": BEFORE_ALL_DATES}
    acting.gather(work, action_id=found.handle.id)
    failure = _perform(work)
    if failure is None:
        _finish(desk, work)
    else:
        work.run(_EXECUTING["leave_message"], action_id=found.handle.id, message=failure)
    one_bill_unit.forget(work)
    desk.log_action("action_executed", found.handle, **({"message": failure} if failure else {}))
    change = desk.changed(found.handle)
    return ActionChange(change.action, change.others, failure or _left_undone(change.action))


def _perform(work: Work) -> str | None:
    """Perform what was gathered; the message if it failed."""
    for kind, first, last in acting.batches(work):
        failure = steps.attempt(work, HANDLERS[kind].perform, first, last)
        if failure is not None:
            return failure
    row = work.run(_EXECUTING["failures"]).fetchone()
    return None if row is None else str(row[0])


def _finish(desk: Desk, work: Work) -> None:
    acting.conclude(work)
    if desk.dependencies:
        work.parameters = {**work.parameters, "case_id": desk.before.handle.id}
        dating.advance(work, dating.ONE_CASE)
    measuring.measure_again(work)
    leaving.leave(work)
    measuring.store(work)


def _left_undone(action: ActionState) -> str | None:
    return UNHANDLED if action.status == "pending" else None
