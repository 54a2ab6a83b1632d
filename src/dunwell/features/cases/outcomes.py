"""What actions brought to a bill unit: fees and requested payments (those that people request,
too). Letters have their own noun.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.handles import Handle
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find

_OUTCOMES = statements.load(__package__, "outcomes.sql")


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A fee, with how its amount came about and what of it is still open."""

    handle: Handle
    case: Handle
    action: Handle
    kind: str
    made_on: dt.date
    amount: Decimal
    open_amount: Decimal
    currency: str
    calculation: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """A payment that an action asked for, or a person: then without case and action."""

    handle: Handle
    case: Handle | None
    action: Handle | None
    made_on: dt.date
    amount: Decimal
    currency: str
    status: str
    charged_amount: Decimal | None
    tries: int
    next_attempt_on: dt.date | None
    payment_method_id: int | None
    gateway: str | None
    gateway_reference: str | None
    code: str | None
    """The gateway's, or why it wasn't charged."""
    message: str | None


def charges(operation: Operation, bill_unit_no: str) -> tuple[ChargeRow, ...]:
    """The fees of a bill unit, the newest first. Raises NotFound."""
    return tuple(ChargeRow(**row) for row in _rows(operation, bill_unit_no, "charges"))


def payment_attempts(operation: Operation, bill_unit_no: str) -> tuple[AttemptRow, ...]:
    """The payments that were asked for, the newest first. Raises NotFound."""
    return tuple(AttemptRow(**row) for row in _rows(operation, bill_unit_no, "attempts"))


def _rows(operation: Operation, bill_unit_no: str, name: str) -> list[dict[str, Any]]:
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_OUTCOMES[name].render(), given).fetchall()
    return [
        {
            name: None if row[column] is None else Handle(bill_unit.account_id, row[column])
            for name, column in _HANDLES.items()
        }
        | {name: value for name, value in row.items() if name not in _HANDLES.values()}
        for row in rows
    ]


_HANDLES = {"handle": "id", "case": "case_id", "action": "action_id"}
