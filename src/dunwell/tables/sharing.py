"""Sharing groups: bill units whose debts one of them, the parent, answers for.

Members may live in other accounts than their parent, so a group belongs to no account; who is in
it, as what and when, stands with each bill unit.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Integer
from sqlalchemy import text as sql

from dunwell.tables.base import configuration, date, operational, reference, text

sharing_group = configuration(
    "sharing_group",
    Column("brand_id", ForeignKey("brand.id"), nullable=False),
    text("name"),
    text("currency"),
    date("made_on"),
    date("deleted_on", nullable=True),
    Column("version", Integer, nullable=False, server_default=sql("1")),
    Index(
        "uq_sharing_group_name",
        "brand_id",
        "name",
        unique=True,
        postgresql_where=sql("deleted_on is null"),
    ),
)

sharing_member = operational(
    "sharing_member",
    reference("bill_unit_id"),
    Column("sharing_group_id", ForeignKey("sharing_group.id"), nullable=False),
    date("joined_on"),
    # the first day on which it is no longer in the group
    date("left_on", nullable=True),
    text("role"),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    CheckConstraint("role in ('parent', 'member')", name="role"),
    Index(
        "uq_sharing_member_bill_unit",
        "account_id",
        "bill_unit_id",
        unique=True,
        postgresql_where=sql("left_on is null"),
    ),
    Index(
        "uq_sharing_member_parent",
        "sharing_group_id",
        unique=True,
        postgresql_where=sql("role = 'parent' and left_on is null"),
    ),
    Index("ix_sharing_member_group", "sharing_group_id"),
)
