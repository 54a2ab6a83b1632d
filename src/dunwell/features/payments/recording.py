"""Recording what became of a charge: the one place where collected money becomes a payment.

Whoever brings the news (the gateway's answer, a webhook, a bank's statement), the same function
takes it. It looks at what is recorded already, so news may come twice, late, or after a crash.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import locks, statements
from dunwell.features.access.actor import Operation
from dunwell.features.events import log as event_log
from dunwell.features.payments import rules
from dunwell.features.payments.gateways.base import (
    Declined,
    Outcome,
    Pending,
    Returned,
    Succeeded,
)
from dunwell.features.policy import settings

COLLECTING = statements.load(__package__, "collecting.sql")

Unit = tuple[int, int]
"""A bill unit by its account and id."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is known since: the attempt's status, and the bill unit if its balance changed."""

    status: str
    amount: Decimal
    currency: str
    paid: Unit | None = None


def payment_number(key: str) -> str:
    """The number of the payment that a charge becomes."""
    return f"collected-{key}"


def read(operation: Operation, account_id: int, attempt_id: int) -> dict[str, Any]:
    """An attempt with what decides about it, its slice shared and its rows locked until the
    transaction ends.
    """
    locks.share_slice(operation.connection, account_id, operation.slice_width)
    event_log.ensure_month(operation.connection, operation.date)
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        given = {"account_id": account_id, "id": attempt_id, "date": operation.date}
        row = cursor.execute(COLLECTING["facts"].render(), given).fetchone()
    assert row is not None
    return row


def record(
    operation: Operation, account_id: int, attempt_id: int, key: str, outcome: Outcome
) -> Recorded | None:
    """Record an outcome; none if it was known already or is about another charge."""
    row = read(operation, account_id, attempt_id)
    if row["idempotency_key"] != key:
        return None
    match outcome:
        case Succeeded():
            return _succeeded(operation, row, outcome)
        case Declined():
            return _declined(operation, row, outcome)
        case Pending():
            return _pending(operation, row, outcome)
        case Returned():
            return _returned(operation, row, outcome)


def _succeeded(operation: Operation, row: dict[str, Any], outcome: Succeeded) -> Recorded | None:
    if row["status"] in ("succeeded", "returned"):
        return None
    key = row["idempotency_key"]
    _run(
        operation,
        "post_payment",
        row,
        # money that is there counts from today on at the latest
        effective_on=min(outcome.on or operation.date, operation.date),
        amount=outcome.amount,
        number=payment_number(key),
        method=row["kind"],
    )
    _run(operation, "touch", row)
    finish(operation, row, "succeeded", reference=outcome.reference)
    _log(
        operation,
        row,
        "payment_collected",
        amount=str(outcome.amount),
        gateway=row["gateway"],
        reference=outcome.reference,
        payment_no=payment_number(key),
    )
    unit = row["account_id"], row["bill_unit_id"]
    return Recorded("succeeded", outcome.amount, row["currency"], unit)


def _declined(operation: Operation, row: dict[str, Any], outcome: Declined) -> Recorded | None:
    if row["status"] not in ("charging", "pending"):
        return None
    status = _refuse(operation, row, outcome.code, outcome.message, retryable=outcome.retryable)
    return Recorded(status, row["charged_amount"], row["currency"])


def _pending(operation: Operation, row: dict[str, Any], outcome: Pending) -> Recorded | None:
    if row["status"] != "charging":
        return None
    finish(operation, row, "pending", reference=outcome.reference)
    _log(operation, row, "payment_pending", amount=str(row["charged_amount"]))
    return Recorded("pending", row["charged_amount"], row["currency"])


def _returned(operation: Operation, row: dict[str, Any], outcome: Returned) -> Recorded | None:
    if row["status"] == "pending":
        # it never arrived
        declined = Declined(outcome.code, outcome.retryable)
        return _declined(operation, row, declined)
    if row["status"] != "succeeded":
        return None
    unit = reverse(
        operation, row["account_id"], row["bill_unit_id"], row["idempotency_key"], outcome
    )
    if unit is None:
        return None
    status = _refuse(
        operation, row, outcome.code, "", retryable=outcome.retryable, otherwise="returned"
    )
    return Recorded(status, outcome.amount, row["currency"], unit)


