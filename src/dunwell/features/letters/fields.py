"""What a template can use: every field of a letter with its meaning, for people who write one.

`view` makes them from what the night kept; the reference page is made from these models
(`python -m dunwell.features.letters.fields FILE`), and a test holds the two together.
"""

import sys
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, Field


class Account(BaseModel):
    """The customer. What isn't known is empty."""

    account_no: str = Field(description="The customer's number.")
    name: str = Field(description="The customer's name.")
    company: str = Field(description="The company's name.")
    salutation_name: str = Field(description="How to address the letter: the name.")
    address_lines: list[str] = Field(
        description="The lines for the window of the envelope: company, name, street, town,"
        " country (if it isn't the sender's)."
    )
    address: str = Field(description="Street and house number.")
    city: str = Field(description="Town.")
    postal_code: str = Field(description="Postal code.")
    country: str = Field(description="Country, as it was loaded.")
    email: str = Field(description="E-mail address.")
    phone: str = Field(description="Telephone number.")
    locale: str = Field(description="Language and country: of the account, else of the brand.")


class BillUnit(BaseModel):
    """What is billed and chased together."""

    bill_unit_no: str = Field(description="Its number.")
    pay_type: str = Field(description="How it pays: `invoice`, `card`, `direct_debit`, …")


class Row(BaseModel):
    """One line of what is owed: an overdue bill or a fee."""

    kind: str = Field(
        description="`bill`, `correction`, `adjustment`, `late_fee` or `finance_charge`."
    )
    number: str = Field(description="The bill's number; empty for a fee.")
    issued_on: str = Field(description="Its date, `2026-02-28`; empty for a fee.")
    issued_on_text: str = Field(description="The same, as people write it.")
    due_on: str = Field(description="The last day to pay it in time.")
    due_on_text: str = Field(description="The same, as people write it.")
    days_overdue: int = Field(description="Days since then; 0 for a fee of the same day.")
    open_amount: str = Field(description="What is still owed of it, `12.50`.")
    open_amount_text: str = Field(description="The same with its currency, `€12.50`.")


class NextAction(BaseModel):
    """What happens next in the case."""

    action: str = Field(description="The action's name in the policy.")
    due_on: str = Field(description="When it is due.")
    due_on_text: str = Field(description="The same, as people write it.")


class SenderFields(BaseModel):
    """The brand's `sender` in the policy file. What isn't given there is empty or none."""

    name: str = Field(description="The company's name, else the brand's.")
    address: list[str] = Field(description="Its address, line by line.")
    country: str | None = Field(description="ISO 3166 code of its country.")
    phone: str = Field(description="Telephone.")
    email: str | None = Field(description="E-mail address.")
    website: str = Field(description="Its site.")
    bank: str = Field(description="Name of its bank.")
    account_holder: str = Field(description="Whose account it is.")
    iban: str | None = Field(description="IBAN without spaces.")
    iban_text: str = Field(description="IBAN in groups of four; empty if there is none.")
    bic: str | None = Field(description="BIC.")
    payment_details: str = Field(description="Where to pay to without an IBAN.")
    creditor_identifier: str = Field(description="Identifier for SEPA direct debits.")
    legal: str = Field(description="What the law wants at the foot.")


class ReceiptFields(BaseModel):
    """What only the template `receipt` is given, beside the fields above."""

    receipt_no: str = Field(description="Its number.")
    payment_no: str = Field(description="The payment's number.")
    bill_no: str = Field(description="The bill that it pays; empty if none was named.")
    paid_on: str = Field(description="When it was paid, `2026-02-28`.")
    paid_on_text: str = Field(description="The same, as people write it.")
    amount: str = Field(description="What was paid, `88.20`.")
    amount_text: str = Field(description="The same with its currency.")
    method: str = Field(description="How it was paid: `cash`, `check`, …")
    reference: str = Field(description="A cheque's number or the like; empty if there is none.")
    payer: str = Field(description="Who paid, if not the customer; else empty.")
    cashier: str = Field(description="Who took it.")


