"""What other systems call our customers and bill units, and which of their versions was taken."""

from importlib.resources import files

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        sa.text(
            (files("dunwell.db") / "functions.sql").read_text(encoding="utf-8").replace(":", r"\:")
        )
    )
    op.create_table(
        "outside_identifier",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outside_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("version_order", sa.BigInteger(), nullable=True),
        sa.Column(
            "taken_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_outside_identifier_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_outside_identifier")),
    )
    op.create_index(
        "uq_outside_identifier",
        "outside_identifier",
        ["system", "kind", "outside_id"],
        unique=True,
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
