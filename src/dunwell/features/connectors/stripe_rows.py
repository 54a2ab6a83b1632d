"""Stripe's customers, invoices and charges (with their refunds and disputes) as rows of load files;
pure.

A customer is an account, with a bill unit for each currency. What Stripe counts in smallest units
becomes an amount, in currencies without decimals too; its seconds become a day of the shop's zone.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dunwell.features.payments.gateways.stripe import KEY, from_smallest_units

Row = dict[str, Any]
Thing = Mapping[str, Any]

OPEN_OR_CLOSED = frozenset({"open", "paid", "uncollectible", "void"})
"""What a finalised invoice may be; a draft isn't owed yet."""

TAKEN = frozenset({"succeeded", "pending", "needs_response", "under_review", "lost"})
"""Refunds and disputes that have taken money back; a dispute's is gone until it is won."""
UNDONE = frozenset({"failed", "canceled", "won"})
"""Those that came to nothing after all."""


@dataclass(frozen=True, slots=True)
class Shop:
    """One Stripe account, as its rows name it."""

    system: str
    zone: ZoneInfo
    refunds_owed: bool
    """Whether what was refunded is owed again; else it is credited."""


def account(shop: Shop, customer: Thing, version: str) -> Row:
    """A customer as Stripe knows it."""
    address = customer.get("address") or {}
    return {
        "system": shop.system,
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


def known_account(shop: Shop, customer: Thing, version: str, number: str) -> Row:
    """A customer whom another system keeps, under our own number: only what Stripe calls them."""
    return {
        "system": shop.system,
        "outside_id": customer["id"],
        "version": version,
        "account_no": number,
    }


def bill_unit(shop: Shop, owner: str, currency: str, version: str) -> Row:
    """The bill unit of a customer in a currency."""
    return {
        "system": shop.system,
        "outside_id": _unit(owner, currency),
        "version": version,
        "account_outside_id": owner,
        "currency": currency.upper(),
    }


def bill_unit_no(shop: Shop, owner: str, currency: str) -> str:
    """What the loader calls it."""
    return f"{shop.system}:{_unit(owner, currency)}"


def _unit(owner: str, currency: str) -> str:
    return f"{owner}.{currency.lower()}"


def bill(shop: Shop, invoice: Thing) -> Row | None:
    """A finalised invoice, with what was due before any payment; none for a draft."""
    owner = of(invoice, "customer")
    if invoice.get("status") not in OPEN_OR_CLOSED or owner is None:
        return None
    currency = invoice["currency"]
    finalized = (invoice.get("status_transitions") or {}).get("finalized_at")
    issued = _day(shop, finalized or invoice["created"])
    due = _day(shop, invoice["due_date"]) if invoice.get("due_date") else issued
    # what credit notes took off before any payment isn't in it any more
    owed = 0 if invoice["status"] == "void" else max(invoice["amount_due"], 0)
    return {
        "bill_no": bill_no(invoice),
        "bill_unit_no": bill_unit_no(shop, owner, currency),
        "issued_on": issued,
        "due_on": max(due, issued),
        "amount": from_smallest_units(owed, currency),
    }


def bill_no(invoice: Thing) -> str:
    """The number that stands on the invoice."""
    return str(invoice.get("number") or invoice["id"])


def payment(shop: Shop, charge: Thing, named: str | None = None) -> Row | None:
    """A charge that succeeded, and the bill that it pays; none for others, and for those that our
    own gateway made.
    """
    owner = of(charge, "customer")
    if charge.get("status") != "succeeded" or not charge.get("captured", True) or owner is None:
        return None
    if KEY in (charge.get("metadata") or {}):
        return None
    currency = charge["currency"]
    return {
        "payment_no": charge["id"],
        "bill_unit_no": bill_unit_no(shop, owner, currency),
        "paid_on": _day(shop, charge["created"]),
        "amount": from_smallest_units(_charged(charge), currency),
        "bill_no": named,
        "method": (charge.get("payment_method_details") or {}).get("type"),
        "reverses": None,
    }


def paid_elsewhere(shop: Shop, invoice: Thing) -> Row | None:
    """What was paid of an invoice outside Stripe."""
    owner = of(invoice, "customer")
    units = invoice.get("amount_paid_off_stripe") or 0
    if units == 0 or owner is None:
        return None
    currency = invoice["currency"]
    paid_at = (invoice.get("status_transitions") or {}).get("paid_at") or invoice["created"]
    return {
        "payment_no": f"{invoice['id']}.paid",
        "bill_unit_no": bill_unit_no(shop, owner, currency),
        "paid_on": _day(shop, paid_at),
        "amount": from_smallest_units(units, currency),
        "bill_no": bill_no(invoice),
        "method": "out_of_band",
        "reverses": None,
    }


def returned(
    shop: Shop, paid: Row, charge: Thing, things: Iterable[Thing]
) -> list[tuple[str, Row]]:
    """All refunds and disputes of a charge, which is the payment `paid`: kinds of load file, and
    their rows.

    The first that takes everything back reverses the payment; any other is owed again, by its own
    number, and all together never more than the charge. A refund that settles the matter (not
    `refunds_owed`) is credited as well. What came to nothing after all is followed by a payment of
    the same amount, which a later one may reverse.
    """
    whole = left = _charged(charge)
    stands: Row | None = paid
    rows: list[tuple[str, Row]] = []
    for thing in sorted(things, key=_taken_at):
        undone = thing.get("status") in UNDONE
        if not undone and thing.get("status") not in TAKEN:
            continue
        number, units = str(thing["id"]), min(int(thing["amount"]), left)
        amount, day = from_smallest_units(units, charge["currency"]), _day(shop, thing["created"])
        again = thing.get("object") == "dispute" or shop.refunds_owed
        reversed_ = stands if thing["amount"] == whole else None
        # which payment stands next mustn't depend on how far this one has come
        back = {**paid, "payment_no": f"{number}.back", "paid_on": day, "amount": amount}
        stands = back if again and thing["amount"] == whole else None
        if units == 0 or (undone and not again):
            continue
        if reversed_:
            bounced = {"payment_no": number, "paid_on": day, "reverses": reversed_["payment_no"]}
            rows.append(("payments", {**reversed_, **bounced, "bill_no": None}))
        else:
            rows.append(("adjustments", _adjustment(number, paid, day, amount, thing)))
        if not again:
            rows.append(("adjustments", _adjustment(f"{number}.credit", paid, day, -amount, thing)))
        if undone:
            rows.append(("payments", back))
        else:
            left -= units
    return rows


def _taken_at(thing: Thing) -> tuple[int, str]:
    """When the money went: a dispute may be older than that."""
    moves = thing.get("balance_transactions") or ()
    moments = [each["created"] for each in moves if isinstance(each, Mapping)]
    return min(moments, default=thing["created"]), str(thing["id"])


def _adjustment(number: str, paid: Row, day: str, amount: Decimal, thing: Thing) -> Row:
    return {
        "adjustment_no": number,
        "bill_unit_no": paid["bill_unit_no"],
        "made_on": day,
        "amount": amount,
        "bill_no": paid["bill_no"],
        "reason": thing.get("reason") or thing.get("object") or "refund",
    }


def _charged(charge: Thing) -> int:
    return int(charge.get("amount_captured") or charge["amount"])


def of(thing: Thing, name: str) -> str | None:
    """The id of another thing, which stands there whole or as its id."""
    found = thing.get(name)
    if found is None:
        return None
    return str(found["id"] if isinstance(found, Mapping) else found)


def _day(shop: Shop, seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, shop.zone).date().isoformat()