def reverse(
    operation: Operation, account_id: int, bill_unit_id: int, key: str, outcome: Returned
) -> Unit | None:
    """Undo the payment that a charge became, as the loader undoes one that bounced; none if it
    is undone already, or the amounts differ.
    """
    given = {"account_id": account_id, "bill_unit_id": bill_unit_id}
    found = COLLECTING["payment_of_charge"].run(
        operation.connection, {**given, "number": payment_number(key)}
    )
    payment = found.fetchone()
    if payment is None or payment[3] or payment[1] != outcome.amount:
        return None
    _run(
        operation,
        "reverse_payment",
        given,
        reverses_id=payment[0],
        effective_on=max(payment[2], min(outcome.on or operation.date, operation.date)),
        amount=payment[1],
        number=f"returned-{key}",
        method=None,
        reason=outcome.code,
    )
    _run(operation, "touch", given)
    return account_id, bill_unit_id


def reverse_earlier(
    operation: Operation, account_id: int, bill_unit_id: int, key: str, outcome: Returned
) -> Unit | None:
    """The same for a charge whose attempt has been tried again since, under another key."""
    locks.share_slice(operation.connection, account_id, operation.slice_width)
    event_log.ensure_month(operation.connection, operation.date)
    unit = reverse(operation, account_id, bill_unit_id, key, outcome)
    if unit is not None:
        given = {
            "date": operation.date,
            "account_id": account_id,
            "bill_unit_id": bill_unit_id,
            "case_id": None,
            "kind": "payment_returned",
            "actor": operation.actor.name,
            "data": Jsonb({"amount": str(outcome.amount), "code": outcome.code}),
        }
        COLLECTING["log"].run(operation.connection, given)
    return unit


def _refuse(
    operation: Operation,
    row: dict[str, Any],
    code: str,
    message: str,
    *,
    retryable: bool,
    otherwise: str = "declined",
) -> str:
    """Refused: tried again by the policy's schedule while the case is open, or the end of it."""
    schedule = settings.read(operation.connection).payment_retries
    again = rules.next_try(row["tries"], retryable, schedule, operation.date)
    if row["next_attempt_on"] is not None:
        # while nobody knew, the new date of its postponed instalment came
        again = operation.date
    # what a person asked for is told them at once, and not tried again behind the customer's back
    if not row["case_is_open"] or row["case_id"] is None:
        again = None
    status = "ready" if again else otherwise
    told = f"{otherwise}: {code}" + (f"; tried again on {again}" if again else "")
    finish(operation, row, status, code=code, message=message or told, again=again, told=told)
    _log(
        operation,
        row,
        f"payment_{otherwise}",
        amount=str(row["charged_amount"]),
        code=code,
        gateway=row["gateway"],
        again_on=again.isoformat() if again else None,
    )
    return status


def drop(operation: Operation, row: dict[str, Any], decision: rules.Drop) -> Recorded:
    """End an attempt that isn't charged, with the reason."""
    told = f"{decision.status}: {decision.message}"
    finish(operation, row, decision.status, code=decision.code, message=decision.message, told=told)
    kind = f"payment_{decision.status}"
    _log(operation, row, kind, amount=str(row["amount"]), code=decision.code)
    return Recorded(decision.status, row["amount"], row["currency"])


def finish(
    operation: Operation,
    row: dict[str, Any],
    status: str,
    *,
    reference: str | None = None,
    code: str | None = None,
    message: str | None = None,
    again: date | None = None,
    told: str | None = None,
) -> None:
    """Give the attempt its status, and tell its action."""
    _run(
        operation,
        "finish",
        row,
        status=status,
        reference=reference,
        code=code,
        message=message,
        next_attempt_on=again,
    )
    _run(operation, "tell_action", {**row, "message": told})


def _log(operation: Operation, row: dict[str, Any], kind: str, **data: Any) -> None:
    facts = {name: value for name, value in data.items() if value is not None}
    given = {
        **row,
        "date": operation.date,
        "actor": operation.actor.name,
        "kind": kind,
        "data": Jsonb({**facts, "currency": row["currency"], "try": row["tries"]}),
    }
    COLLECTING["log"].run(operation.connection, given)


def _run(operation: Operation, name: str, row: dict[str, Any], **more: Any) -> None:
    statement = COLLECTING[name]
    given = {**row, **more}
    statement.run(
        operation.connection, {parameter: given[parameter] for parameter in statement.parameters}
    )
