"""Operations on cases by hand: holds, notes, added actions, supervisors, and what lists search."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hold",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("held_from", sa.Date(), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "bill_unit_id"],
            ["bill_unit.account_id", "bill_unit.id"],
            name=op.f("fk_hold_account_id_bill_unit_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_hold")),
    )
    op.create_index("ix_hold_bill_unit", "hold", ["account_id", "bill_unit_id"])
    op.create_table(
        "note",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "bill_unit_id"],
            ["bill_unit.account_id", "bill_unit.id"],
            name=op.f("fk_note_account_id_bill_unit_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_note_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_account", "note", ["account_id", "noted_on"])
    _accounts()
    _cases()
    op.add_column("action", sa.Column("made_by", sa.Text(), nullable=True))
    op.add_column("action", sa.Column("parameters", postgresql.JSONB(), nullable=True))
    op.create_index(
        "ix_action_for_people",
        "action",
        ["due_on", "account_id"],
        postgresql_where=sa.text("status = 'error' or status = 'pending' and task_on is not null"),
    )
    op.add_column("exemption", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("agent", sa.Column("supervisor", sa.Text(), nullable=True))


def _accounts() -> None:
    for name in ("name", "company"):
        op.add_column(
            "account",
            sa.Column(
                f"{name}_search",
                sa.Text(collation="C"),
                sa.Computed(f'lower({name}) collate "C"', persisted=True),
                nullable=True,
            ),
        )
    op.create_index("ix_account_name", "account", ["name_search", "id"])
    op.create_index(
        "ix_account_company",
        "account",
        ["company_search", "id"],
        postgresql_where=sa.text("company_search is not null"),
    )


def _cases() -> None:
    op.add_column("collection_case", sa.Column("placed_by", sa.Text(), nullable=True))
    op.add_column("collection_case", sa.Column("overdue_amount", sa.Numeric(19, 4), nullable=True))
    op.execute(
        """
        update collection_case
        set overdue_amount = coalesce((
            select balance.overdue_amount
            from balance
            where balance.account_id = collection_case.account_id
                and balance.bill_unit_id = collection_case.bill_unit_id
                and balance.debt_class_id = collection_case.debt_class_id
                and collection_case.status = 'open'
        ), 0)
        """
    )
    op.alter_column("collection_case", "overdue_amount", nullable=False)
    op.drop_index("uq_collection_case_open", "collection_case")
    op.create_index(
        "uq_collection_case_open",
        "collection_case",
        ["account_id", "bill_unit_id", "debt_class_id"],
        unique=True,
        postgresql_include=[
            "id",
            "scenario_id",
            "agent_id",
            "overdue_date",
            "entered_on",
            "overdue_amount",
        ],
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_collection_case_agent",
        "collection_case",
        ["agent_id", "account_id"],
        postgresql_where=sa.text("status = 'open' and agent_id is not null"),
    )
