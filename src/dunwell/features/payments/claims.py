"""Claims: a charge is fixed, key and amount, in the transaction that claims its attempt; then
`collecting` asks the gateway for it.
"""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dunwell.features.access.actor import Operation
from dunwell.features.payments import rules
from dunwell.features.payments.gateways.base import Charge, Method
from dunwell.features.payments.recording import COLLECTING


@dataclass(frozen=True, slots=True)
class Claim:
    """A charge that is fixed and may be asked for."""

    account_id: int
    attempt_id: int
    gateway: str
    charge: Charge
    reference: str | None = None
    only_find: bool = False
    """The gateway is only asked what it knows, because the answer will come by itself or because
    the key is too old to be charged with once more."""
    was_charging: bool = False


def facts(row: dict[str, Any], *, has_gateway: bool) -> rules.Facts:
    """What the rules ask about an attempt."""
    return rules.Facts(
        case_is_open=row["case_is_open"],
        asked=row["amount"],
        owed=row["owed"],
        has_method=row["payment_method_id"] is not None,
        expires_on=row["expires_on"],
        has_gateway=has_gateway,
        kind=row["kind"],
        still_wanted=row["still_wanted"],
        put_off_until=row["put_off_until"],
    )


def start(
    operation: Operation,
    row: dict[str, Any],
    gateway: str,
    amount: Decimal,
    *,
    status: str = "charging",
) -> Claim:
    """Fix the charge: from here on it is this key and this amount."""
    key = uuid.uuid4().hex
    given = {
        "account_id": row["account_id"],
        "id": row["id"],
        "status": status,
        "key": key,
        "amount": amount,
        "payment_method_id": row["payment_method_id"],
        "gateway": gateway,
    }
    COLLECTING["start"].run(operation.connection, given)
    return Claim(row["account_id"], row["id"], gateway, _charge(row, key, amount))


def again(row: dict[str, Any], *, only_find: bool) -> Claim:
    """The charge as it was fixed before."""
    charge = _charge(row, row["idempotency_key"], row["charged_amount"])
    return Claim(
        row["account_id"],
        row["id"],
        row["gateway"],
        charge,
        row["gateway_reference"],
        only_find,
        was_charging=row["status"] == "charging",
    )


def _charge(row: dict[str, Any], key: str, amount: Decimal) -> Charge:
    method = Method(
        kind=row["kind"],
        token=row["token"],
        customer=row["customer"],
        holder=row["holder"] or row["customer_name"],
        expires_on=row["expires_on"],
        mandate_reference=row["mandate_reference"],
        mandate_signed_on=row["mandate_signed_on"],
    )
    return Charge(key, amount, row["currency"], method, row["bill_unit_no"])
