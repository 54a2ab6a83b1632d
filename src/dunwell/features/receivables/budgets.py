"""Budgets: a bill unit pays the same amount every period, and the difference to what it used is
settled when the budget is cancelled, by a person or by an action of its case.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow, dict_row

from dunwell.db import statements
from dunwell.domain.errors import RuleViolation
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import BillUnit, find, own

_BUDGETS = statements.load(__package__, "budgets.sql")


@dataclass(frozen=True, slots=True)
class Budget:
    """A levelised payment; amounts are in the bill unit's currency. A positive difference is owed
    to us, a negative one to the customer.
    """

    budget_no: str
    amount: str
    difference: str
    currency: str
    started_on: dt.date
    ended_on: dt.date | None
    status: str
    adjustment_type: str


def cancel_budget(operation: Operation, bill_unit_no: str, *, reason: str) -> Budget:
    """Cancel the active budget of a bill unit and settle its difference: an item due today, or a
    credit. Raises NotFound, RuleViolation. Manual: step 1.8.4.2.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    bill_unit = own(operation, bill_unit_no)
    reasons.check(operation, bill_unit.brand_id, Category.BUDGET, reason)
    given = {
        "business_date": operation.date,
        "actor": operation.actor.name,
        "run_id": None,
        "reason": reason,
    }
    cancelled = settle(operation.connection, given, [(bill_unit.account_id, bill_unit.id)])
    if not cancelled:
        raise RuleViolation("no_budget", f"The bill unit {bill_unit_no!r} is on no budget.")
    found = _read(operation, bill_unit)
    return next(each for each in found if each.budget_no == cancelled[0][2])


def settle(
    connection: psycopg.Connection[TupleRow],
    parameters: Mapping[str, Any],
    bill_units: Sequence[tuple[int, int]],
) -> list[tuple[Any, ...]]:
    """Cancel and settle the active budgets of bill units (account and id); each as account, bill
    unit, number and difference. `parameters` are those of the night, with a `reason`.
    """
    return (
        _BUDGETS["cancel"]
        .run(
            connection,
            {
                **parameters,
                "account_ids": [account for account, _ in bill_units],
                "bill_unit_ids": [number for _, number in bill_units],
            },
        )
        .fetchall()
    )


def budgets(operation: Operation, bill_unit_no: str) -> tuple[Budget, ...]:
    """The bill unit's budgets, the newest first. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    return _read(operation, find(operation, bill_unit_no))


def _read(operation: Operation, bill_unit: BillUnit) -> tuple[Budget, ...]:
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_BUDGETS["budgets"].render(), given).fetchall()
    return tuple(Budget(**row) for row in rows)
