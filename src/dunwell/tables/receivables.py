"""Customers and what they owe: accounts, bill units, bills, open items, credits, allocations.

Columns of the big tables are ordered so that a row packs tightly; `item` is about 100 bytes.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    func,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.dialects.postgresql import JSONB

from dunwell.tables.base import date, metadata, money, operational, reference, text


def _small_letters(name: str) -> Column[str]:
    return Column(
        f"{name}_search",
        Text(collation="C"),
        Computed(f'lower({name}) collate "C"', persisted=True),
    )


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=sql("false"))


account = Table(
    "account",
    metadata,
    # the account is the root of `account_id`: its own key is that number
    Column("id", BigInteger, Identity(), primary_key=True),
    text("account_no", unique=True),
    Column("brand_id", ForeignKey("brand.id"), nullable=False),
    text("name"),
    text("company", nullable=True),
    text("email", nullable=True),
    text("phone", nullable=True),
    text("address", nullable=True),
    text("city", nullable=True),
    text("postal_code", nullable=True),
    text("country", nullable=True),
    text("locale", nullable=True),
    text("status", server_default="active"),
    text("account_type", nullable=True),
    text("customer_class", nullable=True),
    text("jurisdiction", nullable=True),
    Column("credit_score", Integer),
    Column("attributes", JSONB, nullable=False, server_default=sql("'{}'")),
    # somebody in the household depends on the supply: cutting it would put them at risk
    _flag("life_support"),
    _flag("sensitive_load"),
    # names are searched by their beginning: in small letters and by plain byte order, so that a
    # range over the index answers, also behind row-level security
    _small_letters("name"),
    _small_letters("company"),
    Index("ix_account_name", "name_search", "id"),
    Index(
        "ix_account_company",
        "company_search",
        "id",
        postgresql_where=sql("company_search is not null"),
    ),
)

# under which texts each account is found (`search_words` makes them); a search reads one range of
# the index for each brand, so that it is as quick behind the brand's wall
search_word = operational(
    "search_word",
    Column("brand_id", Integer, nullable=False),
    Column("word", Text(collation="C"), nullable=False),
    Index("ix_search_word", "brand_id", "word", "account_id"),
)

bill_unit = operational(
    "bill_unit",
    text("bill_unit_no", unique=True),
    text("currency"),
    text("pay_type", server_default="invoice"),
    text("delivery", nullable=True),
    text("status", server_default="active"),
    Column("attributes", JSONB, nullable=False, server_default=sql("'{}'")),
    # what criteria ask, kept by who changes budgets, agreements and pay plans: asking the row that
    # the night has at hand costs nothing
    _flag("on_budget"),
    _flag("bills_for_others"),
    _flag("broken_pay_plan"),
    ForeignKeyConstraint(["account_id"], ["account.id"]),
)

# what other systems call our customers and bill units, and which of their versions was taken last
outside_identifier = operational(
    "outside_identifier",
    # none: it is the account, or a part of it
    reference("bill_unit_id", nullable=True),
    text("system"),
    # the kind of load file that told it: accounts, bill_units, contact_details, addresses
    text("kind"),
    text("outside_id"),
    # as the system wrote it, and where it stands among the others (`version_order`)
    text("version", nullable=True),
    Column("version_order", BigInteger),
    Column("taken_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    ForeignKeyConstraint(["account_id"], ["account.id"]),
    Index("uq_outside_identifier", "system", "kind", "outside_id", unique=True),
)

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
    _flag("life_support"),
    _flag("sensitive_load"),
    # one meter for several customers: cutting it would cut them all
    _flag("master_meter"),
    # the supplier whose service we bill for them; none: it is our own
    text("third_party_supplier", nullable=True),
    CheckConstraint("status in ('pending_start', 'active', 'stopped', 'closed')", name="status"),
    CheckConstraint("stopped_on >= started_on", name="stopped_on"),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    Index("ix_service_agreement_bill_unit", "account_id", "bill_unit_id"),
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
    # what hangs on a bill without being its own item: corrections, adjustments that name it
    Index(
        "ix_item_bill",
        "account_id",
        "bill_id",
        postgresql_where=sql("bill_id is not null and source_bill_id is distinct from bill_id"),
    ),
    Index(
        "uq_item_source_bill",
        "account_id",
        "source_bill_id",
        unique=True,
        postgresql_where=sql("source_bill_id is not null"),
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

balance = operational(
    "balance",
    reference("bill_unit_id"),
    Column("debt_class_id", Integer, nullable=False),
    date("earliest_due_on"),
    date("latest_due_on"),
    # the business date on which the row became what it is; ages are computed when asked
    Column("changed_on", Date, nullable=False),
    money("overdue_amount"),
    text("currency"),
    # a full night compares every balance, from this index alone
    Index(
        "uq_balance",
        "account_id",
        "bill_unit_id",
        "debt_class_id",
        unique=True,
        postgresql_include=["id", "overdue_amount", "earliest_due_on", "latest_due_on"],
    ),
)
