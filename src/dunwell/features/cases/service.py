"""What people do with cases and their actions. Each function is one verb; the surface commits.

A change runs the same statements as the night, restricted to the one case, and leaves the bill
unit in `touched` for the next night.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import psycopg
from pluggy import HookRelay
from psycopg.rows import TupleRow, dict_row

from dunwell.db import locks, statements
from dunwell.domain.errors import BadInput, NotFound
from dunwell.domain.statuses import ActionStatus
from dunwell.features.cases import dating, rules
from dunwell.features.events import log as event_log
from dunwell.features.policy import settings
from dunwell.features.receivables.work import Work, create_temporary_tables

_SERVICE = statements.load(__package__, "service.sql")


@dataclass(frozen=True, slots=True)
class Operation:
    """Who does it, when, and where the slices lie."""

    connection: psycopg.Connection[TupleRow]
    actor: str
    date: dt.date
    slice_width: int = 50_000


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
    account_id, bill_unit_id = _own(operation, bill_unit_no)
    given = {"account_id": account_id, "bill_unit_id": bill_unit_id, "step": step}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        statement = _SERVICE["find_action"]
        row = cursor.execute(statement.render(), given).fetchone()
    if row is None:
        raise NotFound(f"The bill unit {bill_unit_no!r} has no open case with a step {step}.")
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
    if until is not None and until < operation.date:
        raise BadInput(f"The exemption ends on {until}, before it starts on {operation.date}.")
    account_id, bill_unit_id = _own(operation, bill_unit_no)
    work = _work(
        operation,
        {
            "account_id": account_id,
            "bill_unit_id": bill_unit_id,
            "case_id": None,
            "reason": reason,
            "until": until,
        },
    )
    work.run(_SERVICE["exempt"])
    work.run(_SERVICE["touch"])


def _own(operation: Operation, bill_unit_no: str) -> tuple[int, int]:
    """Find the bill unit and share its slice, so that a night waits for us or we for it."""
    row = (
        _SERVICE["find_bill_unit"]
        .run(operation.connection, {"bill_unit_no": bill_unit_no})
        .fetchone()
    )
    if row is None:
        raise NotFound(f"There is no bill unit {bill_unit_no!r}.")
    locks.share_slice(operation.connection, row[0], operation.slice_width)
    event_log.ensure_month(operation.connection, operation.date)
    return row[0], row[1]


def _work(operation: Operation, given: dict[str, Any]) -> Work:
    return Work(
        connection=operation.connection,
        hooks=HookRelay(),
        parameters={
            **given,
            "actor": operation.actor,
            "run_id": None,
            "business_date": operation.date,
            "first_account": given["account_id"],
            "last_account": given["account_id"],
        },
    )
