"""Capturing a payment: a person has the customer's card or account charged now, as the customer
asks for it. It is an attempt like an action's, so that webhooks and returns go the same way.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from dunwell.domain import handles
from dunwell.domain.errors import BadInput, Conflict, RuleViolation
from dunwell.domain.handles import Handle
from dunwell.domain.money import Currency
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.payments import methods, recording
from dunwell.features.payments.gateways.registry import Gateways
from dunwell.features.payments.recording import COLLECTING
from dunwell.features.receivables.bill_units import own


def ask(
    operation: Operation,
    gateways: Gateways,
    bill_unit_no: str,
    amount: Decimal,
    method_id: int,
    *,
    key: str | None = None,
) -> Handle:
    """Ask for a charge of one of the bill unit's methods; after the commit, `collecting.charge`
    charges it, or else the next collector. `key` is the form's: the same once more is the same
    charge.

    Raises NotFound, BadInput, RuleViolation (`more_than_is_owed`, `expired_card`, `no_gateway`),
    and Conflict for a key that was another charge's.
    """
    operation.actor.require(Permission.TAKE_PAYMENT)
    bill_unit = own(operation, bill_unit_no)
    method = methods.find(operation, bill_unit_no, method_id)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "date": operation.date,
        "amount": amount,
        "wanted_method_id": method_id,
        "key": key,
    }
    currency = Currency(*COLLECTING["currency"].run(operation.connection, given).fetchall()[0])
    # the bill unit's row is locked by now, so of two with one key the second sees the first
    if key and (before := _before(operation, given)):
        return before
    if amount <= 0 or currency.round(amount) != amount:
        raise BadInput(
            f"{amount} can't be charged: give an amount of more than 0, with at most"
            f" {currency.digits} decimals in {currency.code}."
        )
    capturing = COLLECTING["capture"].run(
        operation.connection, {**given, "currency": currency.code}
    )
    ((attempt_id,),) = capturing.fetchall()
    row = recording.read(operation, bill_unit.account_id, attempt_id)
    _check(row, amount, currency, gateways, operation.date)
    handle = Handle(bill_unit.account_id, attempt_id)
    facts = {
        "attempt": str(handle),
        "amount": currency.text(amount),
        "currency": currency.code,
        "payment_method_id": method["id"],
        **({"key": key} if key else {}),
    }
    logged = {
        **given,
        "case_id": None,
        "kind": "payment_captured",
        "actor": operation.actor.name,
        "data": Jsonb(facts),
    }
    COLLECTING["log"].run(operation.connection, logged)
    return handle


def _before(operation: Operation, given: dict[str, Any]) -> Handle | None:
    """What the same form has asked for already. Raises Conflict if it was something else."""
    row = COLLECTING["captured_before"].run(operation.connection, given).fetchone()
    if row is None:
        return None
    charged, is_same = row
    if not is_same:
        raise Conflict(
            "This form has asked for another charge already; look at the payments, then begin anew."
        )
    return handles.parse(charged, "charge")


def _check(
    row: dict[str, Any], amount: Decimal, currency: Currency, gateways: Gateways, today: dt.date
) -> None:
    """Whether so much is owed, and can be charged. Raises RuleViolation."""
    if amount > row["owed"]:
        raise RuleViolation(
            "more_than_is_owed",
            f"{currency.text(max(row['owed'], Decimal(0)))} {currency.code} is open and not on its"
            " way yet; no more can be charged.",
        )
    if row["expires_on"] is not None and row["expires_on"] < today:
        raise RuleViolation(
            "expired_card", f"The card expired on {row['expires_on']}; take another one."
        )
    if gateways.name_for(row["brand"], row["kind"]) is None:
        raise RuleViolation(
            "no_gateway",
            f"No gateway collects {row['kind']}; the setting DUNWELL_GATEWAYS names one.",
        )
