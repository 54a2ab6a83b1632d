"""TMF666, accounts: a customer is a party account, each of its bill units a billing account, whose
`paymentStatus` is `inArrears`, `due` or `paid`.

Creating and changing them is loading a row: the loader's checks, its order of versions
(`lastModified`) and its rejects.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.in_step import take
from dunwell.api.pages import After, cursor, key_of
from dunwell.api.tmf.shapes import (
    Entity,
    Fields,
    Given,
    GivenMoney,
    GivenReference,
    Money,
    Part,
    Period,
    Reference,
    Resource,
    described,
    first,
    href,
    one,
)
from dunwell.api.values import Line, PathNumber, Text
from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables import outside, owing, queries

API = "accountManagement"

router = APIRouter(prefix=f"/{API}/v4", tags=["TMF666 accounts"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Integrator = Annotated[Caller, may(Permission.LOAD_RECEIVABLES, everywhere=True)]


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


class ExternalIdentifier(BaseModel):
    """What another system calls it."""

    model_config = ConfigDict(extra="ignore")

    owner: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    id: Line


class GivenCharacteristic(Given):
    """An address of some kind."""

    email_address: Line | None = None
    phone_number: Line | None = None
    street1: Line | None = None
    city: Line | None = None
    post_code: Line | None = None
    country: Line | None = None


class GivenMedium(Given):
    """How somebody is reached."""

    characteristic: GivenCharacteristic | None = None


class GivenContact(Given):
    """Whom one talks to."""

    contact_medium: Annotated[list[GivenMedium], Field(max_length=20, default_factory=list)]


class Changes(Given):
    """What may be said of an account later."""

    name: Line | None = None
    state: Line | None = None
    account_type: Line | None = None
    last_modified: Annotated[
        dt.datetime | None,
        Field(description="When it was so; with an external identifier, what is older is ignored."),
    ] = None
    external_identifier: Annotated[
        list[ExternalIdentifier], Field(max_length=1, default_factory=list)
    ]


class PartyAccountChanges(Changes):
    """What may be said of a customer later."""

    contact: Annotated[list[GivenContact], Field(max_length=5, default_factory=list)]


class NewPartyAccount(PartyAccountChanges):
    """A customer; TMF666 wants a name and a related party, which is the customer itself here."""

    name: Line
    related_party: Annotated[list[GivenReference], Field(min_length=1, max_length=20)]


class GivenBalance(Given):
    """Only its currency is looked at: what is owed comes from bills and payments."""

    amount: GivenMoney


class NewBillingAccount(Changes):
    """A bill unit of the first related party, in the currency of the credit limit or balance."""

    name: Line
    related_party: Annotated[list[GivenReference], Field(min_length=1, max_length=20)]
    credit_limit: GivenMoney | None = None
    account_balance: Annotated[list[GivenBalance], Field(max_length=20, default_factory=list)]
    description: Text | None = None


@router.get("/billingAccount", **described(BillingAccount))
def list_billing_accounts(
    caller: Viewer,
    part: Part,
    after: After = None,
    state: Annotated[Line | None, Query()] = None,
    party: Annotated[Line | None, Query(alias="relatedParty.id")] = None,
) -> Response:
    """Bill units by number; farther on by the address in `Link`."""
    (number,) = key_of(after, str, first=[""])
    with caller.look() as operation:
        found = queries.bill_units(
            operation, after=number, limit=part.needed, status=state, account_no=party
        )
        shown = _billing_accounts(operation, found)
    return part.answer(shown, following=lambda each: cursor([each.id]))


@router.get("/billingAccount/{id}", response_model=BillingAccount)
def show_billing_account(id: PathNumber, caller: Viewer, fields: Fields = None) -> Response:  # noqa: A002 - TMF's name
    """One bill unit."""
    with caller.look() as operation:
        return one(_billing_account(operation, id), fields)


@router.get("/partyAccount", **described(PartyAccount))
def list_party_accounts(
    caller: Viewer,
    part: Part,
    after: After = None,
    state: Annotated[Line | None, Query()] = None,
) -> Response:
    """Customers by number; farther on by the address in `Link`."""
    (number,) = key_of(after, str, first=[""])
    with caller.look() as operation:
        found = queries.accounts(operation, after=number, limit=part.needed, status=state)
        shown = [_party_account(each, ()) for each in found]
    return part.answer(shown, following=lambda each: cursor([each.id]))


@router.get("/partyAccount/{id}", response_model=PartyAccount)
def show_party_account(id: PathNumber, caller: Viewer, fields: Fields = None) -> Response:  # noqa: A002 - TMF's name
    """One customer, with the balances of all their bill units."""
    with caller.look() as operation:
        return one(_one_party_account(operation, id), fields)


@router.post("/partyAccount", status_code=201, response_model=PartyAccount)
def create_party_account(
    given: NewPartyAccount, caller: Integrator, _key: IdempotencyKey = None
) -> Response:
    """Create a customer, or update the one of that external identifier."""
    row = {"account_no": None, **_party_row(given)}
    return _put(caller, "accounts", row, given)


@router.patch("/partyAccount/{id}", response_model=PartyAccount)
def change_party_account(id: PathNumber, given: PartyAccountChanges, caller: Integrator) -> Any:  # noqa: A002
    """Change what is said of a customer; what isn't named stays."""
    with caller.look() as operation:
        known = queries.account(operation, id)
    row = {"account_no": id, "name": known["name"], **_party_row(given)}
    _taken(caller, "accounts", _named(row, given))
    with caller.look() as operation:
        return one(_one_party_account(operation, id))


