"""What people do with cases and their actions. Each function is one verb; the surface commits.

A change runs the same statements as the night, restricted to the one case, and leaves the bill
unit in `touched` for the next night.
"""

import datetime as dt
from typing import Any

from pluggy import HookRelay
from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.statuses import ActionStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import dating, rules
from dunwell.features.policy import settings
from dunwell.features.receivables.bill_units import own
from dunwell.features.receivables.work import Work, create_temporary_tables

_SERVICE = statements.load(__package__, "service.sql")


def complete_action(
    operation: Operation, bill_unit_no: str, step: int, *, reschedule: bool = True
) -> None:
    """Complete an open action of the bill unit's open case, by its step.

    With dependencies the next date's actions become pending; with `reschedule` they move by the
    difference between this day and the day it was due. Raises RuleViolation, NotFound.
    """
    _close_action(operation, bill_unit_no, step, ActionStatus.COMPLETED, reschedule=reschedule)


def cancel_action(
    operation: Operation, bill_unit_no: str, step: int, *, reschedule: bool = True
) -> None:
    """Cancel an open action of the bill unit's open case; otherwise as `complete_action`."""
    _close_action(operation, bill_unit_no, step, ActionStatus.CANCELLED, reschedule=reschedule)


def _close_action(
    operation: Operation,
    bill_unit_no: str,
    step: int,
    status: ActionStatus,
    *,
    reschedule: bool,
) -> None:
    operation.actor.require(Permission.WORK_ACTIONS)
    bill_unit = own(operation, bill_unit_no)
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id, "step": step}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        statement = _SERVICE["find_action"]
        row = cursor.execute(statement.render(), given).fetchone()
    if row is None:
        raise NotFound(f"The bill unit {bill_unit_no!r} has no open case with a step {step}.")
    if row["promise_id"] is not None:
        raise RuleViolation(
            "instalment",
            f"The step {step} is an instalment of a promise to pay; it is completed, cancelled"
            " and changed with the verbs of promises.",
        )
    dependencies = settings.read(operation.connection).action_dependencies
    facts = rules.ActionFacts(
        name=row["name"],
        type=row["type"],
        status=row["status"],
        mandatory=row["mandatory"],
        dependencies=dependencies,
    )
    if status == ActionStatus.COMPLETED:
        rules.may_complete(facts)
    else:
        rules.may_cancel(facts)
    work = _work(operation, {**given, **row, "status": str(status)})
    work.run(_SERVICE["close_action"])
    work.run(_SERVICE["touch"])
    if dependencies:
        create_temporary_tables(operation.connection)
        dating.advance(work, dating.ONE_CASE, moves=reschedule)


def exempt(
    operation: Operation, bill_unit_no: str, reason: str, *, until: dt.date | None = None
) -> None:
    """Exempt a bill unit from collections, from the operation's date until the last exempt day.

    Its open cases leave with the next night; it doesn't enter meanwhile.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    if until is not None and until < operation.date:
        raise BadInput(f"The exemption ends on {until}, before it starts on {operation.date}.")
    bill_unit = own(operation, bill_unit_no)
    work = _work(
        operation,
        {
            "account_id": bill_unit.account_id,
            "bill_unit_id": bill_unit.id,
            "case_id": None,
            "reason": reason,
            "until": until,
        },
    )
    work.run(_SERVICE["exempt"])
    work.run(_SERVICE["touch"])


def _work(operation: Operation, given: dict[str, Any]) -> Work:
    return Work(
        connection=operation.connection,
        hooks=HookRelay(),
        parameters={
            **given,
            "actor": operation.actor.name,
            "run_id": None,
            "business_date": operation.date,
            "first_account": given["account_id"],
            "last_account": given["account_id"],
        },
    )
