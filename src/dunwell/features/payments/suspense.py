"""Suspense: what a bank statement said and nobody could be given; a person finds its place.

Money in goes to a bill unit, money out takes one of its payments back, and what is no business of
collections is dismissed with a reason. An entry is dealt with once.
"""

from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.payments import posting
from dunwell.features.payments.recording import Unit
from dunwell.features.receivables.bill_units import own

_IMPORTING = statements.load(__package__, "importing.sql")


def require_every_brand(operation: Operation) -> None:
    """An entry belongs to no brand before it is assigned. Raises RuleViolation."""
    if operation.actor.brands is not None:
        raise RuleViolation(
            "every_brand",
            f"{operation.actor.name} sees some brands only; entries in suspense may belong to any.",
        )


def listed(
    operation: Operation, *, after: tuple[str, int] = ("0001-01-01", 0), most: int | None = None
) -> list[dict[str, Any]]:
    """What waits, oldest first, after the last one's booking date and id; whose it is isn't known,
    so it needs a sight of every brand.
    """
    operation.actor.require(Permission.TAKE_PAYMENT)
    require_every_brand(operation)
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        given = {"after_booked_on": after[0], "after_id": after[1], "most": most}
        return cursor.execute(_IMPORTING["suspense"].render(), given).fetchall()


def assign(operation: Operation, entry_id: int, bill_unit_no: str) -> Unit:
    """Give an entry to a bill unit: money in becomes its payment, money out takes its payment of
    that amount back. Raises NotFound, RuleViolation.
    """
    operation.actor.require(Permission.TAKE_PAYMENT)
    require_every_brand(operation)
    bill_unit = own(operation, bill_unit_no)
    entry = _waiting(operation, entry_id)
    unit = bill_unit.account_id, bill_unit.id
    given = {"account_id": unit[0], "bill_unit_id": unit[1], "amount": -entry["amount"]}
    ((currency,),) = _IMPORTING["unit_currency"].run(operation.connection, given).fetchall()
    if currency != entry["currency"]:
        raise RuleViolation(
            "currency",
            f"Entry {entry_id} is in {entry['currency']}, and the bill unit {bill_unit_no!r} in"
            f" {currency}; load the converted amount as a payment, and dismiss the entry.",
        )
    if entry["amount"] > 0:
        number = posting.post_entry(
            operation,
            unit,
            bill_id=None,
            entry_key=entry["entry_key"],
            amount=entry["amount"],
            currency=currency,
            booked_on=entry["booked_on"],
        )
    else:
        payments = _IMPORTING["unit_payments"].run(operation.connection, given).fetchall()
        if not payments:
            raise RuleViolation(
                "no_such_payment",
                f"The bill unit {bill_unit_no!r} has no payment of"
                f" {-entry['amount'].normalize():f} {currency} that could be taken back.",
            )
        number = posting.reverse_entry(
            operation,
            payments[0],
            entry_key=entry["entry_key"],
            amount=-entry["amount"],
            booked_on=entry["booked_on"],
            reason="assigned",
        )
    _end(operation, entry_id, "posted", entry["reason"], number)
    return unit


def dismiss(operation: Operation, entry_id: int, reason: str) -> None:
    """Say why an entry is no business of collections. Raises NotFound, RuleViolation, BadInput."""
    operation.actor.require(Permission.TAKE_PAYMENT)
    require_every_brand(operation)
    if not reason.strip():
        raise BadInput("Say why the entry is dismissed: money must not vanish without a reason.")
    _waiting(operation, entry_id)
    _end(operation, entry_id, "dismissed", f"{reason.strip()} ({operation.actor.name})", None)


def _waiting(operation: Operation, entry_id: int) -> dict[str, Any]:
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        entry = cursor.execute(_IMPORTING["entry"].render(), {"id": entry_id}).fetchone()
    if entry is None:
        raise NotFound(f"There is no statement entry {entry_id}.")
    if entry["status"] != "suspense":
        raise RuleViolation(
            "not_in_suspense",
            f"Entry {entry_id} isn't in suspense any more: it is {entry['status']}.",
        )
    return entry


def _end(
    operation: Operation, entry_id: int, status: str, reason: str | None, number: str | None
) -> None:
    given = {"id": entry_id, "status": status, "reason": reason, "payment_no": number}
    _IMPORTING["settle_entry"].run(operation.connection, given)
