"""Receipts: for a payment that a person takes by hand, at a counter or on the telephone.

A receipt keeps what was given out, whatever becomes of the payment. It is printed by the letter
template `receipt`, in the customer's language; a brand may load one of its own in its place.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain import handles
from dunwell.domain.errors import BadInput, NotFound
from dunwell.domain.handles import Handle
from dunwell.domain.money import Currency
from dunwell.domain.pages import START, Key
from dunwell.domain.statuses import TemplateKind
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.letters import rules
from dunwell.features.letters.engines import Document
from dunwell.features.letters.rendering import Failed, Renderer
from dunwell.features.letters.templates import Catalog
from dunwell.features.receivables import payments
from dunwell.features.receivables.bill_units import Whose, find, own
from dunwell.features.receivables.payments import Received

_RECEIPTS = statements.load(__package__, "receipts.sql")

TEMPLATE = "receipt"

MOST = 200
"""So many are listed, the newest."""

LONGEST_PAYER = 200


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was given out for a payment."""

    handle: Handle
    bill_unit_no: str
    payment_no: str
    bill_no: str | None
    issued_on: dt.date
    paid_on: dt.date
    amount: Decimal
    currency: str
    method: str
    reference: str | None
    payer: str | None
    cashier: str

    @property
    def receipt_no(self) -> str:
        """The number that stands on it."""
        return f"R-{self.handle}"


def take(
    operation: Operation,
    bill_unit_no: str,
    received: Received,
    *,
    key: str,
    payer: str | None = None,
) -> Receipt:
    """Record a payment that a person has taken, and give out a receipt for it; the same `key` once
    more does nothing and shows the same receipt. Raises NotFound, BadInput, Conflict.
    """
    operation.actor.require(Permission.TAKE_PAYMENT)
    if payer is not None and not (
        payer.strip() and len(payer) <= LONGEST_PAYER and payer.isprintable()
    ):
        raise BadInput(f"A payer's name has 1 to {LONGEST_PAYER} characters on one line.")
    bill_unit = own(operation, bill_unit_no)
    number = payments.take_payment(operation, bill_unit_no, received, key=key)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "payment_no": number,
        "issued_on": operation.date,
        "method": received.method,
        "reference": received.reference,
        "payer": payer,
        "actor": operation.actor.name,
    }
    made = _RECEIPTS["issue"].run(operation.connection, given).fetchone()
    (receipt,) = _receipts(operation, bill_unit, payment_no=number)
    if made is not None:
        facts = {
            "receipt": receipt.receipt_no,
            "payment_no": number,
            "amount": str(receipt.amount),
            "currency": receipt.currency,
        }
        _RECEIPTS["log"].run(operation.connection, {**given, "facts": Jsonb(facts)})
    return receipt


def receipts(
    operation: Operation, bill_unit_no: str, *, after: Key = START, limit: int = MOST
) -> tuple[Receipt, ...]:
    """The receipts of a bill unit, the newest first; those after a day and a number. Raises
    NotFound.
    """
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    return _receipts(operation, bill_unit, after_day=after[0], after_id=after[1], limit=limit)


def receipts_of(operation: Operation, whose: Whose) -> tuple[Receipt, ...]:
    """The same of whom somebody has found already."""
    operation.actor.require(Permission.VIEW)
    return _receipts(operation, whose)


def document(operation: Operation, bill_unit_no: str, handle: str) -> Document:
    """A receipt to be printed, in the customer's language, else the brand's. Raises NotFound, and
    BadInput if the company's own template fails.
    """
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    named = handles.parse(handle, "receipt")
    found = _receipts(operation, bill_unit, receipt_id=named.id)
    if named.account_id != bill_unit.account_id or not found:
        raise NotFound(f"The bill unit {bill_unit_no!r} has no receipt {handle}.")
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_RECEIPTS["letterhead"].render(), given).fetchone()
    assert row is not None
    wanted = rules.locales(row["account"]["locale"], row["locale"])
    template = Catalog.read(operation.connection).find(
        TemplateKind.DUNNING, TEMPLATE, bill_unit.brand_id, wanted
    )
    with Renderer(1) as renderer:
        data = _data(found[0], row, template.locale)
        outcome = renderer.render(template.job(data, row["sender"] or {}))
    if isinstance(outcome, Failed):
        raise BadInput(f"The {outcome.message}.")
    return outcome


def _data(receipt: Receipt, row: dict[str, Any], locale: str) -> dict[str, Any]:
    """What a letter template gets, and beside it the receipt."""
    day = receipt.issued_on.isoformat()
    currency = Currency(receipt.currency, row["digits"])
    language = Locale.parse(locale)
    told = {
        "receipt_no": receipt.receipt_no,
        "payment_no": receipt.payment_no,
        "bill_no": receipt.bill_no or "",
        "paid_on": receipt.paid_on.isoformat(),
        "paid_on_text": format_date(receipt.paid_on, "long", locale=language),
        "amount": currency.text(receipt.amount),
        "amount_text": format_currency(
            currency.round(receipt.amount),
            currency.code,
            locale=language,
            decimal_quantization=False,
        ),
        "method": receipt.method,
        "reference": receipt.reference or "",
        "payer": receipt.payer or "",
        "cashier": receipt.cashier,
    }
    return {
        "business_date": day,
        "overdue_date": day,
        "overdue_amount": "0",
        "currency": receipt.currency,
        "brand": row["brand"],
        "scenario": "",
        "account": {name: value or "" for name, value in row["account"].items()},
        "bill_unit": {"bill_unit_no": receipt.bill_unit_no, "pay_type": row["pay_type"]},
        "bills": [],
        "fees": [],
        "next_action": None,
        "receipt": told,
    }


def _receipts(operation: Operation, whose: Whose, **only: Any) -> tuple[Receipt, ...]:
    given = {
        "account_id": whose.account_id,
        "bill_unit_id": whose.id,
        "payment_no": None,
        "receipt_id": None,
        "after_day": None,
        "after_id": None,
        "limit": MOST,
        **only,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_RECEIPTS["receipts"].render(), given).fetchall()
    return tuple(Receipt(handle=Handle(whose.account_id, row.pop("id")), **row) for row in rows)
