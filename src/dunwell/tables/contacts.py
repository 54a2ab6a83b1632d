"""Customer contacts: who spoke or wrote with a customer, when, how and about what; and the types of
contact that the policy knows.
"""

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKeyConstraint, Index, func
from sqlalchemy import text as sql

from dunwell.tables.base import configuration, date, operational, reference, text

contact_type = configuration(
    "contact_type",
    text("contact_class"),
    text("name"),
    text("description", server_default=""),
    Index("uq_contact_type", "contact_class", "name", unique=True),
)

contact = operational(
    "contact",
    # none: about the account as a whole
    reference("bill_unit_id", nullable=True),
    # what it is about, where it is about one
    reference("case_id", nullable=True),
    # the action that made it, and the letter that it made or was
    reference("action_id", nullable=True),
    reference("letter_id", nullable=True),
    date("contacted_on"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    text("contact_class"),
    text("contact_type"),
    text("direction"),
    text("channel"),
    text("text", server_default=""),
    text("author"),
    CheckConstraint("direction in ('inbound', 'outbound')", name="direction"),
    ForeignKeyConstraint(["account_id"], ["account.id"]),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    Index("ix_contact_account", "account_id", "contacted_on"),
    # an action reaches a bill unit once
    Index(
        "uq_contact_action",
        "account_id",
        "bill_unit_id",
        "action_id",
        unique=True,
        postgresql_where=sql("action_id is not null"),
    ),
)
