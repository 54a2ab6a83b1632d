"""Payment methods of a bill unit: a card as its gateway's token, or a mandate for direct debits.

A full number never comes to rest: what looks like a card's number is refused, and a mandate's IBAN
is sealed before it is stored. People see the last four digits.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.payments.gateways.sepa import compact, is_iban, is_mandate_reference
from dunwell.features.payments.vault import Vault
from dunwell.features.receivables.bill_units import find as find_bill_unit
from dunwell.features.receivables.bill_units import own

_METHODS = statements.load(__package__, "methods.sql")


@dataclass(frozen=True, slots=True)
class Card:
    """A card that a gateway keeps; `customer` is its number there, if it needs one."""

    token: str
    last_four: str
    brand: str | None = None
    customer: str | None = None
    holder: str | None = None
    expires_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Mandate:
    """A permission to debit an account."""

    iban: str
    reference: str
    signed_on: dt.date
    holder: str | None = None


def add_card(operation: Operation, bill_unit_no: str, card: Card, *, default: bool = True) -> int:
    """Add a card; the one that is there already is left alone. Its number.

    Raises BadInput for what looks like the card's own number.
    """
    operation.actor.require(Permission.REGISTER_CARD)
    for value in (card.token, card.customer, card.holder, card.brand):
        if value and looks_like_card_number(value):
            raise BadInput(
                "That is a card's full number, which must not be stored: give the gateway's token"
                " and the last four digits."
            )
    if not card.token.strip():
        raise BadInput("A card needs the gateway's token.")
    if not re.fullmatch(r"[0-9]{4}", card.last_four):
        raise BadInput("last_four: give the card's last four digits, nothing else.")
    fields = {
        "kind": "card",
        "token": card.token.strip(),
        "customer": card.customer or None,
        "brand": card.brand or None,
        "last_four": card.last_four,
        "holder": card.holder or None,
        "expires_on": card.expires_on,
    }
    return _add(operation, bill_unit_no, fields, default=default)


def add_mandate(
    operation: Operation,
    vault: Vault,
    bill_unit_no: str,
    mandate: Mandate,
    *,
    default: bool = True,
) -> int:
    """Add a mandate; one with the same reference is left alone. Its number.

    Raises BadInput for a wrong IBAN, reference or date, RuleViolation for a reference in use.
    """
    operation.actor.require(Permission.REGISTER_CARD)
    iban = compact(mandate.iban)
    if not is_iban(iban):
        # the number itself would end in logs
        raise BadInput(
            f"The IBAN that ends in {iban[-4:]!r} has a wrong length or wrong check digits."
        )
    if not is_mandate_reference(mandate.reference):
        raise BadInput(
            f"The mandate reference {mandate.reference!r} must have 1 to 35 characters out of"
            " A-Z a-z 0-9 / - ? : ( ) . , ' + and blanks inside."
        )
    if mandate.signed_on > operation.date:
        raise BadInput(f"The mandate is signed on {mandate.signed_on}, after {operation.date}.")
    fields = {
        "kind": "direct_debit",
        "token": vault.seal(iban.encode()).decode(),
        "last_four": iban[-4:],
        "holder": mandate.holder or None,
        "mandate_reference": mandate.reference,
        "mandate_signed_on": mandate.signed_on,
    }
    return _add(operation, bill_unit_no, fields, default=default)


def _add(operation: Operation, bill_unit_no: str, fields: dict[str, Any], *, default: bool) -> int:
    bill_unit = own(operation, bill_unit_no)
    empty = dict.fromkeys(
        ("customer", "brand", "holder", "expires_on", "mandate_reference", "mandate_signed_on")
    )
    given = {
        **empty,
        **fields,
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "date": operation.date,
        "is_default": default,
    }
    twin = _METHODS["find_twin"].run(operation.connection, given).fetchone()
    if twin is not None:
        return int(twin[0])
    if taken := _METHODS["mandate_is_taken"].run(operation.connection, given).fetchone():
        raise RuleViolation(
            "mandate_reference_unique",
            f"The mandate reference {fields['mandate_reference']!r} belongs to the bill unit"
            f" {taken[0]!r}; a mandate has a reference of its own.",
        )
    if default:
        _METHODS["no_default"].run(operation.connection, given)
    row = _METHODS["add"].run(operation.connection, given).fetchone()
    assert row is not None
    _log(operation, given, "payment_method_added")
    return int(row[0])


def remove(operation: Operation, bill_unit_no: str, number: int) -> None:
    """Remove a method; its token or sealed IBAN is forgotten. Raises NotFound, RuleViolation."""
    operation.actor.require(Permission.UPDATE_PAYMENT)
    bill_unit = own(operation, bill_unit_no)
    known = find(operation, bill_unit_no, number)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "date": operation.date,
        "id": number,
    }
    if not _METHODS["remove"].run(operation.connection, given).rowcount:
        raise RuleViolation(
            "payment_method_in_use",
            f"Payment method {number} is being charged; remove it when the answer is there.",
        )
    _log(operation, {**given, **known}, "payment_method_removed")


MASKED = ("holder", "mandate_reference", "mandate_signed_on")
"""What only those see who may see payment details unmasked."""


def listed(operation: Operation, bill_unit_no: str) -> list[dict[str, Any]]:
    """The bill unit's methods as the actor may see them, the default one first."""
    operation.actor.require(Permission.VIEW)
    bill_unit = find_bill_unit(operation, bill_unit_no)
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_METHODS["list"].render(), given).fetchall()
    if Permission.UNMASK_PAYMENT not in operation.actor.permissions:
        for row in rows:
            row.update(dict.fromkeys(MASKED))
    return rows


def find(operation: Operation, bill_unit_no: str, number: int) -> dict[str, Any]:
    """One method of a bill unit. Raises NotFound."""
    for method in listed(operation, bill_unit_no):
        if method["id"] == number:
            return method
    raise NotFound(f"The bill unit {bill_unit_no!r} has no payment method {number}.")


def _log(operation: Operation, given: dict[str, Any], kind: str) -> None:
    data = {"kind": given["kind"], "last_four": given["last_four"], "brand": given["brand"]}
    _METHODS["log"].run(
        operation.connection,
        {
            "date": operation.date,
            "account_id": given["account_id"],
            "bill_unit_id": given["bill_unit_id"],
            "kind": kind,
            "actor": operation.actor.name,
            "data": Jsonb({name: value for name, value in data.items() if value is not None}),
        },
    )


def looks_like_card_number(text: str) -> bool:
    """Whether there are 12 to 19 digits in a row whose check digit is right, however separated."""
    for run in re.findall(r"(?:\d[ -]?){12,19}", text):
        digits = [int(sign) for sign in run if sign.isdigit()]
        doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]  # noqa: PLR2004 - Luhn
        if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0:
            return True
    return False
