"""The payments of a bill unit as they were received, with what of each was applied; and payments
that a person takes: at a counter, on the telephone. The next night posts them.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain import pages
from dunwell.domain.errors import BadInput, Conflict, NotFound
from dunwell.domain.handles import Handle
from dunwell.domain.money import Currency
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import Whose, find, own

_PAYMENTS = statements.load(__package__, "payments.sql")

_ORDER = "paid_on"

LONGEST_METHOD = 50
LONGEST_REFERENCE = 200
LONGEST_KEY = 100
OLDEST = 366
"""Days back to which a payment may be dated."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment; a bounced one is followed by its reversal, a negative amount."""

    handle: Handle
    bill_unit_no: str
    payment_no: str | None
    paid_on: dt.date
    amount: Decimal
    unapplied: Decimal
    """What has met no item yet."""
    currency: str
    method: str | None
    bill_no: str | None
    """The bill that it names, to be paid first."""
    reverses: str | None
    """The number of the payment that bounced."""
    reversed: bool


def payments(
    operation: Operation,
    bill_unit_no: str,
    *,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
    only: Handle | str | None = None,
) -> Page[Payment]:
    """The payments of a bill unit, the newest first, or the `only` one, by its handle or its
    number. Raises NotFound.
    """
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    return payments_of(operation, bill_unit, limit=limit, cursor=cursor, only=only)


def payments_of(
    operation: Operation,
    whose: Whose,
    *,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
    only: Handle | str | None = None,
) -> Page[Payment]:
    """The same of whom somebody has found already, also of a whole account. Raises BadInput."""
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    after_day, after_id = pages.decode(_ORDER, cursor, dt.date, int)
    given = {
        "account_id": whose.account_id,
        "bill_unit_id": whose.id,
        "limit": limit + 1,
        "after_day": after_day,
        "after_id": after_id,
        "id": only.id if isinstance(only, Handle) else None,
        "number": only if isinstance(only, str) else None,
    }
    with operation.connection.cursor(row_factory=dict_row) as fetching:
        statement = _PAYMENTS["payments"].render(whose.among("credit"))
        rows = fetching.execute(statement, given).fetchall()
    found = [Payment(handle=Handle(whose.account_id, row.pop("id")), **row) for row in rows]
    return pages.page(found, limit, lambda row: (row.paid_on, row.handle.id), _ORDER)


@dataclass(frozen=True, slots=True)
class Received:
    """What somebody has paid: on which day, how, and what the receipt or the check says."""

    amount: Decimal
    """In the bill unit's currency."""
    paid_on: dt.date
    method: str
    """How: cash, check, card …"""
    reference: str | None = None
    bill_no: str | None = None
    """The bill that it is to pay first."""


def take_payment(operation: Operation, bill_unit_no: str, received: Received, *, key: str) -> str:
    """Record a payment that a person has taken; its number. The next night posts it.

    `key` is made by who asks: the same once more records nothing. Raises NotFound (also for a
    bill), BadInput, and Conflict for a key that was another payment's.
    """
    operation.actor.require(Permission.TAKE_PAYMENT)
    _check(operation.date, received, key)
    bill_unit = own(operation, bill_unit_no)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "number": f"taken-{key}",
        "amount": received.amount,
        "paid_on": received.paid_on,
        "method": received.method,
        "bill_id": None,
    }
    if received.bill_no is not None:
        given["bill_no"] = received.bill_no
        bill = _PAYMENTS["bill"].run(operation.connection, given).fetchone()
        if bill is None:
            raise NotFound(f"The bill unit {bill_unit_no!r} has no bill {received.bill_no!r}.")
        given["bill_id"] = bill[0]
    code, digits = _PAYMENTS["currency"].run(operation.connection, given).fetchall()[0]
    currency = Currency(code, digits)
    if currency.round(received.amount) != received.amount:
        raise BadInput(
            f"{received.amount} can't be paid: an amount in {code} has at most {digits} decimals."
        )
    if not _PAYMENTS["take"].run(operation.connection, given).rowcount:
        twin = _PAYMENTS["taken"].run(operation.connection, given).fetchone()
        if twin != (True,):
            raise Conflict("This payment was recorded already, with other facts; look at it again.")
        return str(given["number"])
    facts = {
        "payment_no": given["number"],
        "amount": currency.text(received.amount),
        "currency": code,
        "paid_on": received.paid_on.isoformat(),
        "method": received.method,
        **({"reference": received.reference} if received.reference else {}),
        **({"bill_no": received.bill_no} if received.bill_no else {}),
    }
    given |= {"date": operation.date, "actor": operation.actor.name, "data": Jsonb(facts)}
    _PAYMENTS["log_taken"].run(operation.connection, given)
    _PAYMENTS["touch"].run(operation.connection, given)
    return str(given["number"])


def _check(today: dt.date, received: Received, key: str) -> None:
    if received.amount <= 0:
        raise BadInput(f"{received.amount} can't be paid; give an amount of more than 0.")
    if not today - dt.timedelta(days=OLDEST) <= received.paid_on <= today:
        raise BadInput(
            f"A payment can't be dated {received.paid_on}: give a day up to today, {today}, and at"
            f" most {OLDEST} days back."
        )
    for name, text, longest in (
        ("method", received.method, LONGEST_METHOD),
        ("reference", received.reference or "-", LONGEST_REFERENCE),
        ("key", key, LONGEST_KEY),
    ):
        if not text.strip() or len(text) > longest or not text.isprintable():
            raise BadInput(f"The {name} of a payment has 1 to {longest} printable characters.")
