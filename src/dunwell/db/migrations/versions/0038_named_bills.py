"""A bill's number is read from the index of its key: letters name each bill that they are about."""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("fk_dispute_account_id_bill_id", "dispute")
    op.drop_constraint("pk_bill", "bill")
    op.execute(
        "alter table bill add constraint pk_bill primary key (account_id, id) include (bill_no)"
    )
    op.create_foreign_key(
        "fk_dispute_account_id_bill_id",
        "dispute",
        "bill",
        ["account_id", "bill_id"],
        ["account_id", "id"],
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
