"""What adjustments and disputes share: what an amount and a note may be, which bill is meant, how a
dispute ends, and the events of both.
"""

from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.money import Currency
from dunwell.domain.statuses import DisputeOutcome
from dunwell.features.access.actor import Operation
from dunwell.features.receivables.bill_units import BillUnit

_ADJUSTING = statements.load(__package__, "adjusting.sql")

LONGEST_NOTE = 4_000
TOO_MUCH = Decimal(10) ** 13
"""As much isn't taken from a file either: a balance must hold the sum of many."""


def currency_of(operation: Operation, bill_unit: BillUnit) -> Currency:
    """The bill unit's currency."""
    return Currency(*run(operation, bill_unit, "currency").fetchone())


def check_amount(amount: Decimal, currency: Currency) -> None:
    """More than nothing, with no more decimals than the currency has. Raises BadInput."""
    if amount <= 0:
        raise BadInput(f"The amount is {amount}; give one of more than 0.")
    if amount >= TOO_MUCH:
        raise BadInput(f"The amount is {amount}; it has at most 13 digits before the point.")
    if currency.round(amount) != amount:
        raise BadInput(
            f"The amount is {amount}: in {currency.code} it has at most {currency.digits} decimals."
        )


def check_note(note: str | None) -> None:
    """Not too long. Raises BadInput."""
    if note is not None and (len(note) > LONGEST_NOTE or "\0" in note):
        raise BadInput(f"A note has at most {LONGEST_NOTE:,} characters and no NUL.")


def bill_of(operation: Operation, bill_unit: BillUnit, bill_no: str | None) -> int | None:
    """The first bill of the chain that the number belongs to. Raises NotFound."""
    if bill_no is None:
        return None
    row = run(operation, bill_unit, "bill", bill_no=bill_no).fetchone()
    if row is None:
        raise NotFound(f"The bill unit has no bill {bill_no!r}.")
    root: int = row[0]
    return root


def settle_dispute(operation: Operation, row: dict[str, Any], granted: Decimal) -> None:
    """The dispute that `row` names is over today, with so much granted. Raises RuleViolation when
    it was over already, or is about less by now.
    """
    currency = Currency(row["currency"], row["digits"])
    given = {
        **row,
        "granted": granted,
        "business_date": operation.date,
        "actor": operation.actor.name,
    }
    ended = _ADJUSTING["resolve_dispute"].run(operation.connection, given).fetchone()
    if ended is None:
        _refuse_more_than_disputed(operation, given, currency)
        raise RuleViolation(
            "dispute_is_over",
            "The dispute is over already, or the billing system took it back; reject what was"
            " requested for it.",
        )
    amount, outcome = ended
    facts = {
        "dispute": f"{row['account_id']}-{row['dispute_id']}",
        "bill_no": row["bill_no"],
        "amount": currency.text(amount),
        "currency": currency.code,
        "reason": row["reason"],
        "note": row["note"],
        "outcome": outcome,
        "granted": None if outcome == DisputeOutcome.REFUSED else currency.text(granted),
    }
    log(operation, row, "dispute_resolved", facts)
    _ADJUSTING["touch"].run(operation.connection, given)


def _refuse_more_than_disputed(
    operation: Operation, given: dict[str, Any], currency: Currency
) -> None:
    now = {**given, "id": given["dispute_id"]}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_ADJUSTING["dispute"].render(), now).fetchone()
    if found is not None and found["is_disputed"]:
        raise RuleViolation(
            "more_than_disputed",
            f"By now {currency.text(found['amount'])} {currency.code} is disputed, less than the"
            f" {currency.text(given['granted'])} requested for it; reject that, and resolve the"
            " dispute anew.",
        )


def log(operation: Operation, row: dict[str, Any], kind: str, facts: dict[str, Any]) -> None:
    """An event of the row's bill unit; facts that are none are left out."""
    given = {
        "account_id": row["account_id"],
        "bill_unit_id": row["bill_unit_id"],
        "business_date": operation.date,
        "actor": operation.actor.name,
        "kind": kind,
        "facts": Jsonb({name: value for name, value in facts.items() if value is not None}),
    }
    _ADJUSTING["log"].run(operation.connection, given)


def run(operation: Operation, bill_unit: BillUnit, name: str, **given: Any) -> Any:
    """A statement about a bill unit, today."""
    return _ADJUSTING[name].run(
        operation.connection,
        {
            "account_id": bill_unit.account_id,
            "bill_unit_id": bill_unit.id,
            "business_date": operation.date,
            "actor": operation.actor.name,
            **given,
        },
    )
