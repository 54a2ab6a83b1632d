"""Adjustments by people: asked for, posted within the limit of one's roles, otherwise approved or
rejected by a second person.

Posting makes the same row that a loaded adjustment makes: a credit, or an item. A night, or a
settlement between nights, applies it.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import handles
from dunwell.domain.errors import BadInput, Conflict, NotFound, RuleViolation, Stale
from dunwell.domain.handles import Handle
from dunwell.domain.money import Currency
from dunwell.domain.statuses import AdjustmentDirection, AdjustmentStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.care import booking
from dunwell.features.care.queries import Adjustment, adjustment
from dunwell.features.policy import reasons, settings
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import BillUnit, own

_ADJUSTING = statements.load(__package__, "adjusting.sql")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: which way, how much, of which bill, and why."""

    direction: AdjustmentDirection
    amount: Decimal
    """More than 0, in the bill unit's currency."""
    reason: str
    bill_no: str | None = None
    note: str | None = None
    key: str | None = None
    """Made by the form: the same once more is the same adjustment."""


def limit(operation: Operation, currency: str) -> Decimal:
    """Up to how much the actor adjusts alone: the highest limit of their roles; 0 without one."""
    limits = settings.read(operation.connection).adjustment_limits
    return max(
        (
            each.amount
            for each in limits
            if each.currency == currency and each.role in operation.actor.roles
        ),
        default=Decimal(0),
    )


def request(operation: Operation, bill_unit_no: str, wanted: Wanted) -> Adjustment:
    """Ask for an adjustment: posted at once within the limit of one's roles, else it waits for a
    second person. Raises NotFound, BadInput, RuleViolation, and Conflict for a key that was
    another adjustment's.
    """
    operation.actor.require(Permission.ADJUST)
    bill_unit = own(operation, bill_unit_no)
    if wanted.key is not None and (before := _before(operation, bill_unit, wanted)):
        return before
    reasons.check(operation, bill_unit.brand_id, Category.ADJUSTMENT, wanted.reason)
    return make(operation, bill_unit, wanted, dispute_id=None)


def make(
    operation: Operation, bill_unit: BillUnit, wanted: Wanted, *, dispute_id: int | None
) -> Adjustment:
    """The same for a locked bill unit, once who asks may; for a dispute, what is granted."""
    currency = booking.currency_of(operation, bill_unit)
    booking.check_amount(wanted.amount, currency)
    booking.check_note(wanted.note)
    given = {
        "bill_id": booking.bill_of(operation, bill_unit, wanted.bill_no),
        "dispute_id": dispute_id,
        "amount": wanted.amount,
        "direction": str(wanted.direction),
        "reason": wanted.reason,
        "note": wanted.note,
    }
    alone = limit(operation, currency.code)
    if dispute_id is not None and booking.run(
        operation, bill_unit, "is_waiting", dispute_id=dispute_id
    ).fetchone() == (True,):
        raise RuleViolation(
            "decision_waiting",
            "What was granted for this dispute waits for approval already; reject that first.",
        )
    (row_id,) = booking.run(operation, bill_unit, "request", **given).fetchone()
    row = _locked(operation, Handle(bill_unit.account_id, row_id))
    told = {"limit": currency.text(alone), **({"key": wanted.key} if wanted.key else {})}
    if wanted.amount > alone:
        _log(operation, row, "adjustment_requested", **told)
    else:
        _post(operation, row, note=None, told=told)
    return adjustment(operation, Handle(bill_unit.account_id, row_id))


def approve(
    operation: Operation, handle: str, *, version: int | None = None, note: str | None = None
) -> Adjustment:
    """Approve what somebody else has requested: it is posted, dated today.

    Raises NotFound, Stale when somebody was quicker, RuleViolation (`own_request`,
    `dispute_is_over`, `more_than_disputed`).
    """
    row = _decided(operation, handle, version, note)
    _post(operation, row, note=note, told={})
    return adjustment(operation, Handle(row["account_id"], row["id"]))


def reject(
    operation: Operation, handle: str, *, version: int | None = None, note: str
) -> Adjustment:
    """Reject what somebody else has requested; say why. Raises as `approve` does, and BadInput."""
    if not note.strip():
        raise BadInput("Say why the adjustment is rejected: whoever requested it will ask.")
    row = _decided(operation, handle, version, note)
    _end(operation, row, AdjustmentStatus.REJECTED, note=note)
    return adjustment(operation, Handle(row["account_id"], row["id"]))


