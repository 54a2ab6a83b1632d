"""Collection status, credit alerts, and the identifier maps and inbox of mirrored CRMs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "collection_status",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("in_collections", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("substatus", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status in ('green', 'yellow', 'red')", name=op.f("ck_collection_status_status")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_collection_status")),
    )
    op.create_index(
        "uq_collection_status_bill_unit",
        "collection_status",
        ["account_id", "bill_unit_id"],
        unique=True,
    )
    op.create_table(
        "collection_substatus",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("from_days", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("scenarios", postgresql.JSONB(), nullable=False),
        sa.Column("actions", postgresql.JSONB(), nullable=False),
        sa.Column("action_types", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_substatus")),
        sa.UniqueConstraint("name", name=op.f("uq_collection_substatus_name")),
    )
    op.create_table(
        "crm_identifier",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("object_id", sa.BigInteger(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("their_id", sa.Text(), nullable=False),
        sa.Column("their_time", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_crm_identifier_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_crm_identifier")),
        sa.UniqueConstraint("system", "noun", "their_id", name="uq_crm_identifier_their_id"),
    )
    op.create_index(
        "uq_crm_identifier_object",
        "crm_identifier",
        ["account_id", "system", "noun", "object_id"],
        unique=True,
    )
    op.create_table(
        "crm_message",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_crm_message_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_crm_message")),
    )
    op.create_index("ix_crm_message_received", "crm_message", ["received_at"], unique=False)
    op.create_index(
        "uq_crm_message", "crm_message", ["account_id", "system", "message_id"], unique=True
    )
    op.create_table(
        "credit_alert",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("oldest_due_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("their_id", sa.Text(), nullable=True),
        sa.Column("their_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_on is not null)", name=op.f("ck_credit_alert_closed_on")
        ),
        sa.CheckConstraint("status in ('open', 'closed')", name=op.f("ck_credit_alert_status")),
        sa.ForeignKeyConstraint(
            ["account_id", "bill_unit_id"],
            ["bill_unit.account_id", "bill_unit.id"],
            name=op.f("fk_credit_alert_account_id_bill_unit_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_credit_alert")),
    )
    op.create_index(
        "ix_credit_alert_bill_unit", "credit_alert", ["account_id", "bill_unit_id"], unique=False
    )
    op.create_index(
        "ix_credit_alert_open",
        "credit_alert",
        ["raised_on", "account_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_credit_alert_raised", "credit_alert", ["raised_on", "account_id", "id"], unique=False
    )
    op.create_index(
        "uq_credit_alert_their_id",
        "credit_alert",
        ["source", "their_id"],
        unique=True,
        postgresql_where=sa.text("their_id is not null"),
    )
    op.create_table(
        "credit_alert_activity",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("credit_alert_id", sa.BigInteger(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "credit_alert_id"],
            ["credit_alert.account_id", "credit_alert.id"],
            name=op.f("fk_credit_alert_activity_account_id_credit_alert_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_credit_alert_activity")),
    )
    op.create_index(
        "ix_credit_alert_activity_alert",
        "credit_alert_activity",
        ["account_id", "credit_alert_id"],
        unique=False,
    )