class Letter(BaseModel):
    """Fields of letters, invoice reminders and e-mail bodies.

    A plug-in's fields (hooks `prepare_dunning_data`, `prepare_invoice_reminder`) stand beside these
    under their own names.
    """

    business_date: str = Field(description="The letter's date, `2026-02-28`.")
    business_date_text: str = Field(description="The same, as people write it.")
    oldest_due_on: str = Field(description="When the oldest of the rows was due.")
    oldest_due_on_text: str = Field(description="The same, as people write it.")
    overdue_date: str = Field(
        description="The case's overdue date, as the policy's setting of that name defines it."
    )
    overdue_date_text: str = Field(description="The same, as people write it.")
    overdue_amount: str = Field(description="What was overdue that night, `137.20`.")
    overdue_amount_text: str = Field(description="The same with its currency.")
    total_amount: str = Field(description="What to pay: the overdue amount and that night's fees.")
    total_amount_text: str = Field(description="The same with its currency.")
    difference_text: str = Field(
        description="What the rows don't add up to: disputed parts, or debt of a group's members;"
        " empty if nothing."
    )
    difference_is_credit: bool = Field(description="Whether that makes the total smaller.")
    currency: str = Field(description="ISO 4217 code.")
    pay_by: str = Field(description="Until when to pay (the policy's `days_to_pay`).")
    pay_by_text: str = Field(description="The same, as people write it.")
    reference: str = Field(description="What the customer quotes: the bill unit's number.")
    payment_code: str = Field(
        description="An SVG with the payment's details for banking apps (EPC QR code); empty unless"
        " the amount is in euros and the sender has an IBAN."
    )
    brand: str = Field(description="The brand's name.")
    scenario: str = Field(description="The scenario's name.")
    locale: str = Field(description="The template's locale, `de_DE`: how amounts and dates read.")
    language: str = Field(description="Its language, `de`.")
    territory: str = Field(description="Its country, `DE`.")
    account: Account = Field(description="The customer; see below.")
    bill_unit: BillUnit = Field(description="What is billed; see below.")
    rows: list[Row] = Field(description="Overdue bills, then fees; see below.")
    bills: list[dict[str, Any]] = Field(
        description="The overdue bills alone, as the night kept"
        " them: `bill_no`, `kind`, `issued_on`, `due_on`, `amount`, `open_amount`, `days_overdue`."
    )
    fees: list[dict[str, Any]] = Field(
        description="The fees alone: `kind`, `due_on`, `open_amount`."
    )
    next_action: NextAction | None = Field(description="What comes next; none if nothing does.")
    sender: SenderFields = Field(description="Who writes; see below.")
    receipt: ReceiptFields | None = Field(
        default=None, description="The payment, in the template `receipt` only; see below."
    )


_HEAD = """\
# Template fields

*Written from `dunwell.features.letters.fields` by `make docs`.*

What the templates of letters, invoice reminders and e-mail bodies can use
([how to write one](../how-to/write-templates.md)). The values are those of the night that made the
letter. A field that doesn't exist is an error, which names the template and the line and puts that
letter alone aside.

| engine | how a field is written |
| --- | --- |
| `typst` | `#data.account.name`, after `#import "/layout.typ": *` or `#let data = json(bytes(sys.inputs.data))` |
| `jinja2` | `{{ account.name }}` |
| `xslt` | `<xsl:value-of select="/letter/account/name"/>`; a list holds elements named `item` |
"""  # noqa: E501 - a table's row is one line

PARTS: tuple[type[BaseModel], ...] = (
    *(Letter, Account, BillUnit, Row, NextAction, SenderFields, ReceiptFields),
)


def render() -> str:
    """The page as Markdown."""
    names = ("", "account", "bill_unit", "rows", "next_action", "sender", "receipt")
    return "\n".join(
        [_HEAD, *(_section(name, part) for name, part in zip(names, PARTS, strict=True))]
    )


def _section(name: str, part: type[BaseModel]) -> str:
    lines = [
        f"| `{field}` | {_kind(info.annotation)} | {info.description} |"
        for field, info in part.model_fields.items()
    ]
    title = f"## `{name}`\n\n" if name else ""
    text = " ".join((part.__doc__ or "").split())
    table = "\n".join(lines)
    return f"{title}{text}\n\n| field | value | meaning |\n| --- | --- | --- |\n{table}\n"


def _kind(form: Any) -> str:
    kinds = {str: "text", int: "whole number", bool: "true or false", type(None): "none"}
    if form in kinds:
        return kinds[form]
    inner = [_kind(each) for each in get_args(form) if each is not Any]
    match getattr(form, "__name__", ""):
        case "list":
            return f"list of {inner[0]}s"
        case _ if isinstance(form, type) and issubclass(form, dict | BaseModel):
            return "table"
        case "dict":
            return "table"
    return " or ".join(inner)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(), encoding="utf-8")
