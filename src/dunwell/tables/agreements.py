"""What is supplied to customers, and how they pay for it: service agreements and budgets."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
)
from sqlalchemy import (
    text as sql,
)

from dunwell.tables.base import date, flag, money, operational, reference, text

service_agreement = operational(
    "service_agreement",
    reference("bill_unit_id"),
    text("service_agreement_no", unique=True),
    # what is supplied: electricity, gas, water; severance criteria and templates ask it
    text("type", server_default="standard"),
    text("status", server_default="active"),
    # the debt class of its bills that name none
    Column("debt_class_id", ForeignKey("debt_class.id")),
    date("started_on", nullable=True),
    date("stopped_on", nullable=True),
    text("premise_no", nullable=True),
    text("premise_address", nullable=True),
    # somebody at the premise depends on the supply; it counts for all agreements of that premise
    flag("life_support"),
    flag("sensitive_load"),
    # one meter for several customers: cutting it would cut them all
    flag("master_meter"),
    # the supplier whose service we bill for them; none: it is our own
    text("third_party_supplier", nullable=True),
    CheckConstraint("status in ('pending_start', 'active', 'stopped', 'closed')", name="status"),
    CheckConstraint("stopped_on >= started_on", name="stopped_on"),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    Index("ix_service_agreement_bill_unit", "account_id", "bill_unit_id"),
    # whom a cut would harm, under which roof
    Index(
        "ix_service_agreement_at_risk",
        "premise_no",
        postgresql_where=sql("life_support or sensitive_load"),
    ),
)

# a levelised payment: the customer pays the same every period, and the difference to what was used
# adds up until it is settled
budget = operational(
    "budget",
    reference("bill_unit_id"),
    text("budget_no", unique=True),
    money("amount"),
    # what was used less what was paid so far: what the customer owes us, negative if we owe them
    money("difference", server_default=sql("0")),
    date("started_on"),
    date("ended_on", nullable=True),
    text("status", server_default="active"),
    # the type of the adjustment that settles it
    text("adjustment_type", server_default="budget_settlement"),
    CheckConstraint("status in ('active', 'cancelled', 'ended')", name="status"),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    # a bill unit has one budget at a time
    Index(
        "uq_budget_active",
        "account_id",
        "bill_unit_id",
        unique=True,
        postgresql_where=sql("status = 'active'"),
    ),
)
