"""Configuration: what the policy file says, as rows the night can join.

Scenarios and action definitions never change once a case may use them: a changed one gets a
successor and the old row a `retired_version`. So an open case keeps the steps, fees and exit
amount that it entered under (DESIGN section 9, ruling 13) without a copy of its own.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.dialects.postgresql import JSONB

from dunwell.tables.base import configuration, date, metadata, money, text

currency = Table(
    "currency",
    metadata,
    Column("code", Text, primary_key=True),
    Column("digits", SmallInteger, nullable=False),
)

calendar = configuration(
    "calendar",
    text("name", unique=True),
    text("country", nullable=True),
    text("subdivision", nullable=True),
    # ISO weekday numbers that are never worked: {6,7}; empty for a calendar where every day counts
    Column("weekend", JSONB, nullable=False, server_default=sql("'[]'")),
    # own days: {"2026-12-24": {"working": false, "name": "Christmas Eve"}}
    Column("own_days", JSONB, nullable=False, server_default=sql("'{}'")),
)

working_day = Table(
    "working_day",
    metadata,
    Column("calendar_id", ForeignKey("calendar.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    # how many working days lie between the calendar's first day and this one, both included
    Column("no", Integer, nullable=False),
    date("next_working"),
    Index(
        "ix_working_day_no",
        "calendar_id",
        "no",
        unique=True,
        postgresql_where=sql("day = next_working"),
    ),
)

brand = configuration(
    "brand",
    text("name", unique=True),
    text("locale"),
    text("time_zone"),
    Column("calendar_id", ForeignKey("calendar.id"), nullable=False),
    Column("is_default", Boolean, nullable=False, server_default=sql("false")),
    # who writes its letters: name, address, bank account
    Column("sender", JSONB, nullable=False, server_default=sql("'{}'")),
)

debt_class = configuration(
    "debt_class",
    text("name", unique=True),
    text("description", server_default=""),
    # cases list their service agreements, which leave one by one at their own threshold
    Column("by_agreement", Boolean, nullable=False, server_default=sql("false")),
    # by currency: {"USD": "5"}
    Column("agreement_threshold", JSONB, nullable=False, server_default=sql("'{}'")),
    # where written-off debt moves to
    Column("write_off", Boolean, nullable=False, server_default=sql("false")),
)

profile = configuration(
    "profile",
    Column("brand_id", ForeignKey("brand.id"), nullable=False),
    text("name"),
    text("currency"),
    text("description", server_default=""),
    # rules are asked in this order; the default profile of a currency comes last
    Column("position", Integer, nullable=False, server_default=sql("0")),
    Column("rule", JSONB),
    Column("is_default", Boolean, nullable=False, server_default=sql("false")),
    Column("retired_version", Integer),
    Index(
        "uq_profile_name",
        "brand_id",
        "name",
        unique=True,
        postgresql_where=sql("retired_version is null"),
    ),
    Index(
        "uq_profile_default",
        "brand_id",
        "currency",
        unique=True,
        postgresql_where=sql("is_default and retired_version is null"),
    ),
)

action_definition = configuration(
    "action_definition",
    # none: one of the predefined actions, which exist in every brand
    Column("brand_id", ForeignKey("brand.id")),
    text("name"),
    text("type"),
    text("description", server_default=""),
    text("target", server_default="self"),
    # what the type needs: fee amounts, a template's name, a custom action's own values
    Column("parameters", JSONB, nullable=False, server_default=sql("'{}'")),
    Column("created_version", Integer),
    Column("retired_version", Integer),
    Index(
        "uq_action_definition_name",
        "brand_id",
        "name",
        unique=True,
        postgresql_where=sql("retired_version is null"),
        postgresql_nulls_not_distinct=True,
    ),
)

scenario = configuration(
    "scenario",
    Column("brand_id", ForeignKey("brand.id"), nullable=False),
    Column("profile_id", ForeignKey("profile.id"), nullable=False),
    Column("debt_class_id", ForeignKey("debt_class.id"), nullable=False),
    text("name"),
    text("description", server_default=""),
    money("entry_amount"),
    Column("entry_days", Integer, nullable=False),
    money("exit_amount"),
    Column("severity", Integer, nullable=False, server_default=sql("1")),
    text("day_unit", server_default="calendar"),
    text("when_finished", server_default="stay"),
    Column("criteria", JSONB),
    # the scenario that it challenges in an experiment; nobody enters it on their own merits
    text("challenges", nullable=True),
    # the place in the order of choice, 1 is asked first (entry amount, entry days, severity, name)
    Column("rank", Integer, nullable=False, server_default=sql("0")),
    Column("created_version", Integer, nullable=False),
    Column("retired_version", Integer),
    CheckConstraint("day_unit in ('calendar', 'working')", name="day_unit"),
    CheckConstraint("when_finished in ('stay', 'close')", name="when_finished"),
    Index(
        "uq_scenario_name",
        "brand_id",
        "name",
        unique=True,
        postgresql_where=sql("retired_version is null"),
    ),
)

scenario_step = configuration(
    "scenario_step",
    Column("scenario_id", ForeignKey("scenario.id", ondelete="CASCADE"), nullable=False),
    Column("step", SmallInteger, nullable=False),
    Column("action_definition_id", ForeignKey("action_definition.id"), nullable=False),
    Column("offset_days", Integer, nullable=False),
    Column("mandatory", Boolean, nullable=False),
    UniqueConstraint("scenario_id", "step"),
    CheckConstraint("offset_days >= 1", name="offset_days"),
)

experiment = configuration(
    "experiment",
    Column("brand_id", ForeignKey("brand.id"), nullable=False),
    text("name"),
    text("champion"),
    # each with its scenario and its share in percent
    Column("challengers", JSONB, nullable=False),
    date("starts_on", nullable=True),
    # the last day on which entries are shared out
    date("ends_on"),
    Column("days", Integer, nullable=False),
    # what an action costs once it is done: {"letter": "1.10"}
    Column("costs", JSONB, nullable=False),
    Column("retired_version", Integer),
    UniqueConstraint("brand_id", "name"),
)

aging_bucket = Table(
    "aging_bucket",
    metadata,
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("up_to_days", Integer, nullable=False, unique=True),
)

reason_code = configuration(
    "reason_code",
    Column("brand_id", ForeignKey("brand.id")),
    text("category"),
    text("code"),
    # label by locale: {"en_US": "Customer asked for time"}
    Column("labels", JSONB, nullable=False),
    UniqueConstraint("brand_id", "category", "code", postgresql_nulls_not_distinct=True),
)

criterion = configuration(
    "criterion",
    text("name", unique=True),
    text("type"),
    # where its value comes from: account.status, bill_unit.pay_type, account.attr.NAME, …
    text("source"),
    # the values an enum may take, name to value
    Column("values", JSONB, nullable=False, server_default=sql("'{}'")),
)

agency = configuration(
    "agency",
    Column("brand_id", ForeignKey("brand.id"), nullable=False),
    text("name"),
    text("email", nullable=True),
    Column("retired_version", Integer),
    UniqueConstraint("brand_id", "name"),
)

agent = configuration(
    "agent",
    text("name", unique=True),
    text("role", server_default="agent"),
    # the name of the manager who oversees this agent
    text("supervisor", nullable=True),
    CheckConstraint("role in ('agent', 'manager')", name="role"),
)

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", JSONB, nullable=False),
)

exchange_rate = configuration(
    "exchange_rate",
    text("source_currency"),
    text("target_currency"),
    date("valid_from"),
    Column("rate", Numeric(24, 12), nullable=False),
    # `policy` rates are replaced with the policy, `loaded` ones by the next file
    text("origin"),
    UniqueConstraint("source_currency", "target_currency", "valid_from", "origin"),
    CheckConstraint("rate > 0", name="rate"),
)

policy_version = configuration(
    "policy_version",
    Column("applied_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    text("applied_by"),
    text("note", server_default=""),
    # the whole policy as the canonical JSON document that `policy export` prints as TOML
    Column("document", JSONB, nullable=False),
    text("fingerprint"),
)

policy_draft = configuration(
    "policy_draft",
    # who edits it; each person has one draft
    text("author", unique=True),
    # the version that was in force when it began, or when it was last carried over
    Column("based_on", ForeignKey("policy_version.id"), nullable=False),
    # the whole policy, readable but perhaps not yet right
    Column("document", JSONB, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # one more with each change, so that two windows don't overwrite each other
    Column("version", Integer, nullable=False, server_default=sql("1")),
)
