"""TMF666: what somebody sends about customers and bill units, and the row to load made of it."""

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from dunwell.api.tmf.shapes import Given, GivenMoney, GivenReference
from dunwell.api.values import Line, Text


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


def named(row: dict[str, Any], given: Changes) -> dict[str, Any]:
    """The row with the system's identifier and the version of what it says."""
    (system,) = given.external_identifier or (None,)
    if system is None:
        return row
    known = {**row, "system": system.owner, "outside_id": system.id}
    moment = given.last_modified
    if moment is not None:
        # a time without a zone is UTC
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        known["version"] = aware.isoformat()
    return known


def party_row(given: PartyAccountChanges) -> dict[str, Any]:
    """The row that says of a customer what was sent."""
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


def unit_row(given: Changes) -> dict[str, Any]:
    """The row that says of a bill unit what was sent."""
    row = {"status": given.state, "attr.name": given.name, "attr.account_type": given.account_type}
    return {name: value for name, value in row.items() if value is not None}