def withdraw(operation: Operation, handle: str, *, version: int | None = None) -> Adjustment:
    """Withdraw what one has requested oneself. Raises NotFound, Stale, RuleViolation."""
    operation.actor.require(Permission.ADJUST)
    row = _waiting(operation, handle, version)
    if row["requested_by"] != operation.actor.name:
        raise RuleViolation(
            "request_of_another",
            f"{row['requested_by']} requested the adjustment {handle}; only they withdraw it."
            " Somebody who may approve can reject it.",
        )
    _end(operation, row, AdjustmentStatus.WITHDRAWN, note=None)
    return adjustment(operation, Handle(row["account_id"], row["id"]))


def _before(operation: Operation, bill_unit: BillUnit, wanted: Wanted) -> Adjustment | None:
    """What the same form has asked for already."""
    booking.run(operation, bill_unit, "have")
    given = {"key": wanted.key, "amount": wanted.amount, "direction": str(wanted.direction)}
    row = booking.run(operation, bill_unit, "requested_before", **given).fetchone()
    if row is None:
        return None
    handle, is_same = row
    if not is_same:
        raise Conflict(
            "This form has asked for another adjustment already; look at the adjustments, then"
            " begin anew."
        )
    return adjustment(operation, handles.parse(handle, "adjustment"))


def _decided(
    operation: Operation, handle: str, version: int | None, note: str | None
) -> dict[str, Any]:
    operation.actor.require(Permission.APPROVE_ADJUSTMENTS)
    booking.check_note(note)
    row = _waiting(operation, handle, version)
    if row["requested_by"] == operation.actor.name:
        raise RuleViolation(
            "own_request",
            f"You requested the adjustment {handle} yourself; somebody else has to decide.",
        )
    return row


def _waiting(operation: Operation, handle: str, version: int | None) -> dict[str, Any]:
    row = _locked(operation, handles.parse(handle, "adjustment"))
    if row["status"] != AdjustmentStatus.WAITING:
        raise Stale(
            f"{row['decided_by']} has decided about the adjustment {handle} meanwhile: it is"
            f" {row['status']}."
        )
    if version is not None and version != row["version"]:
        raise Stale(f"The adjustment {handle} was changed meanwhile; look again, then decide.")
    return row


def _locked(operation: Operation, handle: Handle) -> dict[str, Any]:
    """The row with what its events tell, its bill unit's slice shared and itself locked."""
    given = {"account_id": handle.account_id, "id": handle.id}
    found = _ADJUSTING["bill_unit_of"].run(operation.connection, given).fetchone()
    if found is None:
        raise NotFound(f"There is no adjustment {handle}.")
    try:
        own(operation, found[0])
    except NotFound as failure:
        raise NotFound(f"There is no adjustment {handle}.") from failure
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_ADJUSTING["lock"].render(), given).fetchone()
    assert row is not None
    return row


def _post(
    operation: Operation, row: dict[str, Any], *, note: str | None, told: dict[str, Any]
) -> None:
    number = f"adjusted-{row['account_id']}-{row['id']}"
    given = {**row, "number": number, "business_date": operation.date}
    side = "credit" if row["direction"] == AdjustmentDirection.CREDIT else "item"
    _ADJUSTING[f"post_{side}"].run(operation.connection, given)
    _ADJUSTING["touch"].run(operation.connection, given)
    _end(operation, row, AdjustmentStatus.POSTED, note=note, number=number, told=told)
    if row["dispute_id"] is not None:
        booking.settle_dispute(operation, row, row["amount"])


def _end(
    operation: Operation,
    row: dict[str, Any],
    status: AdjustmentStatus,
    *,
    note: str | None,
    number: str | None = None,
    told: dict[str, Any] | None = None,
) -> None:
    given = {
        **row,
        "status": str(status),
        "decided_by": operation.actor.name,
        "decision_note": note,
        "business_date": operation.date,
        "number": number,
    }
    _ADJUSTING["decide"].run(operation.connection, given)
    _log(
        operation,
        row,
        f"adjustment_{status}",
        adjustment_no=number,
        requested_by=row["requested_by"],
        **{**(told or {}), **({"note": note} if note else {})},
    )


def _log(operation: Operation, row: dict[str, Any], kind: str, **more: Any) -> None:
    currency = Currency(row["currency"], row["digits"])
    facts = {
        "adjustment": f"{row['account_id']}-{row['id']}",
        "direction": row["direction"],
        "amount": currency.text(row["amount"]),
        "currency": currency.code,
        "bill_no": row["bill_no"],
        "dispute": row["dispute_id"] and f"{row['account_id']}-{row['dispute_id']}",
        "reason": row["reason"],
        "note": row["note"],
        **more,
    }
    booking.log(operation, row, kind, facts)
