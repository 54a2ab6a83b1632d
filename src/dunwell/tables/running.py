"""Running: runs and their slices, what was touched since, the event log, and files that leave."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    func,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.dialects.postgresql import JSONB

from dunwell.tables.base import Xid8, configuration, date, metadata, text

run = configuration(
    "run",
    date("business_date"),
    text("status", server_default="running"),
    Column("full_night", Boolean, nullable=False),
    Column("policy_version_id", Integer, nullable=False),
    text("engine_version"),
    Column("slice_width", BigInteger, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("finished_at", DateTime(timezone=True)),
    Column("report", JSONB),
    Index("ix_run_business_date", "business_date"),
)

run_request = configuration(
    "run_request",
    date("business_date"),
    Column("full_night", Boolean, nullable=False),
    Column("workers", Integer, nullable=False),
    text("status", server_default="queued"),
    text("asked_by"),
    Column("asked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("attempts", Integer, nullable=False, server_default=sql("0")),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("run_id", Integer),
    text("message", nullable=True),
    Index("ix_run_request_open", "id", postgresql_where=sql("status in ('queued', 'running')")),
)

run_slice = Table(
    "run_slice",
    metadata,
    Column("run_id", ForeignKey("run.id"), nullable=False),
    Column("slice_no", Integer, nullable=False),
    Column("business_date", Date, nullable=False),
    Column("finished_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # what the night did here, and what the slice's totals are since
    Column("counts", JSONB, nullable=False),
    Column("totals", JSONB, nullable=False),
    PrimaryKeyConstraint("run_id", "slice_no"),
    Index("ix_run_slice_last", "slice_no", "business_date"),
)

touched = Table(
    "touched",
    metadata,
    Column("id", BigInteger, Identity(cache=50), nullable=False),
    Column("account_id", BigInteger, nullable=False),
    Column("bill_unit_id", BigInteger, nullable=False),
    # none: on the next night, whatever its date
    Column("examine_from", Date),
    # who wrote it: so a transaction knows whose debt it may have lowered (engine/relief)
    Column("txid", Xid8, nullable=False, server_default=sql("pg_current_xact_id()")),
    PrimaryKeyConstraint("account_id", "id"),
)

event = Table(
    "event",
    metadata,
    # not cached: of two events of one bill unit the later has the higher number
    Column("id", BigInteger, Identity(), nullable=False),
    Column("business_date", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("account_id", BigInteger),
    Column("bill_unit_id", BigInteger),
    Column("case_id", BigInteger),
    text("kind"),
    text("actor", server_default="night"),
    Column("run_id", Integer),
    Column("data", JSONB, nullable=False, server_default=sql("'{}'")),
    # who wrote it: by this the publisher tells what it has seen (features/subscriptions/fanning)
    Column("txid", Xid8, nullable=False, server_default=sql("pg_current_xact_id()")),
    PrimaryKeyConstraint("business_date", "id"),
    Index("ix_event_account", "account_id", "bill_unit_id"),
    Index("ix_event_txid", "txid"),
    # what people did: little beside what the night does, and asked for by period
    Index(
        "ix_event_people",
        "business_date",
        "actor",
        "kind",
        postgresql_where=sql("actor <> 'night'"),
    ),
    postgresql_partition_by="RANGE (business_date)",
)

outgoing_file = configuration(
    "outgoing_file",
    text("kind"),
    text("name", unique=True),
    date("made_on"),
    # it is here before it is in a folder, so that what it says is recorded exactly once
    Column("content", LargeBinary, nullable=False),
    # its content can be read only with the installation's key
    Column("sealed", Boolean, nullable=False),
    # what ties a bank's answers to it
    text("message_no", nullable=True),
    Column("written_at", DateTime(timezone=True)),
    Index("ix_outgoing_file_unwritten", "kind", postgresql_where=sql("written_at is null")),
)
