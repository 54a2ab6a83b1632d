"""The kinds of load file: the one place that says what a file may hold.

What a row does once it is good stands in the kind's `load_….sql`; the reference page
(docs/reference/load-files.md) is written by `kinds_reference`.
"""

import re

from dunwell.domain.errors import BadFile
from dunwell.features.receivables.columns import (
    OUTSIDE,
    OUTSIDE_ID,
    SYSTEM,
    VERSION,
    Column,
    Kind,
    must,
)

ENDINGS = (".csv", ".csv.gz", ".parquet", ".jsonl")

_OF_ACCOUNT = (
    must("account_no", "reference", "The customer's number.", "outside_id", "account_outside_id"),
    *OUTSIDE,
)

_REACHED = (
    Column("email", "text", "E-mail address."),
    Column("phone", "text", "Telephone number."),
)
_LIVES = (
    Column("address", "text", "Street and house number."),
    Column("city", "text", "Town."),
    Column("postal_code", "text", "Postal code."),
    Column("country", "text", "Country, best as an ISO 3166 code."),
)
_LOCALE = Column("locale", "text", "Language and country of letters, such as de_DE.")

ACCOUNTS = Kind(
    "accounts",
    "Customers.",
    ("account_no",),
    (
        must("account_no", "number", "The customer's number.", "outside_id"),
        must("name", "text", "The customer's name.", "outside_id"),
        Column("brand", "text", "A brand of the policy; the default brand if empty."),
        Column("company", "text", "The company's name."),
        *_REACHED,
        *_LIVES,
        _LOCALE,
        Column("status", "text", "Status in your billing system; `active` if empty."),
        Column("account_type", "text", "Free word that profiles and criteria can use."),
        Column("customer_class", "text", "Free word that profiles and criteria can use."),
        Column("jurisdiction", "text", "Free word that profiles and criteria can use."),
        Column("credit_score", "integer", "Whole number that criteria can use."),
        Column("life_support", "flag", "Somebody in the household depends on the supply."),
        Column("sensitive_load", "flag", "The customer runs what an outage would harm."),
        SYSTEM,
        OUTSIDE_ID,
        VERSION,
    ),
    attributes=True,
    outside=True,
)

KINDS = (
    ACCOUNTS,
    Kind(
        "contact_details",
        "How known customers are reached, where a system keeps that by itself.",
        ("account_no",),
        (
            *_OF_ACCOUNT,
            *_REACHED,
            _LOCALE,
        ),
        part_of=ACCOUNTS,
        outside=True,
    ),
    Kind(
        "addresses",
        "Where known customers live, where a system keeps that by itself.",
        ("account_no",),
        (
            *_OF_ACCOUNT,
            *_LIVES,
        ),
        part_of=ACCOUNTS,
        outside=True,
    ),
    Kind(
        "bill_units",
        "Billing relationships of the customers; each is chased on its own.",
        ("bill_unit_no",),
        (
            must("bill_unit_no", "number", "The bill unit's number.", "outside_id"),
            must(
                "account_no",
                "reference",
                "The customer that it belongs to, for good.",
                "outside_id",
                "account_outside_id",
            ),
            must(
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
            must("service_agreement_no", "number", "The agreement's number."),
            must("bill_unit_no", "reference", "The bill unit that is billed, for good."),
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
            must("bill_no", "number", "The bill's number."),
            must("bill_unit_no", "reference", "The bill unit that owes it, for good."),
            must("issued_on", "date", "The day of the bill."),
            must("due_on", "date", "The last day on which it is paid in time."),
            must("amount", "amount", "The bill's total, zero or more."),
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
            must("payment_no", "number", "The payment's number."),
            must("bill_unit_no", "reference", "The bill unit that paid."),
            must("paid_on", "date", "The day from which it counts."),
            must("amount", "amount", "What was paid; a reversal repeats it, with or without -."),
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
            must("adjustment_no", "number", "The adjustment's number."),
            must("bill_unit_no", "reference", "The bill unit that it is for."),
            must("made_on", "date", "The day from which it counts."),
            must("amount", "amount", "Negative: a credit; positive: a further debt."),
            Column("bill_no", "reference", "The bill that it belongs to."),
            Column("reason", "text", "Why it was made."),
        ),
    ),
    Kind(
        "budgets",
        "Levelised payments: the same amount every period, settled at the end.",
        ("budget_no",),
        (
            must("budget_no", "number", "The budget's number."),
            must("bill_unit_no", "reference", "The bill unit that pays so, for good."),
            must("amount", "amount", "What is paid every period."),
            must("started_on", "date", "Since when."),
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
            must("source_currency", "text", "ISO 4217 code of the amount that is converted."),
            must("target_currency", "text", "ISO 4217 code of the result."),
            must("valid_from", "date", "The first day of the rate; until the next one."),
            must("rate", "rate", "How much of the target one unit of the source is."),
        ),
    ),
    Kind(
        "credit_alerts",
        "Credit alerts that another system reports; older news of one are ignored.",
        ("source", "their_id"),
        (
            must("source", "number", "The system, such as bureau; not dunwell."),
            must("their_id", "number", "Its number for the alert."),
            must("bill_unit_no", "reference", "The bill unit that it is about."),
            must("reported_on", "date", "The day of the report."),
            must("reason", "text", "Why."),
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
