"""Letters and reminders that people send again, many at once: those in error with a reason, those
that are uncertain by what the mail server has. The next delivery takes them.
"""

from collections.abc import Sequence
from typing import Any

from dunwell.db import statements
from dunwell.domain.errors import RuleViolation
from dunwell.domain.handles import Handle
from dunwell.domain.statuses import LetterStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.events import log as event_log
from dunwell.features.letters import service
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category

_RETRYING = statements.load(__package__, "retrying.sql")


def retry(
    operation: Operation,
    table: str,
    chosen: Sequence[Handle],
    *,
    reason: str,
    note: str | None = None,
) -> int:
    """Let letters (`letter`) or reminders (`reminder_message`) in error go out again: all or none;
    how many. Raises RuleViolation.
    """
    operation.actor.require(Permission.DELIVER)
    if not chosen:
        return 0
    given, brands = _chosen(operation, table, chosen, LetterStatus.ERROR)
    for brand_id in sorted(brands):
        reasons.check(operation, brand_id, Category.RETRY, reason)
    _RETRYING[f"retry_{table}"].run(
        operation.connection,
        {
            **given,
            "reason": reason,
            "note": note,
            "actor": operation.actor.name,
            "business_date": operation.date,
        },
    )
    return len(given["ids"])


def settle(operation: Operation, chosen: Sequence[Handle], *, sent: bool) -> int:
    """Settle uncertain letters in one way: all or none; how many. Raises RuleViolation."""
    operation.actor.require(Permission.DELIVER)
    given, _ = _chosen(operation, "letter", chosen, LetterStatus.UNCERTAIN)
    rows = _RETRYING["numbers"].run(operation.connection, given).fetchall()
    for number, bill_unit_no in rows:
        service.settle(operation, bill_unit_no, number, sent=sent)
    return len(rows)


def _chosen(
    operation: Operation, table: str, chosen: Sequence[Handle], status: str
) -> tuple[dict[str, Any], set[int]]:
    """The chosen ones, locked, and their brands. Raises RuleViolation if one isn't in the state."""
    event_log.ensure_month(operation.connection, operation.date)
    wanted = sorted(set(chosen))
    given = {
        "account_ids": [each.account_id for each in wanted],
        "ids": [each.id for each in wanted],
    }
    rows = (
        _RETRYING["find"]
        .run(
            operation.connection,
            {
                **given,
                "status": str(status),
                "brands": operation.actor.brand_ids,
            },
            {"table": table},
        )
        .fetchall()
    )
    others = sorted(set(wanted) - {Handle(row[0], row[1]) for row in rows})
    if others:
        raise RuleViolation(
            f"not_in_{status}",
            f"Not in the state {str(status)!r} any more: {', '.join(map(str, others))}; look at"
            " the list again. Nothing was changed.",
        )
    return given, {row[2] for row in rows}
