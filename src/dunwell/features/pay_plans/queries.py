"""Reading pay plans: those of a bill unit, with what is scheduled and what is paid on them."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import handles
from dunwell.domain.errors import NotFound
from dunwell.domain.handles import Handle
from dunwell.domain.pages import START, Key
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find
from dunwell.features.receivables.insulating import PAID_ON_PLAN

_QUERIES = statements.load(__package__, "queries.sql")

FRAGMENTS = {"paid_on_plan": PAID_ON_PLAN}


@dataclass(frozen=True, slots=True)
class Payment:
    """One scheduled payment; `met_on` is the night that found it paid."""

    due_on: dt.date
    amount: Decimal
    met_on: dt.date | None


@dataclass(frozen=True, slots=True)
class PayPlan:
    """A pay plan; without debt classes it covers all. `remaining` is what it still insulates."""

    handle: Handle
    bill_unit_no: str
    type: str
    status: str
    made_on: dt.date
    ended_on: dt.date | None
    ended_reason: str | None
    third_party: bool
    payer: str | None
    grace_days: int
    debt_classes: tuple[str, ...]
    currency: str
    total: Decimal
    paid: Decimal
    remaining: Decimal
    actor: str
    version: int
    payments: tuple[Payment, ...]


def pay_plans(
    operation: Operation, bill_unit_no: str, *, after: Key = START, limit: int | None = None
) -> tuple[PayPlan, ...]:
    """The pay plans of a bill unit, the newest first; those after a day and a number. Raises
    NotFound.
    """
    return _pay_plans(operation, bill_unit_no, after=after, limit=limit)


def pay_plan(operation: Operation, bill_unit_no: str, handle: str) -> PayPlan:
    """One of them. Raises NotFound."""
    named = handles.parse(handle, "pay plan")
    for plan in _pay_plans(operation, bill_unit_no, number=named.id):
        if plan.handle == named:
            return plan
    raise NotFound(f"The bill unit {bill_unit_no!r} has no pay plan {handle}.")


def _pay_plans(
    operation: Operation,
    bill_unit_no: str,
    *,
    number: int | None = None,
    after: Key = START,
    limit: int | None = None,
) -> tuple[PayPlan, ...]:
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "first_account": bill_unit.account_id,
        "last_account": bill_unit.account_id,
        "business_date": operation.date,
        "id": number,
        "after_day": after[0],
        "after_id": after[1],
        "most": limit,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_QUERIES["pay_plans"].render(FRAGMENTS), given).fetchall()
    return tuple(_plan(bill_unit.account_id, row) for row in rows)


def _plan(account_id: int, row: dict[str, Any]) -> PayPlan:
    return PayPlan(
        handle=Handle(account_id, row.pop("id")),
        debt_classes=tuple(row.pop("debt_classes")),
        payments=tuple(
            Payment(
                dt.date.fromisoformat(each["due_on"]),
                Decimal(each["amount"]),
                each["met_on"] and dt.date.fromisoformat(each["met_on"]),
            )
            for each in row.pop("payments")
        ),
        **row,
    )
