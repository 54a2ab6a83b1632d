"""Publishing: how far the log has been read, who subscribes, and what is still to be sent to whom.

These tables belong to the installation, not to accounts: one publisher works on them, outside the
night. A delivery points at an event of the log and is deleted when it has been taken.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    func,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.dialects.postgresql import JSONB

from dunwell.tables.base import Snapshot, configuration, date, metadata, text

log_reading = Table(
    "log_reading",
    metadata,
    # there is one row
    Column("id", Integer, primary_key=True, autoincrement=False, server_default=sql("1")),
    # the server on which it was read: transaction numbers mean nothing on another one
    Column("server", BigInteger, nullable=False),
    # an event is new if its transaction had not ended in this snapshot
    Column("seen", Snapshot, nullable=False),
    # the highest number that was ever visible, and the one up to which all was read when the
    # database had come to this server
    Column("last_event_id", BigInteger, nullable=False, server_default=sql("0")),
    Column("settled_event_id", BigInteger, nullable=False, server_default=sql("0")),
    Column("read_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("id = 1", name="one_row"),
)

subscription = configuration(
    "subscription",
    text("name", unique=True),
    text("url"),
    # what it wants: patterns of kinds, ids of brands and of bill units; null is all
    Column("kinds", JSONB),
    Column("brands", JSONB),
    Column("bill_units", JSONB),
    # a TM Forum hub's API and query, if it is one: then it is sent their notifications
    Column("hub", JSONB),
    text("status", server_default="active"),
    text("created_by"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # its secret is derived from the installation's key, this salt and this number
    text("secret_salt"),
    text("key_check"),
    Column("secret_no", Integer, nullable=False, server_default=sql("1")),
    Column("old_secret_until", DateTime(timezone=True)),
    # how its receiver does
    Column("sent", BigInteger, nullable=False, server_default=sql("0")),
    Column("last_sent_at", DateTime(timezone=True)),
    Column("failures", Integer, nullable=False, server_default=sql("0")),
    Column("failing_since", DateTime(timezone=True)),
    Column("retry_at", DateTime(timezone=True)),
    text("last_error", nullable=True),
    CheckConstraint("status in ('active', 'paused')", name="status"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("subscription_id", Integer, nullable=False),
    # in the order in which the events happened
    Column("id", BigInteger, Identity(), nullable=False),
    Column("event_id", BigInteger, nullable=False),
    date("business_date"),
    # what keeps its order: a bill unit's id, else an account's, negative; 0 for what concerns none
    Column("stream", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("next_attempt_at", DateTime(timezone=True), nullable=False),
    Column("first_failed_at", DateTime(timezone=True)),
    Column("parked_at", DateTime(timezone=True)),
    Column("attempts", Integer, nullable=False, server_default=sql("0")),
    # of an event that is sent in parts, how many have been taken
    Column("parts_sent", Integer, nullable=False, server_default=sql("0")),
    text("last_error", nullable=True),
    PrimaryKeyConstraint("subscription_id", "id"),
    Index("ix_delivery_stream", "subscription_id", "stream", "id"),
    Index(
        "ix_delivery_parked",
        "subscription_id",
        "id",
        postgresql_where=sql("parked_at is not null"),
    ),
)

scheduled_night = Table(
    "scheduled_night",
    metadata,
    # what the worker noticed about a night that didn't come off at once
    Column("business_date", Date, primary_key=True),
    Column("attempts", Integer, nullable=False, server_default=sql("0")),
    Column("failed_at", DateTime(timezone=True)),
    Column("late_at", DateTime(timezone=True)),
    Column("retry_at", DateTime(timezone=True)),
    text("message", nullable=True),
)
