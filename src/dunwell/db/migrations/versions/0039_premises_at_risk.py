"""Whom a cut would harm is found by the premise, whoever is supplied there."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_service_agreement_at_risk",
        "service_agreement",
        ["premise_no"],
        postgresql_where=sa.text("life_support or sensitive_load"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
