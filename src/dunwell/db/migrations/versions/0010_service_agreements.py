"""Service agreements say what, where and for whom they supply; budgets."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, flags in {
        "account": ("life_support", "sensitive_load"),
        "bill_unit": ("on_budget", "bills_for_others", "broken_pay_plan"),
        "service_agreement": ("life_support", "sensitive_load", "master_meter"),
    }.items():
        for flag in flags:
            op.add_column(
                table, sa.Column(flag, sa.Boolean(), server_default=sa.false(), nullable=False)
            )
    for column in (
        sa.Column("type", sa.Text(), server_default="standard", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("debt_class_id", sa.Integer(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("premise_no", sa.Text(), nullable=True),
        sa.Column("premise_address", sa.Text(), nullable=True),
        sa.Column("third_party_supplier", sa.Text(), nullable=True),
    ):
        op.add_column("service_agreement", column)
    op.create_check_constraint(
        op.f("ck_service_agreement_status"),
        "service_agreement",
        "status in ('pending_start', 'active', 'stopped', 'closed')",
    )
    op.create_check_constraint(
        op.f("ck_service_agreement_stopped_on"), "service_agreement", "stopped_on >= started_on"
    )
    op.create_foreign_key(
        op.f("fk_service_agreement_debt_class_id"),
        "service_agreement",
        "debt_class",
        ["debt_class_id"],
        ["id"],
    )
    op.create_index(
        "ix_service_agreement_bill_unit", "service_agreement", ["account_id", "bill_unit_id"]
    )
    _make_budget()


def _make_budget() -> None:
    op.create_table(
        "budget",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("budget_no", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(19, 4), nullable=False),
        sa.Column("difference", sa.Numeric(19, 4), server_default=sa.text("0"), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("adjustment_type", sa.Text(), server_default="budget_settlement", nullable=False),
        sa.CheckConstraint(
            "status in ('active', 'cancelled', 'ended')", name=op.f("ck_budget_status")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "bill_unit_id"],
            ["bill_unit.account_id", "bill_unit.id"],
            name=op.f("fk_budget_account_id_bill_unit_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_budget")),
        sa.UniqueConstraint("budget_no", name=op.f("uq_budget_budget_no")),
    )
    op.create_index(
        "uq_budget_active",
        "budget",
        ["account_id", "bill_unit_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
