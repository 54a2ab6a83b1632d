"""Pay plans with their types and scheduled payments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pay_plan_type",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "debt_classes", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("grace_days", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("third_party", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("broken_points", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("broken_days", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_plan_type")),
        sa.UniqueConstraint("name", name=op.f("uq_pay_plan_type_name")),
    )
    op.create_table(
        "scheduled_payment",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("pay_plan_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_scheduled_payment_amount")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_scheduled_payment")),
    )
    op.create_index(
        "ix_scheduled_payment_pay_plan",
        "scheduled_payment",
        ["account_id", "pay_plan_id"],
        unique=False,
    )
    op.create_table(
        "pay_plan",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("posted_until", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("debt_class_ids", sa.ARRAY(sa.Integer()), nullable=True),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("broken_points", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("broken_days", sa.Integer(), nullable=True),
        sa.Column("third_party", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(status = 'active') = (ended_on is null)", name=op.f("ck_pay_plan_ended_on")
        ),
        sa.CheckConstraint(
            "status in ('active', 'kept', 'broken', 'cancelled')", name=op.f("ck_pay_plan_status")
        ),
        sa.CheckConstraint("grace_days >= 0", name=op.f("ck_pay_plan_grace_days")),
        sa.ForeignKeyConstraint(
            ["account_id", "bill_unit_id"],
            ["bill_unit.account_id", "bill_unit.id"],
            name=op.f("fk_pay_plan_account_id_bill_unit_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_pay_plan")),
    )
    op.create_index(
        "ix_pay_plan_active",
        "pay_plan",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(
        "ix_pay_plan_bill_unit", "pay_plan", ["account_id", "bill_unit_id"], unique=False
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
