"""Cases carry what they are searched by, their brand is their wall, and bills are found by day."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_INDEX = "uq_collection_case_open"
_TEXTS = ("pay_type", "bill_unit_status", "account_status")


def upgrade() -> None:
    op.create_index("ix_bill_issued", "bill", ["issued_on"])
    op.add_column("collection_case", sa.Column("brand_id", sa.Integer(), nullable=True))
    for name in _TEXTS:
        op.add_column("collection_case", sa.Column(name, sa.Text(), nullable=True))
    op.drop_index(_INDEX, "collection_case")
    op.execute(
        """
        update collection_case
        set brand_id = account.brand_id, pay_type = bill_unit.pay_type,
            bill_unit_status = bill_unit.status, account_status = account.status
        from account, bill_unit
        where account.id = collection_case.account_id
            and bill_unit.account_id = collection_case.account_id
            and bill_unit.id = collection_case.bill_unit_id
        """
    )
    for name in ("brand_id", *_TEXTS):
        op.alter_column("collection_case", name, nullable=False)
    op.create_index(
        _INDEX,
        "collection_case",
        ["account_id", "bill_unit_id", "debt_class_id"],
        unique=True,
        postgresql_include=[
            *("id", "scenario_id", "agent_id", "overdue_date", "entered_on", "overdue_amount"),
            *("brand_id", *_TEXTS),
        ],
        postgresql_where=sa.text("status = 'open'"),
    )
    # the wall that asked the account; what goes up after every upgrade asks the column
    for wall in ("brand_wall", "every_brand"):
        op.execute(f"drop policy if exists {wall} on collection_case")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
