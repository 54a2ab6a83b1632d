"""What customer care and its CRM see: each bill unit's collection status, credit alerts with what
was done about them, and the two identifier maps and the inbox of the CRMs that are mirrored.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
    func,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.dialects.postgresql import JSONB

from dunwell.tables.base import configuration, date, money, operational, reference, text

collection_substatus = configuration(
    "collection_substatus",
    text("name", unique=True),
    text("description", server_default=""),
    # of those that hold the lowest is shown
    Column("severity", Integer, nullable=False),
    Column("from_days", Integer, nullable=False, server_default=sql("0")),
    # names of scenarios and of actions, and types of actions; empty: any
    Column("scenarios", JSONB, nullable=False),
    Column("actions", JSONB, nullable=False),
    Column("action_types", JSONB, nullable=False),
)

# a bill unit that was never in collections has no row: it is green
collection_status = operational(
    "collection_status",
    reference("bill_unit_id"),
    # the case that it comes from, while there is one
    reference("case_id", nullable=True),
    date("since_on"),
    Column("version", Integer, nullable=False, server_default=sql("1")),
    Column("in_collections", Boolean, nullable=False),
    text("status"),
    text("substatus"),
    CheckConstraint("status in ('green', 'yellow', 'red')", name="status"),
    Index("uq_collection_status_bill_unit", "account_id", "bill_unit_id", unique=True),
)

credit_alert = operational(
    "credit_alert",
    reference("bill_unit_id"),
    # whose entry into collections raised it
    reference("case_id", nullable=True),
    date("raised_on"),
    # since when the oldest debt is due, as far as whoever raised it said
    date("oldest_due_on", nullable=True),
    date("closed_on", nullable=True),
    Column("version", Integer, nullable=False, server_default=sql("1")),
    Column("brand_id", Integer, nullable=False),
    Column("agent_id", Integer),
    # `dunwell`, or the system that reported it, with its own number and clock
    text("source"),
    text("their_id", nullable=True),
    Column("their_time", DateTime(timezone=True)),
    text("reason"),
    money("amount", nullable=True),
    text("currency"),
    text("status", server_default="open"),
    text("close_reason", nullable=True),
    text("closed_by", nullable=True),
    CheckConstraint("status in ('open', 'closed')", name="status"),
    # no foreign key: the night raises hundreds of thousands at once, of bill units that it joins
    CheckConstraint("(status = 'closed') = (closed_on is not null)", name="closed_on"),
    Index("ix_credit_alert_bill_unit", "account_id", "bill_unit_id"),
    Index(
        "ix_credit_alert_open",
        "raised_on",
        "account_id",
        "id",
        postgresql_where=sql("status = 'open'"),
    ),
    Index("ix_credit_alert_raised", "raised_on", "account_id", "id"),
    Index(
        "uq_credit_alert_their_id",
        "source",
        "their_id",
        unique=True,
        postgresql_where=sql("their_id is not null"),
    ),
)

# what people did about an alert, and what they wrote beside it
credit_alert_activity = operational(
    "credit_alert_activity",
    reference("credit_alert_id"),
    date("done_on"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    text("kind"),
    text("note", server_default=""),
    text("actor"),
    ForeignKeyConstraint(
        ["account_id", "credit_alert_id"], ["credit_alert.account_id", "credit_alert.id"]
    ),
    Index("ix_credit_alert_activity_alert", "account_id", "credit_alert_id"),
)

# our row and what a CRM calls it; read in both directions
crm_identifier = operational(
    "crm_identifier",
    reference("object_id"),
    text("system"),
    text("noun"),
    # none: it speaks of it by our handle
    text("their_id", nullable=True),
    # the CRM's clock at the latest of its changes that was heard
    Column("their_time", DateTime(timezone=True)),
    # the version that it knew at its first change since anybody else's, and the one that its latest
    # change has made: what it says next may still know the former
    Column("knew_version", Integer),
    Column("made_version", Integer),
    ForeignKeyConstraint(["account_id"], ["account.id"]),
    Index("uq_crm_identifier_object", "account_id", "system", "noun", "object_id", unique=True),
    UniqueConstraint("system", "noun", "their_id", name="uq_crm_identifier_their_id"),
)

# each message of a CRM and how it was answered, so that it is answered so again
crm_message = operational(
    "crm_message",
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    text("system"),
    text("message_id"),
    Column("fingerprint", LargeBinary, nullable=False),
    text("outcome"),
    Column("answer", JSONB, nullable=False),
    ForeignKeyConstraint(["account_id"], ["account.id"]),
    Index("uq_crm_message", "account_id", "system", "message_id", unique=True),
    Index("ix_crm_message_received", "received_at"),
)
