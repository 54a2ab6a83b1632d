"""To-dos with their types."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "todo_type",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), server_default=sa.text("50"), nullable=False),
        sa.Column("leads_to", sa.Text(), server_default="bill_unit", nullable=False),
        sa.Column("events", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("condition", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_todo_type")),
        sa.UniqueConstraint("name", name=op.f("uq_todo_type_name")),
    )
    op.create_table(
        "todo",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("leads_to", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("completed_by", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(status = 'completed') = (completed_on is not null)", name=op.f("ck_todo_completed_on")
        ),
        sa.CheckConstraint("status in ('open', 'completed')", name=op.f("ck_todo_status")),
        sa.ForeignKeyConstraint(
            ["account_id", "bill_unit_id"],
            ["bill_unit.account_id", "bill_unit.id"],
            name=op.f("fk_todo_account_id_bill_unit_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_todo")),
    )
    op.create_index("ix_todo_bill_unit", "todo", ["account_id", "bill_unit_id"], unique=False)
    op.create_index(
        "ix_todo_open",
        "todo",
        ["made_on", "account_id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "uq_todo_action",
        "todo",
        ["account_id", "bill_unit_id", "action_id"],
        unique=True,
        postgresql_where=sa.text("action_id is not null"),
    )
    op.create_index(
        "uq_todo_event",
        "todo",
        ["account_id", "event_id", "type"],
        unique=True,
        postgresql_where=sa.text("event_id is not null"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
