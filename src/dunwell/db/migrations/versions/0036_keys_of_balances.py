"""A balance is known by its bill unit and debt class; a bill's item needs no index of its own.

Both wrote an index entry for each bill unit whose balance moves in a night (decision 0199).
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("uq_item_source_bill", table_name="item")
    op.drop_constraint("pk_balance", "balance")
    op.drop_index("uq_balance", table_name="balance")
    op.drop_column("balance", "id")
    op.execute(
        "alter table balance add constraint pk_balance"
        " primary key (account_id, bill_unit_id, debt_class_id)"
        " include (overdue_amount, earliest_due_on, latest_due_on)"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
