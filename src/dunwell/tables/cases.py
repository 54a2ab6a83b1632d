"""Work: cases, their actions, and what due actions leave behind (letters, payments and referrals
have modules of their own).

A case is `collection_case` in SQL because `case` is a keyword there; everywhere else it is a case.
The night writes these tables, so they carry no foreign keys (DESIGN section 10, point 9); the
invariants of `dunwell db check` watch them instead.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Table,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

from dunwell.tables.base import configuration, date, money, operational, reference, text

collection_case = operational(
    "collection_case",
    reference("bill_unit_id"),
    Column("debt_class_id", Integer, nullable=False),
    Column("scenario_id", Integer, nullable=False),
    Column("policy_version_id", Integer, nullable=False),
    Column("agent_id", Integer),
    date("overdue_date"),
    date("entry_date"),
    # the business date of the night that opened it
    date("entered_on"),
    date("closed_on", nullable=True),
    money("entry_overdue_amount"),
    # what the balance was when it was last stored: lists are searched and sorted by it
    money("overdue_amount"),
    # of its customer, who is searched for by them; kept in step by whatever changes them there
    Column("brand_id", Integer, nullable=False),
    text("pay_type"),
    text("bill_unit_status"),
    text("account_status"),
    text("status", server_default="open"),
    text("close_reason", nullable=True),
    # who put it into this scenario by hand; the night then keeps it there
    text("placed_by", nullable=True),
    # the experiment that it entered in, and its arm: the name of the scenario
    Column("experiment_id", Integer),
    text("arm", nullable=True),
    Column("version", Integer, nullable=False, server_default=sql("1")),
    CheckConstraint("status in ('open', 'closed')", name="status"),
    Index(
        "uq_collection_case_open",
        "account_id",
        "bill_unit_id",
        "debt_class_id",
        unique=True,
        # what lists of open cases are filtered and sorted by, so that the index alone answers
        postgresql_include=[
            "id",
            "scenario_id",
            "agent_id",
            "overdue_date",
            "entered_on",
            "overdue_amount",
            "brand_id",
            "pay_type",
            "bill_unit_status",
            "account_status",
        ],
        postgresql_where=sql("status = 'open'"),
    ),
    Index(
        "ix_collection_case_agent",
        "agent_id",
        "account_id",
        postgresql_where=sql("status = 'open' and agent_id is not null"),
    ),
)

# The actions as they were made for all cases of a scenario that were opened together: the event of
# each case names its row (`event_data` puts them together), so that the log stays narrow.
schedule = configuration(
    "schedule",
    Column("brand_id", Integer, nullable=False),
    Column("scenario_id", Integer, nullable=False),
    date("entry_date"),
    Column("actions", JSONB, nullable=False),
)

# the service agreements that a case is about, if its debt is chased by agreement
case_agreement = operational(
    "case_agreement",
    reference("case_id"),
    reference("bill_unit_id"),
    reference("service_agreement_id"),
    money("entry_amount"),
    # at or below it the agreement leaves the case; what held when it entered stays
    money("threshold"),
    date("joined_on"),
    date("left_on", nullable=True),
    # who added it by hand
    text("added_by", nullable=True),
    Index("uq_case_agreement", "account_id", "case_id", "service_agreement_id", unique=True),
    Index(
        "ix_case_agreement_in",
        "account_id",
        "bill_unit_id",
        postgresql_where=sql("left_on is null"),
    ),
)

# which arm of an experiment an account gets, chosen by hand
arm_choice = operational(
    "arm_choice",
    Column("experiment_id", Integer, nullable=False),
    text("arm"),
    text("reason"),
    text("actor"),
    date("chosen_on"),
    ForeignKeyConstraint(["account_id"], ["account.id"]),
    Index("uq_arm_choice", "account_id", "experiment_id", unique=True),
)

hold = operational(
    "hold",
    reference("bill_unit_id"),
    date("held_from"),
    # the last day on hold
    date("held_until"),
    text("reason"),
    text("note", nullable=True),
    text("actor"),
    ForeignKeyConstraint(["account_id", "bill_unit_id"], ["bill_unit.account_id", "bill_unit.id"]),
    Index("ix_hold_bill_unit", "account_id", "bill_unit_id"),
)

action = operational(
    "action",
    reference("case_id"),
    reference("bill_unit_id"),
    Column("action_definition_id", Integer, nullable=False),
    # steps with the same offset form a date; the interval is the distance to the date before
    Column("offset_days", Integer, nullable=False),
    Column("interval_days", Integer, nullable=False),
    date("due_on"),
    # since when a due manual action is on its agent's list
    date("task_on", nullable=True),
    Column("closed_on", Date),
    Column("version", Integer, nullable=False, server_default=sql("1")),
    Column("step", SmallInteger, nullable=False),
    Column("mandatory", Boolean, nullable=False),
    text("status"),
    text("message", nullable=True),
    # who added it by hand; none: it is a step of the scenario
    text("made_by", nullable=True),
    # what an added action has of its own: {"amount": "50.00", "payment_method": "12-3"}
    Column("parameters", JSONB),
    # an instalment of this promise; the others keep their places in the scenario
    reference("promise_id", nullable=True),
    CheckConstraint(
        "status in ('pending', 'waiting', 'completed', 'cancelled', 'error')", name="status"
    ),
    Index(
        "ix_action_due",
        "due_on",
        "account_id",
        postgresql_where=sql("status = 'pending' and task_on is null"),
    ),
    # what waits for a person: due manual actions and failed ones
    Index(
        "ix_action_for_people",
        "due_on",
        "account_id",
        postgresql_where=sql("status = 'error' or status = 'pending' and task_on is not null"),
    ),
    # every action that is made or changed writes its key: one is enough (decision 0200)
    part_of="case_id",
)


def of_action(name: str, *items: SchemaItem, always: bool = True, in_case: bool = True) -> Table:
    """A row that one action makes at most once for each bill unit that it reaches; unless `always`,
    something else may make it too, and unless `in_case` without a case.
    """
    return operational(
        name,
        reference("case_id", nullable=not in_case),
        reference("action_id", nullable=not always),
        reference("bill_unit_id"),
        date("made_on"),
        *items,
        Index(f"uq_{name}_action", "account_id", "action_id", "bill_unit_id", unique=True),
    )


of_action(
    "charge",
    text("kind"),
    money("amount"),
    text("currency"),
    reference("item_id"),
    # how the amount came about: base, percentage, rate, cap
    Column("calculation", JSONB, nullable=False),
)
