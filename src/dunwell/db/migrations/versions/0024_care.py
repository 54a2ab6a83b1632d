"""Customer care: adjustments that are asked for, receipts, unbilled usage; disputes by people."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def _key() -> list[sa.Column[Any]]:
    return [
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
    ]


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(
            ["account_id", "bill_unit_id"],
            ["bill_unit.account_id", "bill_unit.id"],
            name=op.f(f"fk_{table}_account_id_bill_unit_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.create_table(
        "adjustment",
        *_key(),
        sa.Column("bill_id", sa.BigInteger(), nullable=True),
        sa.Column("dispute_id", sa.BigInteger(), nullable=True),
        _moment("requested_at"),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_adjustment_amount")),
        sa.CheckConstraint(
            "direction in ('credit', 'debit')", name=op.f("ck_adjustment_direction")
        ),
        sa.CheckConstraint(
            "status in ('waiting', 'posted', 'rejected', 'withdrawn')",
            name=op.f("ck_adjustment_status"),
        ),
        sa.CheckConstraint(
            "(status = 'posted') = (number is not null)", name=op.f("ck_adjustment_number")
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (decided_on is null and decided_by is null)",
            name=op.f("ck_adjustment_decided"),
        ),
        *_keys("adjustment"),
    )
    op.create_index("ix_adjustment_bill_unit", "adjustment", ["account_id", "bill_unit_id"])
    op.create_index(
        "ix_adjustment_waiting",
        "adjustment",
        ["requested_on", "account_id", "id"],
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(
        "uq_adjustment_dispute",
        "adjustment",
        ["account_id", "dispute_id"],
        unique=True,
        postgresql_where=sa.text("status = 'waiting' and dispute_id is not null"),
    )
    op.create_table(
        "receipt",
        *_key(),
        sa.Column("payment_no", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("payer", sa.Text(), nullable=True),
        sa.Column("cashier", sa.Text(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_receipt_amount")),
        *_keys("receipt"),
    )
    op.create_index("uq_receipt_payment_no", "receipt", ["account_id", "payment_no"], unique=True)
    op.create_table(
        "unbilled_usage",
        *_key(),
        sa.Column("debt_class_id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        _moment("recorded_at"),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        *_keys("unbilled_usage"),
    )
    op.create_index(
        "uq_unbilled_usage",
        "unbilled_usage",
        ["account_id", "bill_unit_id", "debt_class_id"],
        unique=True,
    )
    for name in ("reason", "note", "raised_by", "resolved_by", "outcome"):
        op.add_column("dispute", sa.Column(name, sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_dispute_outcome"), "dispute", "outcome in ('refused', 'granted', 'partly_granted')"
    )
    for name in ("case_id", "action_id"):
        op.alter_column("payment_attempt", name, nullable=True)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
