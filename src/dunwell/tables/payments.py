"""Payments: how a bill unit pays, what was tried to collect, and what the bank's statements said.

A payment method never holds a full number: a card is the gateway's token, a mandate's IBAN is
sealed with a key that isn't in the database.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    func,
)
from sqlalchemy import (
    text as sql,
)

from dunwell.tables.base import date, metadata, money, operational, reference, text
from dunwell.tables.cases import of_action

payment_method = operational(
    "payment_method",
    reference("bill_unit_id"),
    date("added_on"),
    Column("removed_on", Date),
    # the last day on which the card can be charged
    Column("expires_on", Date),
    Column("mandate_signed_on", Date),
    Column("is_default", Boolean, nullable=False),
    text("kind"),
    # a card: the gateway's token; a mandate: its IBAN, sealed
    text("token"),
    # the gateway's own number of the customer, where the token needs it
    text("customer", nullable=True),
    text("brand", nullable=True),
    text("last_four"),
    text("holder", nullable=True),
    text("mandate_reference", nullable=True),
    CheckConstraint("kind in ('card', 'direct_debit')", name="kind"),
    CheckConstraint("length(last_four) <= 4", name="last_four"),
    CheckConstraint(
        "kind <> 'direct_debit' or mandate_reference is not null and mandate_signed_on is not null",
        name="mandate",
    ),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    Index(
        "uq_payment_method_default",
        "account_id",
        "bill_unit_id",
        unique=True,
        postgresql_where=sql("is_default and removed_on is null"),
    ),
    Index(
        "uq_payment_method_mandate",
        "mandate_reference",
        unique=True,
        postgresql_where=sql("mandate_reference is not null and removed_on is null"),
    ),
)

payment_attempt = of_action(
    "payment_attempt",
    # what the action asked for; what is charged may be less, never more
    money("amount"),
    text("currency"),
    text("status", server_default="ready"),
    # how often it was charged; each try has its own key, which is fixed before the gateway is
    # called and stays the same until its answer is known
    Column("tries", SmallInteger, nullable=False, server_default=sql("0")),
    Column("next_attempt_on", Date),
    text("idempotency_key", nullable=True),
    money("charged_amount", nullable=True),
    reference("payment_method_id", nullable=True),
    text("gateway", nullable=True),
    text("gateway_reference", nullable=True),
    Column("charging_since", DateTime(timezone=True)),
    # the file in which it went to the bank
    Column("outgoing_file_id", Integer),
    # the method that the action names; none: the bill unit's default of the day
    reference("wanted_method_id", nullable=True),
    # the gateway's code of a refusal, or the reason why it wasn't charged
    text("code", nullable=True),
    text("message", nullable=True),
    CheckConstraint(
        "status in ('ready', 'charging', 'pending', 'succeeded', 'declined', 'failed',"
        " 'withdrawn', 'returned')",
        name="status",
    ),
    CheckConstraint("charged_amount <= amount", name="charged_amount"),
    CheckConstraint(
        "status not in ('charging', 'pending', 'succeeded') or idempotency_key is not null",
        name="idempotency_key",
    ),
    Index(
        "ix_payment_attempt_open",
        "status",
        "account_id",
        postgresql_where=sql("status in ('ready', 'charging', 'pending')"),
    ),
    Index(
        "uq_payment_attempt_key",
        "idempotency_key",
        unique=True,
        postgresql_where=sql("idempotency_key is not null"),
    ),
    Index("ix_payment_attempt_bill_unit", "account_id", "bill_unit_id"),
    # a person may have a card charged without any action, and without a case
    always=False,
    in_case=False,
)

bank_statement = Table(
    "bank_statement",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    date("imported_on"),
    Column("imported_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    text("statement_no"),
    # the account whose statement it is
    text("account"),
    text("sha256"),
)

statement_entry = Table(
    "statement_entry",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("bank_statement_id", ForeignKey("bank_statement.id"), nullable=False),
    date("booked_on"),
    date("valued_on"),
    # money in is positive, money out negative
    money("amount"),
    text("currency"),
    text("status"),
    # makes the booking and the transaction within it recognizable in another file
    text("booking_key"),
    text("entry_key", unique=True),
    # a sum of several transactions that the bank didn't list
    Column("is_sum", Boolean, nullable=False),
    text("end_to_end_id", nullable=True),
    text("reference"),
    # who paid; of their account the last four digits only
    text("name", nullable=True),
    text("last_four", nullable=True),
    text("return_code", nullable=True),
    # why it is in suspense, or was dismissed
    text("reason", nullable=True),
    # the number of the credit that it became
    text("payment_no", nullable=True),
    # in suspense it is a to-do: which role's, and which agent's; none: as its type says
    text("role", nullable=True),
    Column("agent_id", Integer),
    Column("version", Integer, nullable=False, server_default=sql("1")),
    CheckConstraint(
        "status in ('posted', 'suspense', 'dismissed', 'outgoing', 'detailed')", name="status"
    ),
    CheckConstraint("(status = 'posted') = (payment_no is not null)", name="payment_no"),
    CheckConstraint("amount <> 0", name="amount"),
    Index("ix_statement_entry_booking", "booking_key"),
    Index("ix_statement_entry_suspense", "id", postgresql_where=sql("status = 'suspense'")),
)
