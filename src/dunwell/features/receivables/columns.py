"""The kinds of load file and their columns: the one place that says what a file may hold.

Reading, staging, checking and the reference page (docs/reference/load-files.md) all follow from
these definitions; what a row does once it is good stands in the kind's `load_….sql`.
`python -m dunwell.features.receivables.columns FILE` writes the page.
"""

import difflib
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dunwell.domain.errors import BadFile

ATTRIBUTE = "attr."
"""How the name of a free attribute's column begins."""

Type = Literal[
    "number",
    "reference",
    "text",
    "date",
    "amount",
    "rate",
    "integer",
    "delivery",
    "flag",
    "version",
]

ENDINGS = (".csv", ".csv.gz", ".parquet", ".jsonl")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a load file; `meaning` is what the reference page says."""

    name: str
    type: Type
    meaning: str
    required: bool = False
    instead: tuple[str, ...] = ()
    """With one of these columns, a required one may be absent."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: the name tells it, `key` makes a row unique within the file."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    attributes: bool = False
    part_of: str | None = None
    """The kind of which this is a part: its statements check and merge the rows."""
    outside: bool = False
    """Whether other systems may name a row by their own identifier (`load_outside.sql`)."""

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that a file of this kind must have."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def merged_as(self) -> str:
        """The kind whose statements the rows go through."""
        return self.part_of or self.name

    @property
    def staged(self) -> tuple[Column, ...]:
        """The columns that the statements read, given or not."""
        found = {column.name: column for column in self.columns}
        if self.part_of:
            found |= {column.name: column for column in named(self.part_of).columns} | found
        if self.outside:
            found = {**{column.name: column for column in OUTSIDE}, **found}
        return tuple(found.values())

    def names_outside(self, header: Sequence[str]) -> bool:
        """Whether a file with this header names what it is about as another system does."""
        return self.outside and not {"outside_id", "account_outside_id"}.isdisjoint(header)


def _must(name: str, kind: Type, meaning: str, *instead: str) -> Column:
    return Column(name, kind, meaning, required=True, instead=instead)


_SYSTEM = Column("system", "number", "The other system whose identifiers the row has, such as crm.")
_OUTSIDE_ID = Column("outside_id", "number", "What that system calls it.")
_VERSION = Column(
    "version",
    "version",
    "The system's version of what the row says, or when it was so there; older than what was"
    " taken already, the row is ignored.",
)
_ACCOUNT_OUTSIDE_ID = Column(
    "account_outside_id", "number", "What the system calls the customer; instead of `account_no`."
)
OUTSIDE = (_SYSTEM, _OUTSIDE_ID, _VERSION, _ACCOUNT_OUTSIDE_ID)
"""How other systems name a row and keep its versions in order."""

_OF_ACCOUNT = (
    _must("account_no", "reference", "The customer's number.", "outside_id", "account_outside_id"),
    *OUTSIDE,
)

