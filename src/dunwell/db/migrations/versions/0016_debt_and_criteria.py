"""Debt classes chased by agreement and for what is written off; experiments and their arms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for flag in ("by_agreement", "write_off"):
        op.add_column(
            "debt_class", sa.Column(flag, sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.add_column(
        "debt_class",
        sa.Column(
            "agreement_threshold",
            postgresql.JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column("scenario", sa.Column("challenges", sa.Text(), nullable=True))
    op.add_column("collection_case", sa.Column("experiment_id", sa.Integer(), nullable=True))
    op.add_column("collection_case", sa.Column("arm", sa.Text(), nullable=True))
    op.drop_constraint(op.f("ck_item_kind"), "item", type_="check")
    op.create_check_constraint(
        op.f("ck_item_kind"),
        "item",
        "kind in ('bill', 'correction', 'adjustment', 'late_fee', 'finance_charge', 'written_off')",
    )
    _make_experiment()
    _make_arm_choice()
    _make_case_agreement()


def _make_experiment() -> None:
    op.create_table(
        "experiment",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("champion", sa.Text(), nullable=False),
        sa.Column("challengers", postgresql.JSONB(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("costs", postgresql.JSONB(), nullable=False),
        sa.Column("retired_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_experiment_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment")),
        sa.UniqueConstraint("brand_id", "name", name=op.f("uq_experiment_brand_id_name")),
    )


def _make_arm_choice() -> None:
    op.create_table(
        "arm_choice",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(cache=50), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("chosen_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_arm_choice_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_arm_choice")),
    )
    op.create_index("uq_arm_choice", "arm_choice", ["account_id", "experiment_id"], unique=True)


def _make_case_agreement() -> None:
    op.create_table(
        "case_agreement",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(cache=50), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("service_agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_amount", sa.Numeric(19, 4), nullable=False),
        sa.Column("threshold", sa.Numeric(19, 4), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("added_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_case_agreement")),
    )
    op.create_index(
        "uq_case_agreement",
        "case_agreement",
        ["account_id", "case_id", "service_agreement_id"],
        unique=True,
    )
    op.create_index(
        "ix_case_agreement_in",
        "case_agreement",
        ["account_id", "bill_unit_id"],
        postgresql_where=sa.text("left_on is null"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
