"""What bill units owe in all, due or not, and whose a bill or a payment is."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from dunwell.db import statements
from dunwell.domain.errors import NotFound
from dunwell.domain.handles import Handle
from dunwell.features.access.actor import Operation, Permission

_OWING = statements.load(__package__, "owing.sql")


@dataclass(frozen=True, slots=True)
class Owing:
    """What is open, and what was credited and has met no debt yet."""

    open_amount: Decimal
    unapplied: Decimal


def owing(operation: Operation, bill_unit_nos: Collection[str]) -> dict[str, Owing]:
    """What each of the bill units owes; those that the actor doesn't see are left out."""
    operation.actor.require(Permission.VIEW)
    given = {
        "numbers": list(bill_unit_nos),
        "brands": operation.actor.brand_ids,
    }
    rows = _OWING["owing"].run(operation.connection, given)
    return {number: Owing(open_amount, unapplied) for number, open_amount, unapplied in rows}


def of_bill(operation: Operation, bill_no: str) -> tuple[str, str]:
    """The bill unit of a bill, and the number of the bill that it corrects, or its own. Raises
    NotFound.
    """
    operation.actor.require(Permission.VIEW)
    row = _OWING["of_bill"].run(operation.connection, {"bill_no": bill_no}).fetchone()
    if row is None or not operation.actor.sees(row[2]):
        raise NotFound(f"There is no bill {bill_no!r}.")
    return row[0], row[1]


def of_payment(operation: Operation, payment: Handle) -> str:
    """The bill unit of a payment. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    given = {"account_id": payment.account_id, "id": payment.id}
    row = _OWING["of_payment"].run(operation.connection, given).fetchone()
    if row is None or not operation.actor.sees(row[1]):
        raise NotFound(f"There is no payment '{payment}'.")
    return str(row[0])
