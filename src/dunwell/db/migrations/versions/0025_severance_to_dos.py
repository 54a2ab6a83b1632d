"""To-dos that events of severance wait for."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("todo", sa.Column("severance_event_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "uq_todo_severance_event",
        "todo",
        ["account_id", "severance_event_id"],
        unique=True,
        postgresql_where=sa.text("severance_event_id is not null"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
