"""Severance: templates, moratoria, processes and their events; what a transaction has touched."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from dunwell.tables.base import Xid8

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "severance",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("service_agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("reconnects_id", sa.BigInteger(), nullable=True),
        sa.Column("debt_class_id", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("cut_on", sa.Date(), nullable=True),
        sa.Column("arrears", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("cancel_amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("reconnect", sa.Text(), nullable=True),
        sa.Column("day_unit", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("auto_cancel", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("notices", JSONB(), nullable=False),
        sa.CheckConstraint("purpose in ('sever', 'reconnect')", name=op.f("ck_severance_purpose")),
        sa.CheckConstraint(
            "status in ('active', 'completed', 'cancelled')", name=op.f("ck_severance_status")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_severance")),
    )
    op.create_index(
        "ix_severance_active",
        "severance",
        ["account_id", "bill_unit_id"],
        unique=False,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(
        "ix_severance_bill_unit", "severance", ["account_id", "bill_unit_id"], unique=False
    )
    op.create_index(
        "uq_severance_active",
        "severance",
        ["account_id", "service_agreement_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_table(
        "severance_event",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("severance_id", sa.BigInteger(), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("refused_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("refusals", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("no", sa.SmallInteger(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("after", JSONB(), nullable=False),
        sa.Column("parameters", JSONB(), nullable=False),
        sa.CheckConstraint(
            "status in ('waiting', 'pending', 'sent', 'executing', 'completed', 'cancelled', 'error')",
            name=op.f("ck_severance_event_status"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_severance_event")),
    )
    op.create_index(
        "ix_severance_event_due",
        "severance_event",
        ["due_on", "account_id"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_severance_event_out",
        "severance_event",
        ["account_id", "id"],
        unique=False,
        postgresql_where=sa.text("status in ('sent', 'executing')"),
    )
    op.create_index(
        "uq_severance_event_no",
        "severance_event",
        ["account_id", "severance_id", "no"],
        unique=True,
    )
    op.create_table(
        "moratorium",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=True),
        sa.Column("first_day", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_moratorium_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moratorium")),
        sa.UniqueConstraint(
            "brand_id",
            "name",
            name=op.f("uq_moratorium_brand_id_name"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "severance_template",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("agreement_types", JSONB(), nullable=False),
        sa.Column("only_with", JSONB(), nullable=False),
        sa.Column("only_without", JSONB(), nullable=False),
        sa.Column("criteria", JSONB(), nullable=True),
        sa.Column("auto_cancel", sa.Boolean(), nullable=False),
        sa.Column("cancel_amount", sa.Numeric(precision=19, scale=4), nullable=True),
        sa.Column("reconnect", sa.Text(), nullable=True),
        sa.Column("day_unit", sa.Text(), nullable=False),
        sa.Column("notices", JSONB(), nullable=False),
        sa.Column("events", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand.id"], name=op.f("fk_severance_template_brand_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_severance_template")),
        sa.UniqueConstraint("brand_id", "name", name=op.f("uq_severance_template_brand_id_name")),
    )
    op.add_column("letter", sa.Column("severance_event_id", sa.BigInteger(), nullable=True))
    op.alter_column("letter", "action_id", existing_type=sa.BIGINT(), nullable=True)
    op.create_index(
        "uq_letter_severance_event",
        "letter",
        ["account_id", "severance_event_id"],
        unique=True,
        postgresql_where=sa.text("severance_event_id is not null"),
    )
    op.add_column(
        "touched",
        sa.Column("txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
    )
    op.create_check_constraint(
        "made_by", "letter", "num_nonnulls(action_id, severance_event_id) = 1"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