KINDS = (
    Kind(
        "accounts",
        "Customers.",
        ("account_no",),
        (
            _must("account_no", "number", "The customer's number.", "outside_id"),
            _must("name", "text", "The customer's name.", "outside_id"),
            Column("brand", "text", "A brand of the policy; the default brand if empty."),
            Column("company", "text", "The company's name."),
            Column("email", "text", "E-mail address."),
            Column("phone", "text", "Telephone number."),
            Column("address", "text", "Street and house number."),
            Column("city", "text", "Town."),
            Column("postal_code", "text", "Postal code."),
            Column("country", "text", "Country, best as an ISO 3166 code."),
            Column("locale", "text", "Language and country of letters, such as de_DE."),
            Column("status", "text", "Status in your billing system; `active` if empty."),
            Column("account_type", "text", "Free word that profiles and criteria can use."),
            Column("customer_class", "text", "Free word that profiles and criteria can use."),
            Column("jurisdiction", "text", "Free word that profiles and criteria can use."),
            Column("credit_score", "integer", "Whole number that criteria can use."),
            Column("life_support", "flag", "Somebody in the household depends on the supply."),
            Column("sensitive_load", "flag", "The customer runs what an outage would harm."),
            _SYSTEM,
            _OUTSIDE_ID,
            _VERSION,
        ),
        attributes=True,
        outside=True,
    ),
    Kind(
        "contact_details",
        "How known customers are reached, where a system keeps that by itself.",
        ("account_no",),
        (
            *_OF_ACCOUNT,
            Column("email", "text", "E-mail address."),
            Column("phone", "text", "Telephone number."),
            Column("locale", "text", "Language and country of letters, such as de_DE."),
        ),
        part_of="accounts",
        outside=True,
    ),
    Kind(
        "addresses",
        "Where known customers live, where a system keeps that by itself.",
        ("account_no",),
        (
            *_OF_ACCOUNT,
            Column("address", "text", "Street and house number."),
            Column("city", "text", "Town."),
            Column("postal_code", "text", "Postal code."),
            Column("country", "text", "Country, best as an ISO 3166 code."),
        ),
        part_of="accounts",
        outside=True,
    ),
    Kind(
        "bill_units",
        "Billing relationships of the customers; each is chased on its own.",
        ("bill_unit_no",),
        (
            _must("bill_unit_no", "number", "The bill unit's number.", "outside_id"),
            _must(
                "account_no",
                "reference",
                "The customer that it belongs to, for good.",
                "outside_id",
                "account_outside_id",
            ),
            _must(
                "currency",
                "text",
                "ISO 4217 code; fixed once something is owed or paid.",
                "outside_id",
            ),
            Column("pay_type", "text", "`invoice` (if empty), `card`, `direct_debit`, `cash`, …"),
            Column("delivery", "delivery", "How bills and letters go out: `email` or `postal`."),
            Column("status", "text", "Status in your billing system; `active` if empty."),
            *OUTSIDE,
        ),
        attributes=True,
        outside=True,
    ),
    Kind(
        "service_agreements",
        "Services supplied to customers, each billed on one bill unit.",
        ("service_agreement_no",),
        (
            _must("service_agreement_no", "number", "The agreement's number."),
            _must("bill_unit_no", "reference", "The bill unit that is billed, for good."),
            Column("type", "text", "What is supplied, such as `electricity`; `standard` if empty."),
            Column(
                "status",
                "text",
                "`pending_start`, `active` (if empty), `stopped` or `closed`.",
            ),
            Column("debt_class", "text", "The debt class of its bills that name none."),
            Column("started_on", "date", "The first day of the supply."),
            Column("stopped_on", "date", "The day on which the supply ended."),
            Column("premise_no", "text", "Where it is supplied: your number of the premise."),
            Column("premise_address", "text", "The premise's address."),
            Column("life_support", "flag", "Somebody at the premise depends on the supply."),
            Column("sensitive_load", "flag", "Something at the premise would be harmed by a cut."),
            Column("master_meter", "flag", "Its meter supplies other customers too."),
            Column(
                "third_party_supplier",
                "text",
                "The company whose service this is, if you only bill for it.",
            ),
        ),
    ),
    Kind(
        "bills",
        "Invoices, each with its total; a corrective bill states the new total.",
        ("bill_no",),
        (
            _must("bill_no", "number", "The bill's number."),
            _must("bill_unit_no", "reference", "The bill unit that owes it, for good."),
            _must("issued_on", "date", "The day of the bill."),
            _must("due_on", "date", "The last day on which it is paid in time."),
            _must("amount", "amount", "The bill's total, zero or more."),
            Column(
                "debt_class",
                "text",
                "A debt class of the policy; that of the service agreement, or `standard`, if"
                " empty.",
            ),
            Column("service_agreement_no", "number", "The service that it is for."),
            Column("corrects", "reference", "The bill that this corrective bill replaces."),
            Column("disputed_amount", "amount", "What the customer contests; empty or 0 if none."),
            Column("disputed_on", "date", "The first day of the dispute."),
            Column("dispute_resolved_on", "date", "The first day on which it is over."),
        ),
    ),
    Kind(
        "payments",
        "Money received, and payments that bounced.",
        ("payment_no",),
        (
            _must("payment_no", "number", "The payment's number."),
            _must("bill_unit_no", "reference", "The bill unit that paid."),
            _must("paid_on", "date", "The day from which it counts."),
            _must("amount", "amount", "What was paid; a reversal repeats it, with or without -."),
            Column("bill_no", "reference", "The bill to be paid first; the oldest if empty."),
            Column("method", "text", "How it was paid."),
            Column("reverses", "reference", "The payment that bounced."),
        ),
    ),
    Kind(
        "adjustments",
        "Single corrections of what is owed.",
        ("adjustment_no",),
        (
            _must("adjustment_no", "number", "The adjustment's number."),
            _must("bill_unit_no", "reference", "The bill unit that it is for."),
            _must("made_on", "date", "The day from which it counts."),
            _must("amount", "amount", "Negative: a credit; positive: a further debt."),
            Column("bill_no", "reference", "The bill that it belongs to."),
            Column("reason", "text", "Why it was made."),
        ),
    ),
    Kind(
        "budgets",
        "Levelised payments: the same amount every period, settled at the end.",
        ("budget_no",),
        (
            _must("budget_no", "number", "The budget's number."),
            _must("bill_unit_no", "reference", "The bill unit that pays so, for good."),
            _must("amount", "amount", "What is paid every period."),
            _must("started_on", "date", "Since when."),
            Column(
                "difference",
                "amount",
                "What was used less what was paid; negative if the customer is ahead. 0 if empty.",
            ),
            Column("status", "text", "`active` (if empty), `cancelled` or `ended`."),
            Column("ended_on", "date", "The day on which it ended."),
            Column(
                "adjustment_type",
                "text",
                "The type of the adjustment that settles it; `budget_settlement` if empty.",
            ),
        ),
    ),
    Kind(
        "exchange_rates",
        "Dated rates, for fees that are defined in another currency.",
        ("source_currency", "target_currency", "valid_from"),
        (
            _must("source_currency", "text", "ISO 4217 code of the amount that is converted."),
            _must("target_currency", "text", "ISO 4217 code of the result."),
            _must("valid_from", "date", "The first day of the rate; until the next one."),
            _must("rate", "rate", "How much of the target one unit of the source is."),
        ),
    ),
    Kind(
        "credit_alerts",
        "Credit alerts that another system reports; older news of one are ignored.",
        ("source", "their_id"),
        (
            _must("source", "number", "The system, such as bureau; not dunwell."),
            _must("their_id", "number", "Its number for the alert."),
            _must("bill_unit_no", "reference", "The bill unit that it is about."),
            _must("reported_on", "date", "The day of the report."),
            _must("reason", "text", "Why."),
            Column("amount", "amount", "What is owed, in the bill unit's currency."),
            Column("oldest_due_on", "date", "Since when the oldest of it is due."),
        ),
    ),
)
"""In the order in which files are loaded: what a row names comes before the row."""


