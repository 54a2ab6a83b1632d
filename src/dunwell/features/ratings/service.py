"""Demerits by hand: adding one to a customer's credit rating or cash-only score, and ending it.

Actions and broken pay plans add theirs themselves.
"""

import datetime as dt

from dunwell.db import statements
from dunwell.domain import handles
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.statuses import DemeritKind
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.ratings.queries import Demerit, demerit
from dunwell.features.receivables.bill_units import own

_SERVICE = statements.load(__package__, "service.sql")

MOST_POINTS = 1_000_000


def add_demerit(
    operation: Operation,
    bill_unit_no: str,
    kind: DemeritKind,
    points: int,
    *,
    reason: str,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Demerit:
    """Add points to the rating of a bill unit's customer, from today or another day on, until the
    last day or for good. Raises NotFound, BadInput, RuleViolation.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    first = since or operation.date
    if not points or abs(points) > MOST_POINTS:
        raise BadInput(
            f"A demerit has from -{MOST_POINTS:,} to {MOST_POINTS:,} points and not 0, unlike"
            f" {points}."
        )
    if until is not None and until < first:
        raise BadInput(f"The demerit ends on {until}, before it starts on {first}.")
    bill_unit = own(operation, bill_unit_no)
    reasons.check(operation, bill_unit.brand_id, Category.DEMERIT, reason)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "kind": str(kind),
        "points": points,
        "since": first,
        "until": until,
        "reason": reason,
        "actor": operation.actor.name,
        "business_date": operation.date,
    }
    row = _SERVICE["add"].run(operation.connection, given).fetchone()
    assert row is not None
    return demerit(operation, bill_unit.account_id, row[0])


def end_demerit(
    operation: Operation, bill_unit_no: str, number: str, *, reason: str, note: str | None = None
) -> Demerit:
    """Let a demerit count no longer: yesterday was its last day, and one that is yet to come never
    begins. Raises NotFound, RuleViolation.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    handle = handles.parse(number, "demerit")
    bill_unit = own(operation, bill_unit_no)
    reasons.check(operation, bill_unit.brand_id, Category.DEMERIT, reason)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "id": handle.id,
        "reason": reason,
        "note": note,
        "actor": operation.actor.name,
        "business_date": operation.date,
    }
    known = handle.account_id == bill_unit.account_id
    if not known or _SERVICE["exists"].run(operation.connection, given).fetchone() is None:
        raise NotFound(f"The customer of {bill_unit_no!r} has no demerit {number}.")
    if _SERVICE["end"].run(operation.connection, given).fetchone() is None:
        raise RuleViolation("demerit_ended", f"The demerit {number} has ended already.")
    return demerit(operation, handle.account_id, handle.id)
