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
from dunwell.domain.errors import NotFound
from dunwell.domain.handles import Handle
from dunwell.domain.pages import START, Key
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


def charges(
    operation: Operation, bill_unit_no: str, *, after: Key = START, limit: int | None = None
) -> tuple[ChargeRow, ...]:
    """The fees of a bill unit, the newest first; those after a day and a number. Raises
    NotFound.
    """
    rows = _rows(operation, bill_unit_no, "charges", after=after, limit=limit)
    return tuple(ChargeRow(**row) for row in rows)


def payment_attempts(
    operation: Operation, bill_unit_no: str, *, after: Key = START, limit: int | None = None
) -> tuple[AttemptRow, ...]:
    """The payments that were asked for, in the same way. Raises NotFound."""
    rows = _rows(operation, bill_unit_no, "attempts", after=after, limit=limit)
    return tuple(AttemptRow(**row) for row in rows)


def payment_attempt(operation: Operation, bill_unit_no: str, handle: Handle) -> AttemptRow:
    """One of them. Raises NotFound."""
    for row in _rows(operation, bill_unit_no, "attempts", number=handle.id):
        return AttemptRow(**row)
    raise NotFound(f"The bill unit {bill_unit_no!r} has no payment attempt {handle}.")


def _rows(
    operation: Operation,
    bill_unit_no: str,
    name: str,
    *,
    number: int | None = None,
    after: Key = START,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "id": number,
        "after_day": after[0],
        "after_id": after[1],
        "most": limit,
    }
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
