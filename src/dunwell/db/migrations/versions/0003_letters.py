"""Letters leave the house: templates, documents, and where each letter and reminder stands."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "template",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), server_default="en_US", nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.CheckConstraint(
            "kind in ('dunning', 'invoice_reminder', 'email_body')", name=op.f("ck_template_kind")
        ),
        sa.CheckConstraint(
            "engine in ('typst', 'jinja2', 'xslt')", name=op.f("ck_template_engine")
        ),
        sa.CheckConstraint("format in ('pdf', 'html', 'text')", name=op.f("ck_template_format")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_template_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template")),
        sa.UniqueConstraint(
            "brand_id",
            "kind",
            "name",
            "locale",
            name=op.f("uq_template_brand_id_kind_name_locale"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    for column in (
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("letter", column)
    op.create_check_constraint(
        op.f("ck_letter_status"),
        "letter",
        "status in ('ready', 'rendered', 'sending', 'uncertain', 'sent', 'withdrawn', 'error')",
    )
    op.create_check_constraint(op.f("ck_letter_channel"), "letter", "channel in ('print', 'email')")
    op.create_index(
        "ix_letter_open",
        "letter",
        ["status", "account_id"],
        postgresql_where=sa.text(
            "status in ('ready', 'rendered', 'sending', 'uncertain', 'error')"
        ),
    )
    op.create_table(
        "letter_document",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=50), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column(
            "rendered_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_letter_document")),
    )
    op.create_index(
        "uq_letter_document_letter", "letter_document", ["account_id", "letter_id"], unique=True
    )
    # a PDF is compressed already
    op.execute("alter table letter_document alter column content set storage external")
    for column in (
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invoice_no", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("reminder_message", column)
    op.create_check_constraint(
        op.f("ck_reminder_message_status"),
        "reminder_message",
        "status in ('ready', 'waiting', 'claimed', 'confirmed', 'withdrawn', 'error')",
    )
    op.create_index(
        "ix_reminder_message_open",
        "reminder_message",
        ["status", "account_id"],
        postgresql_where=sa.text("status in ('ready', 'waiting', 'claimed', 'error')"),
    )
    op.add_column(
        "brand", sa.Column("sender", postgresql.JSONB(), server_default="{}", nullable=False)
    )


def downgrade() -> None:
    raise NotImplementedError("what was sent is not forgotten")
