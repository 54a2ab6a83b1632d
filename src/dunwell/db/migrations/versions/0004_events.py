"""Events are published: how far the log was read, subscriptions, deliveries; the worker's queue."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from dunwell.db import queue
from dunwell.tables.base import Snapshot, Xid8

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # the default isn't volatile: what is there gets the number of this transaction, unwritten
    op.add_column(
        "event",
        sa.Column("txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
    )
    op.create_index("ix_event_txid", "event", ["txid"], unique=False)
    op.execute("alter table event alter column id set cache 1")
    op.create_table(
        "delivery",
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("stream", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("parts_sent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("subscription_id", "id", name=op.f("pk_delivery")),
    )
    op.create_index(
        "ix_delivery_parked",
        "delivery",
        ["subscription_id", "id"],
        unique=False,
        postgresql_where=sa.text("parked_at is not null"),
    )
    op.create_index(
        "ix_delivery_stream", "delivery", ["subscription_id", "stream", "id"], unique=False
    )
    op.create_table(
        "log_reading",
        sa.Column(
            "id", sa.Integer(), server_default=sa.text("1"), autoincrement=False, nullable=False
        ),
        sa.Column("server", sa.BigInteger(), nullable=False),
        sa.Column("seen", Snapshot(), nullable=False),
        sa.Column("last_event_id", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("settled_event_id", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "read_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_reading_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_reading")),
    )
    op.create_table(
        "scheduled_night",
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("business_date", name=op.f("pk_scheduled_night")),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("brands", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("bill_units", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("secret_salt", sa.Text(), nullable=False),
        sa.Column("key_check", sa.Text(), nullable=False),
        sa.Column("secret_no", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("status in ('active', 'paused')", name=op.f("ck_subscription_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("name", name=op.f("uq_subscription_name")),
    )
    # nobody subscribed to what happened before
    op.execute(
        "insert into log_reading (server, seen, last_event_id)"
        " select (select system_identifier from pg_control_system()), pg_current_snapshot(),"
        " coalesce(max(id), 0) from event"
    )
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    queue.bring_up_to_date(connection)


def downgrade() -> None:
    raise NotImplementedError("a database goes forward only; restore a backup")
