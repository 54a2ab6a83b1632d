"""Brands, and who writes their letters."""

from typing import Annotated

from pydantic import Field

from dunwell.features.policy.criteria import Form
from dunwell.features.policy.forms.calendars import DEFAULT_CALENDAR
from dunwell.features.policy.values import (
    Bic,
    EmailAddress,
    Iban,
    LocaleName,
    Name,
    TimeZone,
    Words,
)


class Sender(Form):
    """Who writes a brand's letters, and where its customers pay."""

    name: Words = Field(default="", description="The company's name; the brand's name if empty.")
    address: list[Words] = Field(
        default_factory=list, max_length=6, description="Its address, line by line."
    )
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        default=None,
        description="ISO 3166 code; letters to other countries name the country they go to.",
    )
    phone: Words = Field(default="", description="Where customers call.")
    email: EmailAddress | None = Field(default=None, description="Where customers write to.")
    website: Words = Field(default="", description="Its site.")
    bank: Words = Field(default="", description="Name of the bank that customers pay to.")
    account_holder: Words = Field(
        default="", description="Whose account it is; the company's name if empty."
    )
    iban: Iban | None = Field(
        default=None,
        description="Its IBAN. Letters in euros then carry a code that banking apps scan.",
    )
    bic: Bic | None = Field(default=None, description="Its BIC, if the bank asks for it.")
    payment_details: Words = Field(
        default="", description="Where to pay to without an IBAN, such as routing and account no."
    )
    creditor_identifier: Words = Field(
        default="", description="The company's identifier for SEPA direct debits."
    )
    legal: Words = Field(
        default="", description="What the law wants at the foot: register, directors, tax number."
    )


class Brand(Form):
    """A brand: configuration and customers that are kept apart from those of other brands."""

    name: Name = Field(description="The name by which everything else refers to it; unique.")
    locale: LocaleName = Field(
        default="en_US", description="Language and country for its customers without their own."
    )
    time_zone: TimeZone = Field(default="UTC", description="Where its day begins.")
    calendar: Name = Field(default=DEFAULT_CALENDAR, description="The calendar of its actions.")
    sender: Sender = Field(
        default_factory=Sender, description="Who writes its letters, and where customers pay."
    )
