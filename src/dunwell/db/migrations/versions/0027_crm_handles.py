"""A CRM may speak of our rows by our handles, and say several things before it hears from us."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("crm_identifier", "their_id", nullable=True)
    op.add_column("crm_identifier", sa.Column("knew_version", sa.Integer(), nullable=True))
    op.add_column("crm_identifier", sa.Column("made_version", sa.Integer(), nullable=True))
