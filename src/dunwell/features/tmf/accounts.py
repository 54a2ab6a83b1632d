"""TMF666: how customers and bill units look as party accounts and billing accounts."""

from collections.abc import Mapping, Sequence
from typing import Any

from dunwell.features.access.actor import Operation
from dunwell.features.receivables import owing, queries
from dunwell.features.tmf.shapes import (
    Entity,
    Money,
    Period,
    Reference,
    Resource,
    first,
    href,
    moment,
)

API = "accountManagement"


class AccountBalance(Resource):
    """What is `open`, `overdue` (by debt class) or `unapplied` credit."""

    balance_type: str
    amount: Money
    valid_for: Period


class MediumCharacteristic(Resource):
    """An address of some kind."""

    email_address: str | None = None
    phone_number: str | None = None
    street1: str | None = None
    city: str | None = None
    post_code: str | None = None
    country: str | None = None


class ContactMedium(Resource):
    """How somebody is reached."""

    medium_type: str
    characteristic: MediumCharacteristic


class Contact(Resource):
    """Whom one talks to about the account."""

    contact_type: str
    contact_name: str
    valid_for: Period
    contact_medium: list[ContactMedium]


class BillingAccount(Entity):
    """A bill unit."""

    name: str | None = None
    state: str | None = None
    payment_status: str | None = None
    related_party: list[Reference] | None = None
    account_balance: list[AccountBalance] | None = None
    account_type: str | None = None


class PartyAccount(Entity):
    """A customer."""

    name: str | None = None
    state: str | None = None
    payment_status: str | None = None
    account_type: str | None = None
    related_party: list[Reference] | None = None
    contact: list[Contact] | None = None
    account_balance: list[AccountBalance] | None = None


def billing_account(operation: Operation, number: str) -> BillingAccount:
    """One bill unit."""
    return billing_accounts(operation, [queries.bill_unit(operation, number)])[0]


def billing_accounts(
    operation: Operation, units: Sequence[Mapping[str, Any]]
) -> list[BillingAccount]:
    """Bill units, what they owe asked for all at once."""
    owed = owing.owing(operation, [unit["bill_unit_no"] for unit in units])
    return [
        BillingAccount(
            id=unit["bill_unit_no"],
            href=href(API, "billingAccount", unit["bill_unit_no"]),
            type="BillingAccount",
            name=unit["attributes"].get("name") or unit["bill_unit_no"],
            state=unit["status"],
            account_type=unit["attributes"].get("account_type"),
            payment_status=_status(unit, owed[unit["bill_unit_no"]]),
            related_party=[_party(unit["account_no"], unit["account_name"])],
            account_balance=_balances(operation, unit, owed[unit["bill_unit_no"]]),
        )
        for unit in units
    ]


def _status(unit: Mapping[str, Any], owed: owing.Owing) -> str:
    if unit["in_collections"] or unit["balances"]:
        return "inArrears"
    return "due" if owed.open_amount > owed.unapplied else "paid"


def _balances(
    operation: Operation, unit: Mapping[str, Any], owed: owing.Owing
) -> list[AccountBalance]:
    currency, now = unit["currency"], Period(start_date_time=moment(operation.date))
    balances = [
        AccountBalance(
            balance_type="open", amount=Money.of(owed.open_amount, currency), valid_for=now
        ),
        AccountBalance(
            balance_type="unapplied", amount=Money.of(owed.unapplied, currency), valid_for=now
        ),
    ]
    for each in unit["balances"]:
        kind = each["debt_class"]
        balances.append(
            AccountBalance(
                balance_type="overdue" if kind == "standard" else f"overdue {kind}",
                amount=Money.of(each["overdue"]["amount"], currency),
                valid_for=now,
            )
        )
    return balances


def one_party_account(operation: Operation, number: str) -> PartyAccount:
    """A customer, with the balances of all their bill units."""
    found = queries.account(operation, number)
    return party_account(found, billing_accounts(operation, found["bill_units"]))


def party_account(row: Mapping[str, Any], units: Sequence[BillingAccount]) -> PartyAccount:
    """A customer with these bill units."""
    standings = [unit.payment_status for unit in units]
    worst = first(each for each in ("inArrears", "due", "paid") if each in standings)
    return PartyAccount(
        id=row["account_no"],
        href=href(API, "partyAccount", row["account_no"]),
        type="PartyAccount",
        name=row["name"],
        state=row["status"],
        account_type=row["account_type"],
        payment_status=worst,
        related_party=[_party(row["account_no"], row["name"])],
        contact=_contact(row),
        account_balance=[each for unit in units for each in unit.account_balance or ()] or None,
    )


def _party(number: str, name: str | None = None) -> Reference:
    return Reference(
        id=number,
        href=href(API, "partyAccount", number),
        name=name,
        role="customer",
        type="RelatedParty",
        referred_type="Customer",
    )


def _contact(row: Mapping[str, Any]) -> list[Contact]:
    media = [
        ContactMedium(medium_type=kind, characteristic=said)
        for kind, said in (
            ("email", MediumCharacteristic(email_address=row["email"])),
            ("phone", MediumCharacteristic(phone_number=row["phone"])),
            (
                "postalAddress",
                MediumCharacteristic(
                    street1=row["address"],
                    city=row["city"],
                    post_code=row["postal_code"],
                    country=row["country"],
                ),
            ),
        )
        if said.model_dump(exclude_none=True)
    ]
    named = row["company"] or row["name"]
    return [
        Contact(
            contact_type="primary", contact_name=named, valid_for=Period(), contact_medium=media
        )
    ]
