"""Posting what a bank statement tells: an entry becomes a payment, or the reversal of one, once.

The importer does it where an entry is clear, a person where it isn't.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.features.access.actor import Operation
from dunwell.features.payments.recording import COLLECTING, Unit

_IMPORTING = statements.load(__package__, "importing.sql")

Original = Sequence[Any]
"""A payment: account, bill unit, id, number, effective date."""


def post_entry(
    operation: Operation,
    unit: Unit,
    *,
    bill_id: int | None,
    entry_key: str,
    amount: Decimal,
    currency: str,
    booked_on: dt.date,
    numbers: Sequence[str] = (),
) -> str:
    """Post an entry as a payment of this bill unit; the payment's number."""
    number = f"bank-{entry_key}"
    given = {
        "account_id": unit[0],
        "bill_unit_id": unit[1],
        "bill_id": bill_id,
        "effective_on": booked_on,
        "amount": amount,
        "number": number,
    }
    _IMPORTING["post_payment"].run(operation.connection, given)
    facts = {"amount": str(amount), "currency": currency, "payment_no": number}
    if numbers:
        facts["named"] = ", ".join(numbers)
    _log(operation, given, "payment_received", facts)
    return number


def reverse_entry(
    operation: Operation,
    original: Original,
    *,
    entry_key: str,
    amount: Decimal,
    booked_on: dt.date,
    reason: str,
) -> str:
    """Take a payment back because of an entry; the reversal's number."""
    account_id, bill_unit_id, credit_id, payment_no, effective_on = original
    number = f"bank-{entry_key}"
    given = {
        "account_id": account_id,
        "bill_unit_id": bill_unit_id,
        "reverses_id": credit_id,
        "effective_on": max(effective_on, booked_on),
        "amount": amount,
        "number": number,
        "method": "bank_transfer",
        "reason": reason,
    }
    COLLECTING["reverse_payment"].run(operation.connection, given)
    facts = {"amount": str(amount), "payment_no": payment_no, "code": reason}
    _log(operation, given, "payment_returned", facts)
    return number


def _log(operation: Operation, given: dict[str, Any], kind: str, data: dict[str, str]) -> None:
    COLLECTING["touch"].run(operation.connection, given)
    _IMPORTING["log"].run(
        operation.connection,
        {
            **given,
            "date": operation.date,
            "actor": operation.actor.name,
            "kind": kind,
            "data": Jsonb(data),
        },
    )
