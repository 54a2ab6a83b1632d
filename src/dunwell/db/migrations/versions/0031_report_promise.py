"""Promises are summed up after the night like everything else that reports tell."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_promise",
        sa.Column("brand_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("promises", sa.BigInteger(), nullable=False),
        sa.Column("promised_amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("paid_amount", sa.Numeric(precision=19, scale=4), nullable=False),
    )
    # the worker prepares all anew
    op.execute("delete from report_preparation")
