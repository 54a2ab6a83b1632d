"""To-dos: what somebody is to look at, made by actions, by rules over events, or by hand; and the
types that the policy knows.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

from dunwell.tables.base import configuration, date, operational, reference, text

todo_type = configuration(
    "todo_type",
    text("name", unique=True),
    text("description", server_default=""),
    text("role"),
    Column("priority", Integer, nullable=False, server_default=sql("50")),
    # where a click on it leads: account, bill_unit, case, pay_plan, payments, contacts
    text("leads_to", server_default="bill_unit"),
    # the rule that makes it: kinds of events, and what must hold of whom they concern
    Column("events", JSONB, nullable=False, server_default=sql("'[]'")),
    Column("condition", JSONB),
)

todo = operational(
    "todo",
    reference("bill_unit_id"),
    # what it is about, and what made it; none: a person
    reference("case_id", nullable=True),
    reference("action_id", nullable=True),
    # the event of a severance process that waits for it
    reference("severance_event_id", nullable=True),
    Column("event_id", BigInteger),
    date("made_on"),
    date("completed_on", nullable=True),
    Column("priority", Integer, nullable=False),
    # whose it is; none: of whoever has the role
    Column("agent_id", Integer),
    text("type"),
    text("role"),
    text("leads_to"),
    text("message", server_default=""),
    text("status", server_default="open"),
    text("made_by"),
    text("completed_by", nullable=True),
    text("comment", nullable=True),
    Column("version", Integer, nullable=False, server_default=sql("1")),
    CheckConstraint("status in ('open', 'completed')", name="status"),
    CheckConstraint("(status = 'completed') = (completed_on is not null)", name="completed_on"),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    Index("ix_todo_bill_unit", "account_id", "bill_unit_id"),
    # the list of what is open, in its order
    Index("ix_todo_open", "made_on", "account_id", postgresql_where=sql("status = 'open'")),
    Index(
        "uq_todo_action",
        "account_id",
        "bill_unit_id",
        "action_id",
        unique=True,
        postgresql_where=sql("action_id is not null"),
    ),
    Index(
        "uq_todo_severance_event",
        "account_id",
        "severance_event_id",
        unique=True,
        postgresql_where=sql("severance_event_id is not null"),
    ),
    Index(
        "uq_todo_event",
        "account_id",
        "event_id",
        "type",
        unique=True,
        postgresql_where=sql("event_id is not null"),
    ),
)
