"""Stripe's customers, invoices, charges, refunds and disputes as rows of load files; pure.

A customer is an account, with a bill unit for each currency. What Stripe counts in smallest units
becomes an amount, in currencies without decimals too.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dunwell.features.payments.gateways.stripe import KEY, from_smallest_units

Row = dict[str, Any]
Thing = Mapping[str, Any]

OPEN_OR_CLOSED = frozenset({"open", "paid", "uncollectible", "void"})
"""What a finalised invoice may be; a draft isn't owed yet."""


def account(system: str, customer: Thing, version: str) -> Row:
    """A customer as Stripe knows it."""
    address = customer.get("address") or {}
    return {
        "system": system,
        "outside_id": customer["id"],
        "version": version,
        "name": customer.get("name") or customer.get("email") or customer["id"],
        "email": customer.get("email"),
        "phone": customer.get("phone"),
        "address": " ".join(filter(None, (address.get("line1"), address.get("line2")))) or None,
        "city": address.get("city"),
        "postal_code": address.get("postal_code"),
        "country": address.get("country"),
    }


def known_account(system: str, customer: Thing, version: str, number: str) -> Row:
    """A customer whom another system keeps, under our own number: only what Stripe calls them."""
    return {
        "system": system,
        "outside_id": customer["id"],
        "version": version,
        "account_no": number,
    }


def bill_unit(system: str, owner: str, currency: str, version: str) -> Row:
    """The bill unit of a customer in a currency."""
    return {
        "system": system,
        "outside_id": _unit(owner, currency),
        "version": version,
        "account_outside_id": owner,
        "currency": currency.upper(),
    }


def bill_unit_no(system: str, owner: str, currency: str) -> str:
    """What the loader calls it."""
    return f"{system}:{_unit(owner, currency)}"


def _unit(owner: str, currency: str) -> str:
    return f"{owner}.{currency.lower()}"


def bill(system: str, invoice: Thing) -> Row | None:
    """A finalised invoice, with what was due before any payment; none for a draft."""
    owner = of(invoice, "customer")
    if invoice.get("status") not in OPEN_OR_CLOSED or owner is None:
        return None
    currency = invoice["currency"]
    finalized = (invoice.get("status_transitions") or {}).get("finalized_at")
    issued = _day(finalized or invoice["created"])
    due = _day(invoice["due_date"]) if invoice.get("due_date") else issued
    # what credit notes took off before any payment isn't in it any more
    owed = 0 if invoice["status"] == "void" else max(invoice["amount_due"], 0)
    return {
        "bill_no": bill_no(invoice),
        "bill_unit_no": bill_unit_no(system, owner, currency),
        "issued_on": issued,
        "due_on": max(due, issued),
        "amount": from_smallest_units(owed, currency),
    }


def bill_no(invoice: Thing) -> str:
    """The number that stands on the invoice."""
    return str(invoice.get("number") or invoice["id"])


def payment(system: str, charge: Thing) -> Row | None:
    """A charge that succeeded; none for others, and for those that our own gateway made."""
    owner = of(charge, "customer")
    if charge.get("status") != "succeeded" or not charge.get("captured", True) or owner is None:
        return None
    if KEY in (charge.get("metadata") or {}):
        return None
    currency = charge["currency"]
    return {
        "payment_no": charge["id"],
        "bill_unit_no": bill_unit_no(system, owner, currency),
        "paid_on": _day(charge["created"]),
        "amount": from_smallest_units(_charged(charge), currency),
        "method": (charge.get("payment_method_details") or {}).get("type"),
        "reverses": None,
    }


def paid_elsewhere(system: str, invoice: Thing) -> Row | None:
    """What was paid of an invoice outside Stripe."""
    owner = of(invoice, "customer")
    units = invoice.get("amount_paid_off_stripe") or 0
    if units == 0 or owner is None:
        return None
    currency = invoice["currency"]
    paid_at = (invoice.get("status_transitions") or {}).get("paid_at") or invoice["created"]
    return {
        "payment_no": f"{invoice['id']}.paid",
        "bill_unit_no": bill_unit_no(system, owner, currency),
        "paid_on": _day(paid_at),
        "amount": from_smallest_units(units, currency),
        "method": "out_of_band",
        "reverses": None,
    }


def returned(
    system: str, thing: Thing, charge: Thing, *, owed_again: bool, undone: bool
) -> list[tuple[str, Row]]:
    """A refund or a dispute of a charge: kinds of load file, and their rows.

    All of the charge: the payment is reversed; a part: it is owed again. A refund that settles
    the matter (not `owed_again`) is credited as well. What came to nothing after all (`undone`: a
    dispute that was won, a refund that failed) is followed by a payment of the same amount.
    """
    paid = payment(system, charge)
    if paid is None:
        return []
    units, currency = thing["amount"], charge["currency"]
    amount, day = from_smallest_units(units, currency), _day(thing["created"])
    number, why = thing["id"], thing.get("reason") or thing.get("object") or "refund"
    unit = paid["bill_unit_no"]
    rows: list[tuple[str, Row]] = []
    if units == _charged(charge):
        reversal = {**paid, "payment_no": number, "paid_on": day, "reverses": charge["id"]}
        rows.append(("payments", reversal))
    else:
        rows.append(("adjustments", _adjustment(number, unit, day, amount, why)))
    if not owed_again:
        credit = _adjustment(f"{number}.credit", unit, day, -amount, why)
        rows.append(("adjustments", credit))
    if undone:
        back = {**paid, "payment_no": f"{number}.back", "paid_on": day, "amount": amount}
        rows.append(("payments", back))
    return rows


def _adjustment(number: str, unit: str, day: str, amount: Decimal, why: str) -> Row:
    return {
        "adjustment_no": number,
        "bill_unit_no": unit,
        "made_on": day,
        "amount": amount,
        "reason": why,
    }


def _charged(charge: Thing) -> int:
    return int(charge.get("amount_captured") or charge["amount"])


def of(thing: Thing, name: str) -> str | None:
    """The id of another thing, which stands there whole or as its id."""
    found = thing.get(name)
    if found is None:
        return None
    return str(found["id"] if isinstance(found, Mapping) else found)


def _day(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).date().isoformat()
