"""Customers: accounts, their bill units, and what other systems call them."""

from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
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

from dunwell.tables.base import flag, metadata, operational, reference, text


def _small_letters(name: str) -> Column[str]:
    return Column(
        f"{name}_search",
        Text(collation="C"),
        Computed(f'lower({name}) collate "C"', persisted=True),
    )


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
    flag("life_support"),
    flag("sensitive_load"),
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
    flag("on_budget"),
    flag("bills_for_others"),
    flag("broken_pay_plan"),
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
