"""Stopping a case by hand: it closes at once, with a reason, whatever is owed."""

from dunwell.db import statements
from dunwell.domain.statuses import CloseReason
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import leaving
from dunwell.features.cases.desk import Desk
from dunwell.features.cases.states import CaseState
from dunwell.features.policy.reasons import Category

_STOPPING = statements.load(__package__, "stopping.sql")


def stop_case(
    operation: Operation,
    case: str,
    *,
    reason: str,
    note: str | None = None,
    expected_version: int | None = None,
) -> CaseState:
    """Close a case as stopped; its open actions are cancelled. If debt remains, the bill unit may
    enter again on the day after; exempt it or put it on hold to prevent that.

    Raises NotFound, RuleViolation, Conflict.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    desk = Desk.at_case(
        operation,
        case,
        category=Category.STOP,
        reason=reason,
        note=note,
        expected_version=expected_version,
    )
    desk.prepare_tables()
    desk.run(_STOPPING["stop"], close_reason=str(CloseReason.STOPPED))
    leaving.close_for_good(desk.work)
    desk.log("case_stopped", scenario=desk.before.scenario)
    return desk.now()
