"""Demerits: dated points that lower (or raise) an account's credit rating or its cash-only score.

The rating itself isn't stored: it is the policy's start plus the demerits in effect on a day, so
that it is true on every day without anybody's doing.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    func,
)
from sqlalchemy import text as sql

from dunwell.tables.base import date, operational, reference, text

demerit = operational(
    "demerit",
    # where it comes from: a bill unit, its case, the action that made it, a broken pay plan
    reference("bill_unit_id", nullable=True),
    reference("case_id", nullable=True),
    reference("action_id", nullable=True),
    reference("pay_plan_id", nullable=True),
    date("effective_from"),
    # the last day on which it counts; none: for good
    date("effective_until", nullable=True),
    Column("points", Integer, nullable=False),
    text("kind"),
    text("reason"),
    text("actor"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("kind in ('credit_rating', 'cash_only')", name="kind"),
    CheckConstraint("points <> 0", name="points"),
    ForeignKeyConstraint(["account_id"], ["account.id"]),
    Index("ix_demerit_account", "account_id", "kind", "effective_from"),
    Index(
        "uq_demerit_action",
        "account_id",
        "action_id",
        "kind",
        unique=True,
        postgresql_where=sql("action_id is not null"),
    ),
    Index(
        "uq_demerit_pay_plan",
        "account_id",
        "pay_plan_id",
        "kind",
        unique=True,
        postgresql_where=sql("pay_plan_id is not null"),
    ),
)