def named(name: str) -> Kind:
    """The kind of that name. Raises BadFile."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise BadFile(f"There is no kind {name!r}; there are {', '.join(k.name for k in KINDS)}.")


def kind_of(file_name: str) -> Kind:
    """The kind that the file's name tells: `bills.csv`, `bills_2026-01.csv.gz`, `bills.parquet`."""
    for kind in KINDS:
        if re.fullmatch(rf"{kind.name}([._ -].*)?\.(csv|csv\.gz|parquet|jsonl)", file_name):
            return kind
    names = ", ".join(kind.name for kind in KINDS)
    raise BadFile(
        f"{file_name}: the name doesn't tell what it holds; begin it with one of {names}"
        f" and end it with {', '.join(ENDINGS)}, as in bills_2026-01.csv."
    )


def check_header(kind: Kind, names: Sequence[str], file: str) -> None:
    """Refuse a header with unknown, doubled or missing columns; all of them in one message."""
    known = [column.name for column in kind.columns]
    problems = [
        f"column {name!r} stands {count} times"
        for name, count in Counter(names).items()
        if count > 1
    ]
    for name in dict.fromkeys(names):
        if name in known or (kind.attributes and re.fullmatch(r"attr\..+", name)):
            continue
        near = difflib.get_close_matches(name, known, n=1)
        problems.append(f"column {name!r} is unknown" + (f" ({near[0]!r}?)" if near else ""))
    problems += [
        f"column {column.name!r} is missing"
        for column in kind.columns
        if column.required and {column.name, *column.instead}.isdisjoint(names)
    ]
    if problems:
        also = f", {ATTRIBUTE}NAME" if kind.attributes else ""
        raise BadFile(
            f"{file}: {'; '.join(problems)}. A {kind.name} file is separated by commas and may"
            f" have the columns {', '.join(known)}{also}."
        )


_TYPES: dict[Type, str] = {
    "number": "text, at most 800 bytes",
    "reference": "text",
    "text": "text",
    "date": "date, `2026-02-28`",
    "amount": "amount, `12.50`",
    "rate": "number, `1.0842`",
    "integer": "whole number",
    "delivery": "`email` or `postal`",
    "flag": "`true` or `false` (if empty)",
    "version": "whole number, or time `2026-02-28T12:00:00Z`",
}


_INTRODUCTION = """\
# Load files

*Written from `dunwell.features.receivables.columns` by `make docs`.*

`dunwell load` takes one file for each kind of data: CSV (UTF-8, commas, a header), gzipped CSV,
Parquet, or JSON lines (one flat object a line, all with the same names; what the API takes too).
The name tells the kind: `bills.csv`, `bills_2026-01.csv.gz`, `bills.parquet`, `bills.jsonl`.
Files are loaded in the order of this page, whatever the order given. Columns may stand in any
order; those marked ● are required, those marked ○ unless another system's identifier
(`outside_id`, `account_outside_id`) tells what the row is about. An optional column that is
absent leaves values as they are; an empty cell clears the value or sets its default.

Amounts have a decimal point, no thousands separators, and no more decimals than their currency; in
Parquet they are decimals, whole numbers or text, never floating-point.
"""


def _mark(column: Column) -> str:
    if not column.required:
        return ""
    return "○" if column.instead else "●"


def reference() -> str:
    """The reference page of the load files, as Markdown."""
    lines = _INTRODUCTION.splitlines()
    for kind in KINDS:
        lines += ["", f"## {kind.name}", "", f"{kind.meaning} Unique: `{', '.join(kind.key)}`.", ""]
        lines += ["| column | | type | meaning |", "| --- | --- | --- | --- |"]
        lines += [
            f"| `{column.name}` | {_mark(column)} | {_TYPES[column.type]} | {column.meaning} |"
            for column in kind.columns
        ]
        if kind.attributes:
            lines.append(
                f"| `{ATTRIBUTE}NAME` | | text | An attribute of your own, called NAME;"
                " an empty cell removes it. |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
