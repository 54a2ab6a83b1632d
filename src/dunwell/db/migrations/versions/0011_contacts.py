"""Customer contacts with their types, and demerits."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_type",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("contact_class", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_type")),
    )
    op.create_index("uq_contact_type", "contact_type", ["contact_class", "name"], unique=True)
    op.create_table(
        "demerit",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("pay_plan_id", sa.BigInteger(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind in ('credit_rating', 'cash_only')", name=op.f("ck_demerit_kind")),
        sa.CheckConstraint("points <> 0", name=op.f("ck_demerit_points")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_demerit_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_demerit")),
    )
    op.create_index(
        "ix_demerit_account", "demerit", ["account_id", "kind", "effective_from"], unique=False
    )
    op.create_index(
        "uq_demerit_action",
        "demerit",
        ["account_id", "action_id", "kind"],
        unique=True,
        postgresql_where=sa.text("action_id is not null"),
    )
    op.create_index(
        "uq_demerit_pay_plan",
        "demerit",
        ["account_id", "pay_plan_id", "kind"],
        unique=True,
        postgresql_where=sa.text("pay_plan_id is not null"),
    )
    op.create_table(
        "contact",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("letter_id", sa.BigInteger(), nullable=True),
        sa.Column("contacted_on", sa.Date(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("contact_class", sa.Text(), nullable=False),
        sa.Column("contact_type", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "direction in ('inbound', 'outbound')", name=op.f("ck_contact_direction")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "bill_unit_id"],
            ["bill_unit.account_id", "bill_unit.id"],
            name=op.f("fk_contact_account_id_bill_unit_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_account", "contact", ["account_id", "contacted_on"], unique=False)
    op.create_index(
        "uq_contact_action",
        "contact",
        ["account_id", "bill_unit_id", "action_id"],
        unique=True,
        postgresql_where=sa.text("action_id is not null"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