@router.post("/billingAccount", status_code=201, response_model=BillingAccount)
def create_billing_account(
    given: NewBillingAccount, caller: Integrator, _key: IdempotencyKey = None
) -> Response:
    """Create a bill unit, or update the one of that external identifier."""
    money = given.credit_limit or first(each.amount for each in given.account_balance)
    if money is None:
        raise BadInput("Name the currency, as the unit of creditLimit or of an accountBalance.")
    row = {
        "bill_unit_no": None,
        "account_no": given.related_party[0].id,
        "currency": money.unit,
        **_unit_row(given),
    }
    return _put(caller, "bill_units", row, given)


@router.patch("/billingAccount/{id}", response_model=BillingAccount)
def change_billing_account(id: PathNumber, given: Changes, caller: Integrator) -> Any:  # noqa: A002
    """Change what is said of a bill unit; what isn't named stays."""
    with caller.look() as operation:
        known = queries.bill_unit(operation, id)
    row = {
        "bill_unit_no": id,
        "account_no": known["account_no"],
        "currency": known["currency"],
        **_unit_row(given),
    }
    _taken(caller, "bill_units", _named(row, given))
    with caller.look() as operation:
        return one(_billing_account(operation, id))


def _put(caller: Caller, kind: str, row: dict[str, Any], given: Changes) -> Response:
    number = "account_no" if kind == "accounts" else "bill_unit_no"
    named = _named(row, given)
    if not given.external_identifier:
        named[number] = f"tmf-{_number(caller, kind, given)}"
    else:
        del named[number]

    def verb(operation: Operation) -> PartyAccount | BillingAccount:
        _taken(caller, kind, named)
        found = named.get(number)
        if found is None:
            known = outside.find(operation, named["system"], kind, named["outside_id"])
            found = getattr(known, number)
        if kind == "accounts":
            return _one_party_account(operation, found)
        return _billing_account(operation, found)

    return caller.once(verb, given, location=lambda made: made.href, walled=False)


def _number(caller: Caller, kind: str, given: Changes) -> str:
    """Who sends the same again with its key gets the same number, also after a crash: the row is
    loaded in a transaction of its own.
    """
    key = caller.request.headers.get(repeats.HEADER)
    if key is None:
        return uuid4().hex
    said = json.dumps([caller.actor.name, key, kind, given.model_dump_json()])
    return uuid5(NAMESPACE_URL, said).hex


def _taken(caller: Caller, kind: str, row: dict[str, Any]) -> None:
    """Load the row. Raises BadInput with what is wrong with it."""
    report = take(caller, kind, row)
    if not report.applied:
        reasons = "; ".join(
            f"{each.column} {each.value!r} {each.reason}" for each in report.rejects
        )
        raise BadInput(f"Nothing was applied: {reasons}.")


def _named(row: dict[str, Any], given: Changes) -> dict[str, Any]:
    """The row with the system's identifier and the version of what it says."""
    (system,) = given.external_identifier or (None,)
    if system is None:
        return row
    named = {**row, "system": system.owner, "outside_id": system.id}
    moment = given.last_modified
    if moment is not None:
        # a time without a zone is UTC
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        named["version"] = aware.isoformat()
    return named


def _party_row(given: PartyAccountChanges) -> dict[str, Any]:
    row = {"name": given.name, "status": given.state, "account_type": given.account_type}
    for medium in (each for contact in given.contact for each in contact.contact_medium):
        said = medium.characteristic
        if said is not None:
            row |= {
                "email": said.email_address or row.get("email"),
                "phone": said.phone_number or row.get("phone"),
                "address": said.street1 or row.get("address"),
                "city": said.city or row.get("city"),
                "postal_code": said.post_code or row.get("postal_code"),
                "country": said.country or row.get("country"),
            }
    return {name: value for name, value in row.items() if value is not None}


def _unit_row(given: Changes) -> dict[str, Any]:
    row = {"status": given.state, "attr.name": given.name, "attr.account_type": given.account_type}
    return {name: value for name, value in row.items() if value is not None}


def _billing_account(operation: Operation, number: str) -> BillingAccount:
    return _billing_accounts(operation, [queries.bill_unit(operation, number)])[0]


def _billing_accounts(
    operation: Operation, units: Sequence[Mapping[str, Any]]
) -> list[BillingAccount]:
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
            related_party=[_party(unit["account_no"])],
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
    currency, now = unit["currency"], Period(start_date_time=_moment(operation.date))
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


def _one_party_account(operation: Operation, number: str) -> PartyAccount:
    found = queries.account(operation, number)
    return _party_account(found, _billing_accounts(operation, found["bill_units"]))


def _party_account(row: Mapping[str, Any], units: Sequence[BillingAccount]) -> PartyAccount:
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


def _moment(day: dt.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
