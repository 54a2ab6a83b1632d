"""What customer care does and sees: adjustments that were asked for, receipts for payments taken by
hand, and usage that isn't billed yet.

An adjustment that is posted is a credit or an item besides, under its `number`: the same row that a
loaded one makes. Disputes stand with the bills (`tables.receivables`).
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
from sqlalchemy import (
    text as sql,
)

from dunwell.tables.base import date, money, operational, reference, text

adjustment = operational(
    "adjustment",
    reference("bill_unit_id"),
    # the root of the bill that it is about
    reference("bill_id", nullable=True),
    # the dispute that it resolves
    reference("dispute_id", nullable=True),
    Column("requested_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    date("requested_on"),
    date("decided_on", nullable=True),
    Column("version", Integer, nullable=False, server_default=sql("1")),
    money("amount"),
    # credit: the customer owes less; debit: more
    text("direction"),
    text("status", server_default="waiting"),
    text("reason"),
    text("note", nullable=True),
    text("requested_by"),
    text("decided_by", nullable=True),
    text("decision_note", nullable=True),
    # of the credit or the item that it became
    text("number", nullable=True),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("direction in ('credit', 'debit')", name="direction"),
    CheckConstraint("status in ('waiting', 'posted', 'rejected', 'withdrawn')", name="status"),
    CheckConstraint("(status = 'posted') = (number is not null)", name="number"),
    CheckConstraint(
        "(status = 'waiting') = (decided_on is null and decided_by is null)", name="decided"
    ),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    Index("ix_adjustment_bill_unit", "account_id", "bill_unit_id"),
    Index(
        "ix_adjustment_waiting",
        "requested_on",
        "account_id",
        "id",
        postgresql_where=sql("status = 'waiting'"),
    ),
    # a dispute is decided once at a time
    Index(
        "uq_adjustment_dispute",
        "account_id",
        "dispute_id",
        unique=True,
        postgresql_where=sql("status = 'waiting' and dispute_id is not null"),
    ),
)

receipt = operational(
    "receipt",
    reference("bill_unit_id"),
    # as it was given out: what becomes of the payment later changes nothing here
    text("payment_no"),
    date("issued_on"),
    date("paid_on"),
    money("amount"),
    text("currency"),
    text("method"),
    text("reference", nullable=True),
    # who paid, if it isn't the customer
    text("payer", nullable=True),
    text("cashier"),
    CheckConstraint("amount > 0", name="amount"),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    Index("uq_receipt_payment_no", "account_id", "payment_no", unique=True),
)

unbilled_usage = operational(
    "unbilled_usage",
    reference("bill_unit_id"),
    Column("debt_class_id", Integer, nullable=False),
    # until when it was measured, by the billing system's clock
    Column("as_of", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    money("amount"),
    # what the billing system says of it: "3.2 GB, 41 min"
    text("details", nullable=True),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    Index("uq_unbilled_usage", "account_id", "bill_unit_id", "debt_class_id", unique=True),
)
