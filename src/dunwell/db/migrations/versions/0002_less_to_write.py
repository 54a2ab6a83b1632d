"""Less to do for each bill and amount: a narrower index of what hangs on a bill, no second look-up
of its bill unit, and rounding with the digits at hand.
"""

from importlib.resources import files

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_item_bill", table_name="item")
    op.create_index(
        "ix_item_bill",
        "item",
        ["account_id", "bill_id"],
        postgresql_where=sa.text("bill_id is not null and source_bill_id is distinct from bill_id"),
    )
    op.drop_constraint("fk_bill_account_id_bill_unit_id", "bill", type_="foreignkey")
    op.execute(
        (files("dunwell.db") / "functions.sql").read_text(encoding="utf-8").replace(":", r"\:")
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
