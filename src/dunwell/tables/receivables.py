"""What customers owe: bills, open items, credits, allocations, disputes, balances.

Columns of the big tables are ordered so that a row packs tightly; `item` is about 100 bytes.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    func,
)
from sqlalchemy import (
    text as sql,
)

from dunwell.tables.base import date, metadata, money, operational, reference, text

bill = operational(
    "bill",
    reference("bill_unit_id"),
    # the bill that this one corrects, and the first of that chain (its own id if it corrects none);
    # items and named payments hang on the first, so that a correction moves nothing
    reference("corrects_id", nullable=True),
    reference("root_id"),
    date("issued_on"),
    date("due_on"),
    Column("debt_class_id", Integer, nullable=False),
    money("amount"),
    text("bill_no", unique=True),
    # few days have many bills: which ones a search for days begins with
    Index("ix_bill_issued", "issued_on"),
    # no foreign key: the loader has looked every bill unit up, and an invariant watches
    Index(
        "ix_bill_correction",
        "account_id",
        "root_id",
        postgresql_where=sql("corrects_id is not null"),
    ),
    # every letter names the bills that it is about
    included="bill_no",
)

item = operational(
    "item",
    reference("bill_unit_id"),
    # the root of the bill's chain; none for a fee or a free adjustment
    reference("bill_id", nullable=True),
    # the bill row whose amount (or, for a correction, whose rise) this item is
    reference("source_bill_id", nullable=True),
    reference("service_agreement_id", nullable=True),
    Column("debt_class_id", Integer, nullable=False),
    date("issued_on"),
    date("due_on"),
    money("amount"),
    money("open_amount"),
    text("kind"),
    # the number of a debit adjustment
    text("number", nullable=True),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint(
        "kind in ('bill', 'correction', 'adjustment', 'late_fee', 'finance_charge', 'written_off')",
        name="kind",
    ),
    Index(
        "ix_item_open",
        "account_id",
        "bill_unit_id",
        "debt_class_id",
        "due_on",
        postgresql_include=["open_amount", "issued_on", "id"],
        postgresql_where=sql("open_amount > 0"),
    ),
    Index(
        "ix_item_due",
        "due_on",
        "account_id",
        postgresql_include=["bill_unit_id", "debt_class_id"],
        postgresql_where=sql("open_amount > 0"),
    ),
    Index(
        "ix_item_released",
        "account_id",
        "id",
        postgresql_where=sql("open_amount < 0"),
    ),
    # what hangs on a bill without being its own item: corrections, adjustments that name it; a
    # bill's own item is found among the account's, which spares each of them an index entry
    Index(
        "ix_item_bill",
        "account_id",
        "bill_id",
        postgresql_where=sql("bill_id is not null and source_bill_id is distinct from bill_id"),
    ),
    Index("uq_item_number", "number", unique=True, postgresql_where=sql("number is not null")),
)

credit = operational(
    "credit",
    reference("bill_unit_id"),
    # the root of the bill that it names, to be paid first
    reference("bill_id", nullable=True),
    # the corrective bill whose reduction this is
    reference("source_bill_id", nullable=True),
    # a bounced payment is undone by a payment of the opposite amount that reverses it
    reference("reverses_id", nullable=True),
    # the write-off action that made it
    reference("action_id", nullable=True),
    date("effective_on"),
    # a changed credit gives back what it paid and is applied anew on the next night
    Column("reapply", Boolean, nullable=False, server_default=sql("false")),
    money("amount"),
    # not yet applied; negative while a reversal or a reduction waits to be posted
    money("open_amount"),
    text("kind"),
    text("number", nullable=True),
    text("method", nullable=True),
    text("reason", nullable=True),
    CheckConstraint("kind in ('payment', 'adjustment', 'correction', 'write_off')", name="kind"),
    Index(
        "ix_credit_open",
        "effective_on",
        "account_id",
        postgresql_where=sql("open_amount > 0"),
    ),
    Index(
        "ix_credit_released",
        "account_id",
        "bill_unit_id",
        postgresql_where=sql("open_amount < 0 or reapply"),
    ),
    Index("ix_credit_bill_unit", "account_id", "bill_unit_id"),
    Index(
        "uq_credit_number",
        "kind",
        "number",
        unique=True,
        postgresql_where=sql("number is not null"),
    ),
    Index(
        "uq_credit_source_bill",
        "account_id",
        "source_bill_id",
        unique=True,
        postgresql_where=sql("source_bill_id is not null"),
    ),
    # a payment bounces once
    Index(
        "uq_credit_reverses",
        "account_id",
        "reverses_id",
        unique=True,
        postgresql_where=sql("reverses_id is not null"),
    ),
)

allocation = operational(
    "allocation",
    reference("credit_id"),
    reference("item_id"),
    # from when it counts: the later of the credit's date and the item's
    date("effective_on"),
    # the business date of the night that made it
    date("posted_on"),
    # negative: a reversal of an earlier allocation of the same pair
    money("amount"),
    Index("ix_allocation_credit", "account_id", "credit_id"),
    Index("ix_allocation_item", "account_id", "item_id"),
)

dispute = operational(
    "dispute",
    reference("bill_unit_id"),
    reference("bill_id"),
    money("amount"),
    date("disputed_on"),
    # the first day on which it is no longer disputed
    date("resolved_on", nullable=True),
    # of one that a person raised: why, who, and what came of it; a file states none of these
    text("reason", nullable=True),
    text("note", nullable=True),
    text("raised_by", nullable=True),
    text("resolved_by", nullable=True),
    text("outcome", nullable=True),
    CheckConstraint("outcome in ('refused', 'granted', 'partly_granted')", name="outcome"),
    ForeignKeyConstraint(["account_id", "bill_id"], ["bill.account_id", "bill.id"]),
    Index("ix_dispute_bill", "account_id", "bill_id"),
)

exemption = operational(
    "exemption",
    reference("bill_unit_id"),
    date("exempt_from"),
    # the last exempt day; none: until it is lifted
    date("exempt_until", nullable=True),
    text("reason"),
    text("note", nullable=True),
    text("actor"),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    Index("ix_exemption_bill_unit", "account_id", "bill_unit_id"),
)

note = operational(
    "note",
    # none: about the account as a whole
    reference("bill_unit_id", nullable=True),
    date("noted_on"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    text("category"),
    text("text"),
    text("author"),
    ForeignKeyConstraint(["account_id"], ["account.id"]),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    Index("ix_note_account", "account_id", "noted_on"),
)

# what a bill unit owes of a debt class: one row, known by these three and by nothing else
balance = Table(
    "balance",
    metadata,
    reference("account_id"),
    reference("bill_unit_id"),
    Column("debt_class_id", Integer, nullable=False),
    date("earliest_due_on"),
    date("latest_due_on"),
    # the business date on which the row became what it is; ages are computed when asked
    Column("changed_on", Date, nullable=False),
    money("overdue_amount"),
    text("currency"),
    # a full night compares every balance, from this index alone
    PrimaryKeyConstraint(
        "account_id",
        "bill_unit_id",
        "debt_class_id",
        postgresql_include=["overdue_amount", "earliest_due_on", "latest_due_on"],
    ),
)
