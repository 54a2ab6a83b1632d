"""An entry in suspense is a to-do: whose it is, and which version of it somebody saw."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("statement_entry", sa.Column("role", sa.Text(), nullable=True))
    op.add_column("statement_entry", sa.Column("agent_id", sa.Integer(), nullable=True))
    op.add_column(
        "statement_entry",
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )
