"""Disputes by people: part of a bill is contested, and not collected until that is resolved.

They are the rows that bills.csv states, under the same rules: a bill has one dispute at most, of no
more than its amount. What is granted is a credit adjustment, within one's limit or by a second
person's approval; until then the dispute goes on.
"""

from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import handles
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.handles import Handle
from dunwell.domain.money import Currency
from dunwell.domain.statuses import AdjustmentDirection
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.care import adjusting, booking
from dunwell.features.care.adjusting import Wanted
from dunwell.features.care.queries import Dispute, dispute
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import BillUnit, own

_DISPUTING = statements.load(__package__, "adjusting.sql")


def raise_dispute(
    operation: Operation,
    bill_unit_no: str,
    bill_no: str,
    *,
    reason: str,
    amount: Decimal | None = None,
    note: str | None = None,
) -> Dispute:
    """Put part of a bill, or all of it, under dispute from today on.

    Raises NotFound, BadInput, RuleViolation (`disputed_already`, `more_than_the_bill`).
    """
    operation.actor.require(Permission.DISPUTE)
    bill_unit = own(operation, bill_unit_no)
    reasons.check(operation, bill_unit.brand_id, Category.DISPUTE, reason)
    booking.check_note(note)
    root = booking.bill_of(operation, bill_unit, bill_no)
    currency = booking.currency_of(operation, bill_unit)
    found = _row(operation, bill_unit, "disputable", bill_id=root)
    if found is None:
        raise NotFound(f"The bill {bill_no!r} isn't issued yet.")
    disputed: Decimal = found["amount"] if amount is None else amount
    _check(bill_no, found, disputed, currency)
    # a bill has one row for all its disputes
    step = "raise" if found["dispute_id"] is None else "raise_again"
    given = {"bill_id": root, "amount": disputed, "reason": reason, "note": note}
    row = _row(operation, bill_unit, step, dispute_id=found["dispute_id"], **given)
    assert row is not None
    handle = Handle(bill_unit.account_id, row["id"])
    facts = {
        "dispute": str(handle),
        "bill_no": found["bill_no"],
        "amount": currency.text(disputed),
        "currency": currency.code,
        "reason": reason,
        "note": note,
    }
    of = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id}
    booking.log(operation, of, "dispute_raised", facts)
    _DISPUTING["touch"].run(operation.connection, of)
    return dispute(operation, handle)


def _check(bill_no: str, bill: dict[str, Any], disputed: Decimal, currency: Currency) -> None:
    """Whether so much of the bill can be disputed today. Raises BadInput, RuleViolation."""
    booking.check_amount(disputed, currency)
    if bill["is_disputed"]:
        raise RuleViolation(
            "disputed_already",
            f"The bill {bill_no!r} is under dispute already; resolve that dispute first.",
        )
    if disputed > bill["amount"]:
        raise RuleViolation(
            "more_than_the_bill",
            f"The bill {bill_no!r} is about {currency.text(bill['amount'])} {currency.code}; no"
            " more of it can be disputed.",
        )


def resolve_dispute(
    operation: Operation,
    bill_unit_no: str,
    handle: str,
    *,
    granted: Decimal = Decimal(0),
    reason: str,
    note: str | None = None,
) -> Dispute:
    """End a dispute. What is granted is credited to the bill; above the limit of one's roles that
    waits for a second person, and the dispute with it.

    Raises NotFound, BadInput, RuleViolation (`dispute_is_over`, `more_than_disputed`,
    `decision_waiting`).
    """
    operation.actor.require(Permission.DISPUTE)
    named = handles.parse(handle, "dispute")
    bill_unit = own(operation, bill_unit_no)
    reasons.check(operation, bill_unit.brand_id, Category.DISPUTE, reason)
    booking.check_note(note)
    row = _row(operation, bill_unit, "dispute", id=named.id)
    if row is None or named.account_id != bill_unit.account_id:
        raise NotFound(f"The bill unit {bill_unit_no!r} has no dispute {handle}.")
    if not row["is_disputed"]:
        raise RuleViolation("dispute_is_over", f"The dispute {handle} is over, or hasn't begun.")
    currency = Currency(row["currency"], row["digits"])
    if granted < 0:
        raise BadInput(f"{granted} can't be granted; give 0 or more.")
    if granted > row["amount"]:
        raise RuleViolation(
            "more_than_disputed",
            f"{currency.text(row['amount'])} {currency.code} is disputed; no more of it can be"
            " granted. Request an adjustment for the rest.",
        )
    if not granted:
        if _row(operation, bill_unit, "is_waiting", dispute_id=named.id) == {"exists": True}:
            raise RuleViolation(
                "decision_waiting",
                "What was granted for this dispute waits for approval; reject that first.",
            )
        booking.settle_dispute(operation, {**row, "reason": reason, "note": note}, granted)
        return dispute(operation, named)
    operation.actor.require(Permission.ADJUST)
    wanted = Wanted(AdjustmentDirection.CREDIT, granted, reason, row["bill_no"], note)
    adjusting.make(operation, bill_unit, wanted, dispute_id=named.id)
    return dispute(operation, named)


def _row(
    operation: Operation, bill_unit: BillUnit, name: str, **given: Any
) -> dict[str, Any] | None:
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            _DISPUTING[name].render(),
            {
                "account_id": bill_unit.account_id,
                "bill_unit_id": bill_unit.id,
                "business_date": operation.date,
                "actor": operation.actor.name,
                **given,
            },
        ).fetchone()
