"""A subscription may be a TM Forum hub, which is sent their notifications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscription", sa.Column("hub", JSONB(), nullable=True))
    # hubs that are there got our own messages; from now on they get what they were registered for
    op.execute(
        "update subscription set hub = jsonb_build_object("
        "'api', substring(name from '^tmf-([A-Za-z]+Management)-'), 'query', null)"
        " where name ~ '^tmf-[A-Za-z]+Management-[0-9a-f]{32}$'"
    )
