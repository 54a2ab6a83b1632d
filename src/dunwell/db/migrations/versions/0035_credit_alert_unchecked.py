"""Credit alerts are the night's own: their bill units aren't looked up once more for each."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(
        op.f("fk_credit_alert_account_id_bill_unit_id"), "credit_alert", type_="foreignkey"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
