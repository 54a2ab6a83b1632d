"""Promises to pay: what was promised for a case, and the amount of each instalment.

An instalment is an action of the case, with its date and status there; here is only what an
ordinary action doesn't have.
"""

from sqlalchemy import CheckConstraint, Column, Index, Integer
from sqlalchemy import text as sql

from dunwell.tables.base import date, money, operational, reference, text

promise = operational(
    "promise",
    reference("case_id"),
    reference("bill_unit_id"),
    date("made_on"),
    # the last night that had posted payments when it was made; what was posted later counts
    date("posted_until", nullable=True),
    date("ended_on", nullable=True),
    money("total"),
    # for instalments that say nothing else; none: the customer pays by themselves
    reference("payment_method_id", nullable=True),
    text("status", server_default="active"),
    text("actor"),
    Column("version", Integer, nullable=False, server_default=sql("1")),
    CheckConstraint("status in ('active', 'kept', 'broken', 'revoked')", name="status"),
    CheckConstraint("total >= 0", name="total"),
    Index(
        "uq_promise_active",
        "account_id",
        "case_id",
        unique=True,
        postgresql_where=sql("status = 'active'"),
    ),
    Index("ix_promise_case", "account_id", "case_id"),
)

instalment = operational(
    "instalment",
    reference("action_id"),
    money("amount"),
    reference("payment_method_id", nullable=True),
    CheckConstraint("amount > 0", name="amount"),
    Index("uq_instalment_action", "account_id", "action_id", unique=True),
)
