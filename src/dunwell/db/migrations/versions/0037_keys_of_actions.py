"""An action is keyed by its case too: one index finds all of a case and each of them.

Every action that is made or changed wrote an entry into both indexes (decision 0200).
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("pk_action", "action")
    op.drop_index("ix_action_case", table_name="action")
    op.create_primary_key("pk_action", "action", ["account_id", "case_id", "id"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
