"""Payments and agencies: methods, attempts, statements, referrals, and the files that leave."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("imported_on", sa.Date(), nullable=False),
        sa.Column(
            "imported_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("statement_no", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
    )
    op.create_table(
        "outgoing_file",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("message_no", sa.Text(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_file")),
        sa.UniqueConstraint("name", name=op.f("uq_outgoing_file_name")),
    )
    op.create_index(
        "ix_outgoing_file_unwritten",
        "outgoing_file",
        ["kind"],
        unique=False,
        postgresql_where=sa.text("written_at is null"),
    )
    op.create_table(
        "statement_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("bank_statement_id", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("valued_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("booking_key", sa.Text(), nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("is_sum", sa.Boolean(), nullable=False),
        sa.Column("end_to_end_id", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("last_four", sa.Text(), nullable=True),
        sa.Column("return_code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("payment_no", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'posted') = (payment_no is not null)",
            name=op.f("ck_statement_entry_payment_no"),
        ),
        sa.CheckConstraint(
            "status in ('posted', 'suspense', 'dismissed', 'outgoing', 'detailed')",
            name=op.f("ck_statement_entry_status"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_statement_entry_amount")),
        sa.ForeignKeyConstraint(
            ["bank_statement_id"],
            ["bank_statement.id"],
            name=op.f("fk_statement_entry_bank_statement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_entry")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_statement_entry_entry_key")),
    )
    op.create_index("ix_statement_entry_booking", "statement_entry", ["booking_key"], unique=False)
    op.create_index(
        "ix_statement_entry_suspense",
        "statement_entry",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'suspense'"),
    )
    op.create_table(
        "payment_method",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("bill_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("mandate_signed_on", sa.Date(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("last_four", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("mandate_reference", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'direct_debit' or mandate_reference is not null and mandate_signed_on is not null",
            name=op.f("ck_payment_method_mandate"),
        ),
        sa.CheckConstraint("kind in ('card', 'direct_debit')", name=op.f("ck_payment_method_kind")),
        sa.CheckConstraint("length(last_four) <= 4", name=op.f("ck_payment_method_last_four")),
        sa.ForeignKeyConstraint(
            ["account_id", "bill_unit_id"],
            ["bill_unit.account_id", "bill_unit.id"],
            name=op.f("fk_payment_method_account_id_bill_unit_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_payment_method")),
    )
    op.create_index(
        "uq_payment_method_default",
        "payment_method",
        ["account_id", "bill_unit_id"],
        unique=True,
        postgresql_where=sa.text("is_default and removed_on is null"),
    )
    op.create_index(
        "uq_payment_method_mandate",
        "payment_method",
        ["mandate_reference"],
        unique=True,
        postgresql_where=sa.text("mandate_reference is not null and removed_on is null"),
    )
    op.add_column("agency_referral", sa.Column("exported_on", sa.Date(), nullable=True))
    op.add_column("agency_referral", sa.Column("recalled_on", sa.Date(), nullable=True))
    op.add_column("agency_referral", sa.Column("recall_reason", sa.Text(), nullable=True))
    op.add_column("agency_referral", sa.Column("outgoing_file_id", sa.Integer(), nullable=True))
    op.add_column("agency_referral", sa.Column("recall_file_id", sa.Integer(), nullable=True))
    op.create_index(
        "ix_agency_referral_open",
        "agency_referral",
        ["account_id", "case_id"],
        unique=False,
        postgresql_where=sa.text("status in ('ready', 'exported')"),
    )
    op.create_index(
        "ix_agency_referral_to_tell",
        "agency_referral",
        ["agency_id", "status"],
        unique=False,
        postgresql_where=sa.text("status in ('ready', 'recalled')"),
    )
    op.add_column(
        "payment_attempt",
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("payment_attempt", sa.Column("next_attempt_on", sa.Date(), nullable=True))
    op.add_column("payment_attempt", sa.Column("idempotency_key", sa.Text(), nullable=True))
    op.add_column(
        "payment_attempt",
        sa.Column("charged_amount", sa.Numeric(precision=19, scale=4), nullable=True),
    )
    op.add_column("payment_attempt", sa.Column("payment_method_id", sa.BigInteger(), nullable=True))
    op.add_column("payment_attempt", sa.Column("gateway", sa.Text(), nullable=True))
    op.add_column("payment_attempt", sa.Column("gateway_reference", sa.Text(), nullable=True))
    op.add_column(
        "payment_attempt", sa.Column("charging_since", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("payment_attempt", sa.Column("outgoing_file_id", sa.Integer(), nullable=True))
    op.add_column("payment_attempt", sa.Column("code", sa.Text(), nullable=True))
    op.add_column("payment_attempt", sa.Column("message", sa.Text(), nullable=True))
    op.create_index(
        "ix_payment_attempt_bill_unit",
        "payment_attempt",
        ["account_id", "bill_unit_id"],
        unique=False,
    )
    op.create_index(
        "ix_payment_attempt_open",
        "payment_attempt",
        ["status", "account_id"],
        unique=False,
        postgresql_where=sa.text("status in ('ready', 'charging', 'pending')"),
    )
    op.create_index(
        "uq_payment_attempt_key",
        "payment_attempt",
        ["idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key is not null"),
    )
    op.create_check_constraint(
        "status",
        "payment_attempt",
        "status in ('ready', 'charging', 'pending', 'succeeded', 'declined', 'failed',"
        " 'withdrawn', 'returned')",
    )
    op.create_check_constraint("charged_amount", "payment_attempt", "charged_amount <= amount")
    op.create_check_constraint(
        "idempotency_key",
        "payment_attempt",
        "status not in ('charging', 'pending', 'succeeded') or idempotency_key is not null",
    )
    op.create_check_constraint(
        "status",
        "agency_referral",
        "status in ('ready', 'exported', 'recalled', 'ended', 'withdrawn')",
    )
    # no agency has heard of them yet
    op.execute(
        "update agency_referral set status = 'withdrawn', recalled_on = closed_on,"
        " recall_reason = close_reason from collection_case"
        " where collection_case.account_id = agency_referral.account_id"
        " and collection_case.id = agency_referral.case_id and collection_case.status = 'closed'"
    )


def downgrade() -> None:
    raise NotImplementedError("payments that were collected can't be forgotten")
