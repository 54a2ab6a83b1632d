"""What a connector brought and couldn't be taken stays visible."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connector", sa.Column("problem", sa.Text(), nullable=True))
