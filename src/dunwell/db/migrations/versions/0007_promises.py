"""Promises to pay and sharing groups.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("action", sa.Column("promise_id", sa.BigInteger(), nullable=True))
    op.create_table(
        "promise",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("posted_until", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("total", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("payment_method_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "status in ('active', 'kept', 'broken', 'revoked')", name=op.f("ck_promise_status")
        ),
        sa.CheckConstraint("total >= 0", name=op.f("ck_promise_total")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_promise")),
    )
    op.create_index(
        "uq_promise_active",
        "promise",
        ["account_id", "case_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index("ix_promise_case", "promise", ["account_id", "case_id"], unique=False)
    op.create_table(
        "instalment",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("payment_method_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_instalment_amount")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_instalment")),
    )
    op.create_index("uq_instalment_action", "instalment", ["account_id", "action_id"], unique=True)
    # an installation that has its predefined actions gets the new one
    op.execute(
        "insert into action_definition (name, type)"
        " select 'Promise to pay', 'promise' where exists (select from brand)"
    )
    op.create_table(
        "sharing_group",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("deleted_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_sharing_group_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_group")),
    )
    op.create_index(
        "uq_sharing_group_name",
        "sharing_group",
        ["brand_id", "name"],
        unique=True,
        postgresql_where=sa.text("deleted_on is null"),
    )
    op.create_table(
        "sharing_member",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("sharing_group_id", sa.Integer(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint("role in ('parent', 'member')", name=op.f("ck_sharing_member_role")),
        sa.ForeignKeyConstraint(
            ["account_id", "bill_unit_id"],
            ["bill_unit.account_id", "bill_unit.id"],
            name=op.f("fk_sharing_member_account_id_bill_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sharing_group_id"],
            ["sharing_group.id"],
            name=op.f("fk_sharing_member_sharing_group_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_sharing_member")),
    )
    op.create_index(
        "uq_sharing_member_bill_unit",
        "sharing_member",
        ["account_id", "bill_unit_id"],
        unique=True,
        postgresql_where=sa.text("left_on is null"),
    )
    op.create_index(
        "uq_sharing_member_parent",
        "sharing_member",
        ["sharing_group_id"],
        unique=True,
        postgresql_where=sa.text("role = 'parent' and left_on is null"),
    )
    op.create_index("ix_sharing_member_group", "sharing_member", ["sharing_group_id"], unique=False)


def downgrade() -> None:
    op.drop_table("sharing_member")
    op.drop_table("sharing_group")
    op.drop_table("instalment")
    op.drop_table("promise")
    op.execute("delete from action_definition where type = 'promise'")
    op.drop_column("action", "promise_id")
