"""Severance: processes that end in a cut, one for each service agreement, and their events.

A process copies what it needs from its template, so a change of policy never reaches one that is
under way. Its events know their predecessors by name; a date appears when all of them are closed.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.dialects.postgresql import JSONB

from dunwell.tables.base import Money, configuration, date, money, operational, reference, text

severance_template = configuration(
    "severance_template",
    Column("brand_id", ForeignKey("brand.id"), nullable=False),
    text("name"),
    text("description", server_default=""),
    text("purpose"),
    # of those that fit an agreement the lowest is taken
    Column("priority", Integer, nullable=False),
    # types of service agreements; empty: all
    Column("agreement_types", JSONB, nullable=False),
    # facts that the agreement must have, and those that it mustn't
    Column("only_with", JSONB, nullable=False),
    Column("only_without", JSONB, nullable=False),
    Column("criteria", JSONB),
    Column("auto_cancel", Boolean, nullable=False),
    Column("cancel_amount", Money),
    text("reconnect", nullable=True),
    text("day_unit"),
    Column("notices", JSONB, nullable=False),
    Column("events", JSONB, nullable=False),
    UniqueConstraint("brand_id", "name"),
)

moratorium = configuration(
    "moratorium",
    # none: all brands
    Column("brand_id", ForeignKey("brand.id")),
    text("name"),
    # those of one jurisdiction only
    text("jurisdiction", nullable=True),
    # both ends included: days (2026-12-01), or days of every year (12-01), which may pass its end
    text("first_day"),
    text("last_day"),
    UniqueConstraint("brand_id", "name", postgresql_nulls_not_distinct=True),
)

severance = operational(
    "severance",
    reference("bill_unit_id"),
    reference("service_agreement_id"),
    # the case whose action started it
    reference("case_id", nullable=True),
    reference("action_id", nullable=True),
    # the process whose cut this one undoes
    reference("reconnects_id", nullable=True),
    Column("debt_class_id", Integer, nullable=False),
    date("started_on"),
    date("ended_on", nullable=True),
    # the day of the cut
    date("cut_on", nullable=True),
    # what the agreement owed when it began
    money("arrears"),
    # a debt of the class that falls to this ends it, if it cancels itself
    money("cancel_amount"),
    text("currency"),
    text("template"),
    text("purpose"),
    text("status", server_default="active"),
    text("end_reason", nullable=True),
    text("reconnect", nullable=True),
    text("day_unit"),
    text("made_by"),
    Column("auto_cancel", Boolean, nullable=False),
    Column("version", Integer, nullable=False, server_default=sql("1")),
    Column("notices", JSONB, nullable=False),
    CheckConstraint("purpose in ('sever', 'reconnect')", name="purpose"),
    CheckConstraint("status in ('active', 'completed', 'cancelled')", name="status"),
    Index(
        "uq_severance_active",
        "account_id",
        "service_agreement_id",
        unique=True,
        postgresql_where=sql("status = 'active'"),
    ),
    # whoever writes a payment asks here first
    Index(
        "ix_severance_active",
        "account_id",
        "bill_unit_id",
        postgresql_where=sql("status = 'active'"),
    ),
    Index("ix_severance_bill_unit", "account_id", "bill_unit_id"),
)

severance_event = operational(
    "severance_event",
    reference("severance_id"),
    reference("bill_unit_id"),
    # none until all its predecessors are closed
    date("due_on", nullable=True),
    # since when it is with the field system or with a person
    date("sent_on", nullable=True),
    date("refused_on", nullable=True),
    Column("closed_on", Date),
    Column("version", Integer, nullable=False, server_default=sql("1")),
    # how often a protection or the field has turned it back
    Column("refusals", Integer, nullable=False, server_default=sql("0")),
    Column("no", SmallInteger, nullable=False),
    Column("days", SmallInteger, nullable=False),
    text("name"),
    text("type"),
    text("activity", nullable=True),
    text("status", server_default="waiting"),
    # what the field or a person said came of it
    text("outcome", nullable=True),
    text("message", nullable=True),
    # the names of its predecessors
    Column("after", JSONB, nullable=False),
    Column("parameters", JSONB, nullable=False),
    CheckConstraint(
        "status in ('waiting', 'pending', 'sent', 'executing', 'completed', 'cancelled', 'error')",
        name="status",
    ),
    Index("uq_severance_event_no", "account_id", "severance_id", "no", unique=True),
    Index(
        "ix_severance_event_due",
        "due_on",
        "account_id",
        postgresql_where=sql("status = 'pending'"),
    ),
    # what the field system and people have before them
    Index(
        "ix_severance_event_out",
        "account_id",
        "id",
        postgresql_where=sql("status in ('sent', 'executing')"),
    ),
)
