"""Alerts that other systems set and clear: workflows, declarations, claims and the like. What
Dunwell knows itself is asked when somebody looks, and stands in no table.
"""

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKeyConstraint, Index, func

from dunwell.tables.base import date, operational, reference, text

outside_alert = operational(
    "outside_alert",
    # none: about the account as a whole
    reference("bill_unit_id", nullable=True),
    date("shown_from"),
    # the last day on which it is shown; none: until it is cleared
    date("shown_until", nullable=True),
    text("kind"),
    # what the other system calls it
    text("outside_id"),
    text("premise_no", nullable=True),
    # where it is to be seen; none: wherever somebody looks
    text("context", nullable=True),
    text("text", server_default=""),
    text("set_by"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("shown_until >= shown_from", name="shown_until"),
    ForeignKeyConstraint(["account_id"], ["account.id"]),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    Index("uq_outside_alert", "account_id", "kind", "outside_id", unique=True),
)
