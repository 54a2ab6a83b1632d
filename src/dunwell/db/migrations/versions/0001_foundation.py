"""The foundation: configuration, receivables, cases and the running of nights."""

from importlib.resources import files

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "action",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("action_definition_id", sa.Integer(), nullable=False),
        sa.Column("offset_days", sa.Integer(), nullable=False),
        sa.Column("interval_days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("task_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status in ('pending', 'waiting', 'completed', 'cancelled', 'error')",
            name=op.f("ck_action_status"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_action")),
    )
    op.create_index("ix_action_case", "action", ["account_id", "case_id"], unique=False)
    op.create_index(
        "ix_action_due",
        "action",
        ["due_on", "account_id"],
        unique=False,
        postgresql_where=sa.text("status = 'pending' and task_on is null"),
    )
    op.create_table(
        "agency_referral",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="ready", nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_agency_referral")),
    )
    op.create_index(
        "uq_agency_referral_action",
        "agency_referral",
        ["account_id", "action_id", "bill_unit_id"],
        unique=True,
    )
    op.create_table(
        "agent",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default="agent", nullable=False),
        sa.CheckConstraint("role in ('agent', 'manager')", name=op.f("ck_agent_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
        sa.UniqueConstraint("name", name=op.f("uq_agent_name")),
    )
    op.create_table(
        "aging_bucket",
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("up_to_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_aging_bucket")),
        sa.UniqueConstraint("up_to_days", name=op.f("uq_aging_bucket_up_to_days")),
    )
    op.create_table(
        "allocation",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("credit_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_allocation")),
    )
    op.create_index("ix_allocation_credit", "allocation", ["account_id", "credit_id"], unique=False)
    op.create_index("ix_allocation_item", "allocation", ["account_id", "item_id"], unique=False)
    op.create_table(
        "balance",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("debt_class_id", sa.Integer(), nullable=False),
        sa.Column("earliest_due_on", sa.Date(), nullable=False),
        sa.Column("latest_due_on", sa.Date(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("overdue_amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_balance")),
    )
    op.create_index(
        "uq_balance",
        "balance",
        ["account_id", "bill_unit_id", "debt_class_id"],
        unique=True,
        postgresql_include=["id", "overdue_amount", "earliest_due_on", "latest_due_on"],
    )
    op.create_table(
        "calendar",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column(
            "weekend",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "own_days",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
        sa.UniqueConstraint("name", name=op.f("uq_calendar_name")),
    )
    op.create_table(
        "charge",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("calculation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_charge")),
    )
    op.create_index(
        "uq_charge_action", "charge", ["account_id", "action_id", "bill_unit_id"], unique=True
    )
    op.create_table(
        "collection_case",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("debt_class_id", sa.Integer(), nullable=False),
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("policy_version_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("overdue_date", sa.Date(), nullable=False),
        sa.Column("entry_date", sa.Date(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("entry_overdue_amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status in ('open', 'closed')", name=op.f("ck_collection_case_status")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_collection_case")),
    )
    op.create_index(
        "uq_collection_case_open",
        "collection_case",
        ["account_id", "bill_unit_id", "debt_class_id"],
        unique=True,
        postgresql_include=["id", "scenario_id"],
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "credit",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("bill_id", sa.BigInteger(), nullable=True),
        sa.Column("source_bill_id", sa.BigInteger(), nullable=True),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reapply", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("open_amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind in ('payment', 'adjustment', 'correction', 'write_off')",
            name=op.f("ck_credit_kind"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_credit")),
    )
    op.create_index("ix_credit_bill_unit", "credit", ["account_id", "bill_unit_id"], unique=False)
    op.create_index(
        "ix_credit_open",
        "credit",
        ["effective_on", "account_id"],
        unique=False,
        postgresql_where=sa.text("open_amount > 0"),
    )
    op.create_index(
        "ix_credit_released",
        "credit",
        ["account_id", "bill_unit_id"],
        unique=False,
        postgresql_where=sa.text("open_amount < 0 or reapply"),
    )
    op.create_index(
        "uq_credit_number",
        "credit",
        ["kind", "number"],
        unique=True,
        postgresql_where=sa.text("number is not null"),
    )
    op.create_index(
        "uq_credit_reverses",
        "credit",
        ["account_id", "reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id is not null"),
    )
    op.create_index(
        "uq_credit_source_bill",
        "credit",
        ["account_id", "source_bill_id"],
        unique=True,
        postgresql_where=sa.text("source_bill_id is not null"),
    )
    op.create_table(
        "criterion",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "values",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("name", name=op.f("uq_criterion_name")),
    )
    op.create_table(
        "currency",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("digits", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_currency")),
    )
    op.create_table(
        "debt_class",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debt_class")),
        sa.UniqueConstraint("name", name=op.f("uq_debt_class_name")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), server_default="night", nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column(
            "data",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("business_date", "id", name=op.f("pk_event")),
        postgresql_partition_by="RANGE (business_date)",
    )
    op.create_index("ix_event_account", "event", ["account_id", "bill_unit_id"], unique=False)
    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("source_currency", sa.Text(), nullable=False),
        sa.Column("target_currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=24, scale=12), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.CheckConstraint("rate > 0", name=op.f("ck_exchange_rate_rate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
        sa.UniqueConstraint(
            "source_currency",
            "target_currency",
            "valid_from",
            "origin",
            name=op.f("uq_exchange_rate_source_currency_target_currency_valid_from_origin"),
        ),
    )
    op.create_table(
        "item",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("bill_id", sa.BigInteger(), nullable=True),
        sa.Column("source_bill_id", sa.BigInteger(), nullable=True),
        sa.Column("service_agreement_id", sa.BigInteger(), nullable=True),
        sa.Column("debt_class_id", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("open_amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind in ('bill', 'correction', 'adjustment', 'late_fee', 'finance_charge')",
            name=op.f("ck_item_kind"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_item_amount")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_item")),
    )
    op.create_index(
        "ix_item_bill",
        "item",
        ["account_id", "bill_id"],
        unique=False,
        postgresql_where=sa.text("bill_id is not null"),
    )
    op.create_index(
        "ix_item_due",
        "item",
        ["due_on", "account_id"],
        unique=False,
        postgresql_include=["bill_unit_id", "debt_class_id"],
        postgresql_where=sa.text("open_amount > 0"),
    )
    op.create_index(
        "ix_item_open",
        "item",
        ["account_id", "bill_unit_id", "debt_class_id", "due_on"],
        unique=False,
        postgresql_include=["open_amount", "issued_on", "id"],
        postgresql_where=sa.text("open_amount > 0"),
    )
    op.create_index(
        "ix_item_released",
        "item",
        ["account_id", "id"],
        unique=False,
        postgresql_where=sa.text("open_amount < 0"),
    )
    op.create_index(
        "uq_item_number",
        "item",
        ["number"],
        unique=True,
        postgresql_where=sa.text("number is not null"),
    )
    op.create_index(
        "uq_item_source_bill",
        "item",
        ["account_id", "source_bill_id"],
        unique=True,
        postgresql_where=sa.text("source_bill_id is not null"),
    )
    op.create_table(
        "letter",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="ready", nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_letter")),
    )
    op.create_index(
        "uq_letter_action", "letter", ["account_id", "action_id", "bill_unit_id"], unique=True
    )
    op.create_table(
        "payment_attempt",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="ready", nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_payment_attempt")),
    )
    op.create_index(
        "uq_payment_attempt_action",
        "payment_attempt",
        ["account_id", "action_id", "bill_unit_id"],
        unique=True,
    )
    op.create_table(
        "policy_version",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "applied_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("applied_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
    )
    op.create_table(
        "reminder_message",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="ready", nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_reminder_message")),
    )
    op.create_index(
        "uq_reminder_message_action",
        "reminder_message",
        ["account_id", "action_id", "bill_unit_id"],
        unique=True,
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), server_default="running", nullable=False),
        sa.Column("full_night", sa.Boolean(), nullable=False),
        sa.Column("policy_version_id", sa.Integer(), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("slice_width", sa.BigInteger(), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index("ix_run_business_date", "run", ["business_date"], unique=False)
    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "touched",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("examine_from", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_touched")),
    )
    op.create_table(
        "brand",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendar.id"], name=op.f("fk_brand_calendar_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand")),
        sa.UniqueConstraint("name", name=op.f("uq_brand_name")),
    )
    op.create_table(
        "run_slice",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("slice_no", sa.Integer(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("totals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_slice_run_id")),
        sa.PrimaryKeyConstraint("run_id", "slice_no", name=op.f("pk_run_slice")),
    )
    op.create_index("ix_run_slice_last", "run_slice", ["slice_no", "business_date"], unique=False)
    op.create_table(
        "working_day",
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("next_working", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["calendar.id"],
            name=op.f("fk_working_day_calendar_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("calendar_id", "day", name=op.f("pk_working_day")),
    )
    op.create_index(
        "ix_working_day_no",
        "working_day",
        ["calendar_id", "no"],
        unique=True,
        postgresql_where=sa.text("day = next_working"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_no", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("account_type", sa.Text(), nullable=True),
        sa.Column("customer_class", sa.Text(), nullable=True),
        sa.Column("jurisdiction", sa.Text(), nullable=True),
        sa.Column("credit_score", sa.Integer(), nullable=True),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_account_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("account_no", name=op.f("uq_account_account_no")),
    )
    op.create_table(
        "action_definition",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("target", sa.Text(), server_default="self", nullable=False),
        sa.Column(
            "parameters",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("created_version", sa.Integer(), nullable=True),
        sa.Column("retired_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_action_definition_brand_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_definition")),
    )
    op.create_index(
        "uq_action_definition_name",
        "action_definition",
        ["brand_id", "name"],
        unique=True,
        postgresql_where=sa.text("retired_version is null"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("retired_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_agency_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("brand_id", "name", name=op.f("uq_agency_brand_id_name")),
    )
    op.create_table(
        "profile",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("retired_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_profile_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
    )
    op.create_index(
        "uq_profile_default",
        "profile",
        ["brand_id", "currency"],
        unique=True,
        postgresql_where=sa.text("is_default and retired_version is null"),
    )
    op.create_index(
        "uq_profile_name",
        "profile",
        ["brand_id", "name"],
        unique=True,
        postgresql_where=sa.text("retired_version is null"),
    )
    op.create_table(
        "reason_code",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("labels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_reason_code_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_code")),
        sa.UniqueConstraint(
            "brand_id",
            "category",
            "code",
            name=op.f("uq_reason_code_brand_id_category_code"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "bill_unit",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_no", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("pay_type", sa.Text(), server_default="invoice", nullable=False),
        sa.Column("delivery", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_bill_unit_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_bill_unit")),
        sa.UniqueConstraint("bill_unit_no", name=op.f("uq_bill_unit_bill_unit_no")),
    )
    op.create_table(
        "scenario",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("debt_class_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("entry_amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("entry_days", sa.Integer(), nullable=False),
        sa.Column("exit_amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("severity", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("day_unit", sa.Text(), server_default="calendar", nullable=False),
        sa.Column("when_finished", sa.Text(), server_default="stay", nullable=False),
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("rank", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_version", sa.Integer(), nullable=False),
        sa.Column("retired_version", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "day_unit in ('calendar', 'working')", name=op.f("ck_scenario_day_unit")
        ),
        sa.CheckConstraint(
            "when_finished in ('stay', 'close')", name=op.f("ck_scenario_when_finished")
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_scenario_brand_id")),
        sa.ForeignKeyConstraint(
            ["debt_class_id"], ["debt_class.id"], name=op.f("fk_scenario_debt_class_id")
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profile.id"], name=op.f("fk_scenario_profile_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
    )
    op.create_index(
        "uq_scenario_name",
        "scenario",
        ["brand_id", "name"],
        unique=True,
        postgresql_where=sa.text("retired_version is null"),
    )
    op.create_table(
        "bill",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("debt_class_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("bill_no", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "bill_unit_id"],
            ["bill_unit.account_id", "bill_unit.id"],
            name=op.f("fk_bill_account_id_bill_unit_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_bill")),
        sa.UniqueConstraint("bill_no", name=op.f("uq_bill_bill_no")),
    )
    op.create_index(
        "ix_bill_correction",
        "bill",
        ["account_id", "root_id"],
        unique=False,
        postgresql_where=sa.text("corrects_id is not null"),
    )
    op.create_table(
        "exemption",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("exempt_from", sa.Date(), nullable=False),
        sa.Column("exempt_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "bill_unit_id"],
            ["bill_unit.account_id", "bill_unit.id"],
            name=op.f("fk_exemption_account_id_bill_unit_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_exemption")),
    )
    op.create_index(
        "ix_exemption_bill_unit", "exemption", ["account_id", "bill_unit_id"], unique=False
    )
    op.create_table(
        "scenario_step",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("action_definition_id", sa.Integer(), nullable=False),
        sa.Column("offset_days", sa.Integer(), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.CheckConstraint("offset_days >= 1", name=op.f("ck_scenario_step_offset_days")),
        sa.ForeignKeyConstraint(
            ["action_definition_id"],
            ["action_definition.id"],
            name=op.f("fk_scenario_step_action_definition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["scenario_id"],
            ["scenario.id"],
            name=op.f("fk_scenario_step_scenario_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario_step")),
        sa.UniqueConstraint("scenario_id", "step", name=op.f("uq_scenario_step_scenario_id_step")),
    )
    op.create_table(
        "service_agreement",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("service_agreement_no", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "bill_unit_id"],
            ["bill_unit.account_id", "bill_unit.id"],
            name=op.f("fk_service_agreement_account_id_bill_unit_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_service_agreement")),
        sa.UniqueConstraint(
            "service_agreement_no", name=op.f("uq_service_agreement_service_agreement_no")
        ),
    )
    op.create_table(
        "dispute",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("bill_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("disputed_on", sa.Date(), nullable=False),
        sa.Column("resolved_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "bill_id"],
            ["bill.account_id", "bill.id"],
            name=op.f("fk_dispute_account_id_bill_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_dispute")),
    )
    op.create_index("ix_dispute_bill", "dispute", ["account_id", "bill_id"], unique=False)
    op.execute("create table event_default partition of event default")
    op.execute(
        (files("dunwell.db") / "functions.sql").read_text(encoding="utf-8").replace(":", r"\:")
    )


def downgrade() -> None:
    raise NotImplementedError("the foundation has nothing before it")
