"""Referrals of cases to collections agencies: when each was told, and when it was recalled."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer
from sqlalchemy import (
    text as sql,
)

from dunwell.tables.base import money, text
from dunwell.tables.cases import of_action

agency_referral = of_action(
    "agency_referral",
    Column("agency_id", Integer, nullable=False),
    # what was owed when it was referred
    money("amount"),
    text("currency"),
    # ready: the agency doesn't know yet; recalled: it knows, and must hear that it is over
    text("status", server_default="ready"),
    Column("exported_on", Date),
    Column("recalled_on", Date),
    text("recall_reason", nullable=True),
    # the files that told the agency
    Column("outgoing_file_id", Integer),
    Column("recall_file_id", Integer),
    CheckConstraint(
        "status in ('ready', 'exported', 'recalled', 'ended', 'withdrawn')", name="status"
    ),
    Index(
        "ix_agency_referral_open",
        "account_id",
        "case_id",
        postgresql_where=sql("status in ('ready', 'exported')"),
    ),
    Index(
        "ix_agency_referral_to_tell",
        "agency_id",
        "status",
        postgresql_where=sql("status in ('ready', 'recalled')"),
    ),
)
