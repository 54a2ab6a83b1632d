"""Reports: sums that are prepared after each night, and who gets which report when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_case",
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("policy_version_id", sa.Integer(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("cases", sa.BigInteger(), nullable=False),
        sa.Column("entry_overdue_amount", sa.Numeric(precision=19, scale=4), nullable=False),
    )
    op.create_table(
        "report_forecast",
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("action_definition_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("actions", sa.BigInteger(), nullable=False),
        sa.Column("overdue_amount", sa.Numeric(precision=19, scale=4), nullable=False),
    )
    op.create_table(
        "report_letter",
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("letters", sa.BigInteger(), nullable=False),
        sa.Column("answered", sa.BigInteger(), nullable=False),
        sa.Column("paid_amount", sa.Numeric(precision=19, scale=4), nullable=False),
    )
    op.create_table(
        "report_movement",
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("credit_kind", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
    )
    op.create_table(
        "report_preparation",
        sa.Column(
            "id", sa.Integer(), server_default=sa.text("1"), autoincrement=False, nullable=False
        ),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column(
            "prepared_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_report_preparation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_preparation")),
    )
    op.create_table(
        "report_recovery",
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("policy_version_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
    )
    op.create_table(
        "report_schedule",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brands", postgresql.JSONB(), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Integer(), nullable=True),
        sa.Column("recipients", postgresql.JSONB(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("sent_for", sa.Date(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "case frequency when 'week' then on_day between 1 and 7 when 'month' then on_day between 1 and 31 else on_day is null end",
            name=op.f("ck_report_schedule_on_day"),
        ),
        sa.CheckConstraint(
            "format in ('csv', 'xlsx', 'parquet', 'pdf')", name=op.f("ck_report_schedule_format")
        ),
        sa.CheckConstraint(
            "frequency in ('night', 'week', 'month')", name=op.f("ck_report_schedule_frequency")
        ),
        sa.CheckConstraint(
            "status in ('active', 'paused')", name=op.f("ck_report_schedule_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedule")),
        sa.UniqueConstraint("name", name=op.f("uq_report_schedule_name")),
    )
    op.create_table(
        "report_standing",
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("bill_unit_status", sa.Text(), nullable=False),
        sa.Column("cases", sa.BigInteger(), nullable=False),
        sa.Column("overdue_amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("total_amount", sa.Numeric(precision=19, scale=4), nullable=False),
    )
    op.create_index(
        "ix_event_people",
        "event",
        ["business_date", "actor", "kind"],
        unique=False,
        postgresql_where=sa.text("actor <> 'night'"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
