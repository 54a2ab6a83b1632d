"""Reports: sums prepared after each night, and who gets which report when.

What is prepared belongs to brands, never to accounts: a few thousand rows that answer in
milliseconds what a million bill units would answer in seconds. All of it is made anew from the
operational tables (`dunwell.features.reports.preparing`), so it may be emptied at any time.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    Integer,
    Table,
    func,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

from dunwell.tables.base import configuration, date, metadata, money, text


def prepared(name: str, *items: SchemaItem) -> Table:
    """Sums of one brand and currency; read as a whole, so without a key."""
    return Table(
        name, metadata, Column("brand_id", Integer, nullable=False), text("currency"), *items
    )


def _number(name: str, **options: bool) -> Column[int]:
    return Column(name, Integer, **{"nullable": False, **options})  # type: ignore[arg-type]


report_preparation = Table(
    "report_preparation",
    metadata,
    # there is one row: up to which night the sums go
    Column("id", Integer, primary_key=True, autoincrement=False, server_default=sql("1")),
    date("business_date"),
    _number("run_id"),
    Column("prepared_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("seconds", Double, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

report_movement = prepared(
    "report_movement",
    # what was issued adds; what was applied to it takes away, from its own date on
    text("item_kind"),
    text("credit_kind", nullable=True),
    date("issued_on"),
    date("due_on"),
    date("effective_on"),
    money("amount"),
)

report_case = prepared(
    "report_case",
    _number("scenario_id"),
    _number("policy_version_id"),
    date("entered_on"),
    date("closed_on", nullable=True),
    text("close_reason", nullable=True),
    Column("cases", BigInteger, nullable=False),
    money("entry_overdue_amount"),
)

report_standing = prepared(
    "report_standing",
    _number("scenario_id"),
    _number("agent_id", nullable=True),
    text("bill_unit_status"),
    Column("cases", BigInteger, nullable=False),
    money("overdue_amount"),
    # all that is open of the debt class, due or not
    money("total_amount"),
)

report_recovery = prepared(
    "report_recovery",
    _number("scenario_id"),
    _number("policy_version_id"),
    _number("agent_id", nullable=True),
    # the agency that had the case then
    _number("agency_id", nullable=True),
    date("entered_on"),
    date("posted_on"),
    text("kind"),
    money("amount"),
)

report_letter = prepared(
    "report_letter",
    text("template"),
    text("channel", nullable=True),
    text("status"),
    date("made_on"),
    Column("letters", BigInteger, nullable=False),
    # of those, after how many something was paid within the days that count, and how much
    Column("answered", BigInteger, nullable=False),
    money("paid_amount"),
)

report_promise = prepared(
    "report_promise",
    text("status"),
    date("made_on"),
    Column("promises", BigInteger, nullable=False),
    money("promised_amount"),
    # completed instalments, or all of a promise that was kept
    money("paid_amount"),
)

report_forecast = prepared(
    "report_forecast",
    _number("scenario_id"),
    _number("action_definition_id"),
    text("status"),
    date("due_on"),
    Column("actions", BigInteger, nullable=False),
    # what is overdue of their cases
    money("overdue_amount"),
)

report_schedule = configuration(
    "report_schedule",
    text("name", unique=True),
    # ids of the brands that it is about; null is all
    Column("brands", JSONB),
    text("report"),
    # the brand and the currency that it is restricted to, and how many days or months it covers
    Column("parameters", JSONB, nullable=False, server_default=sql("'{}'")),
    text("format"),
    # after which nights: every one, those of a weekday (1 is Monday), those of a day of the month
    text("frequency"),
    _number("on_day", nullable=True),
    Column("recipients", JSONB, nullable=False),
    # whose rights it is made with, on the day that it is sent
    Column("person_id", Integer),
    text("made_by"),
    text("status", server_default="active"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    date("sent_for", nullable=True),
    Column("sent_at", DateTime(timezone=True)),
    Column("attempts", Integer, nullable=False, server_default=sql("0")),
    Column("next_attempt_at", DateTime(timezone=True)),
    text("message", nullable=True),
    CheckConstraint("format in ('csv', 'xlsx', 'parquet', 'pdf')", name="format"),
    CheckConstraint("frequency in ('night', 'week', 'month')", name="frequency"),
    CheckConstraint(
        "case frequency when 'week' then on_day between 1 and 7"
        " when 'month' then on_day between 1 and 31 else on_day is null end",
        name="on_day",
    ),
    CheckConstraint("status in ('active', 'paused')", name="status"),
)
