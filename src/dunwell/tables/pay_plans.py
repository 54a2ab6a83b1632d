"""Pay plans: payments that a customer, or somebody else for them, is to make by a schedule; until
then the plan insulates as much of the debt. And the types of plan that the policy knows.
"""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKeyConstraint, Index, Integer
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from dunwell.tables.base import configuration, date, money, operational, reference, text

pay_plan_type = configuration(
    "pay_plan_type",
    text("name", unique=True),
    text("description", server_default=""),
    # names of the debt classes that it covers; empty: all
    Column("debt_classes", JSONB, nullable=False, server_default=sql("'[]'")),
    Column("grace_days", Integer, nullable=False, server_default=sql("0")),
    # somebody else pays, such as a welfare office; a cancel event leaves it alone
    Column("third_party", Boolean, nullable=False, server_default=sql("false")),
    # what a broken plan adds to the credit rating, and for how many days; none: for good
    Column("broken_points", Integer, nullable=False, server_default=sql("0")),
    Column("broken_days", Integer),
)

pay_plan = operational(
    "pay_plan",
    reference("bill_unit_id"),
    date("made_on"),
    # the last night that had posted payments when it was made; what was posted later counts
    date("posted_until", nullable=True),
    # the first day on which it insulates nothing any more
    date("ended_on", nullable=True),
    # the terms of its type on the day it was made; no debt classes: all
    Column("debt_class_ids", ARRAY(Integer)),
    Column("grace_days", Integer, nullable=False),
    Column("broken_points", Integer, nullable=False, server_default=sql("0")),
    Column("broken_days", Integer),
    Column("third_party", Boolean, nullable=False, server_default=sql("false")),
    text("type"),
    # who pays in the customer's place
    text("payer", nullable=True),
    text("status", server_default="active"),
    text("ended_reason", nullable=True),
    text("actor"),
    Column("version", Integer, nullable=False, server_default=sql("1")),
    CheckConstraint("status in ('active', 'kept', 'broken', 'cancelled')", name="status"),
    CheckConstraint("(status = 'active') = (ended_on is null)", name="ended_on"),
    CheckConstraint("grace_days >= 0", name="grace_days"),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    Index("ix_pay_plan_bill_unit", "account_id", "bill_unit_id"),
    Index("ix_pay_plan_active", "account_id", postgresql_where=sql("status = 'active'")),
)

scheduled_payment = operational(
    "scheduled_payment",
    reference("pay_plan_id"),
    date("due_on"),
    # the night that found it paid
    date("met_on", nullable=True),
    money("amount"),
    CheckConstraint("amount > 0", name="amount"),
    Index("ix_scheduled_payment_pay_plan", "account_id", "pay_plan_id"),
)
