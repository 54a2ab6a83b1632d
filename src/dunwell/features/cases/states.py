"""What a case and its actions are at a moment: the values that services return and rules look at.

`version` changes with every change of the row, a case's with those of its actions, too; give it
back with a change, and the change is refused if somebody else was quicker.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import TupleRow, dict_row

from dunwell.db import statements
from dunwell.domain.handles import Handle
from dunwell.domain.statuses import OPEN_ACTIONS, ActionType

_STATES = statements.load(__package__, "states.sql")


@dataclass(frozen=True, slots=True)
class ActionState:
    """One action of a case."""

    handle: Handle
    step: int
    name: str
    type: str
    status: str
    due_on: dt.date
    offset_days: int
    """Its place among the case's dates: actions with the same number form a date."""
    mandatory: bool
    task_on: dt.date | None
    """Since when it is on its agent's list."""
    closed_on: dt.date | None
    made_by: str | None
    """Who added it by hand; none: it is a step of the scenario."""
    parameters: Mapping[str, Any]
    """What an added action has of its own: `amount` (a decimal string), `payment_method`."""
    message: str | None
    version: int

    @property
    def is_open(self) -> bool:
        """Pending, waiting or in error."""
        return self.status in OPEN_ACTIONS

    @property
    def is_instalment(self) -> bool:
        """Of a promise to pay, which has verbs of its own."""
        return self.type == ActionType.PROMISE


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case with its actions in the order of their dates."""

    handle: Handle
    bill_unit_no: str
    bill_unit_id: int
    brand_id: int
    currency: str
    debt_class: str
    scenario: str
    scenario_id: int
    profile: str
    day_unit: str
    calendar_id: int
    agent: str | None
    placed_by: str | None
    status: str
    close_reason: str | None
    overdue_date: dt.date
    entry_date: dt.date
    entered_on: dt.date
    closed_on: dt.date | None
    overdue_amount: Decimal
    exit_amount: Decimal
    version: int
    actions: tuple[ActionState, ...] = field(default=())

    def action(self, handle: Handle) -> ActionState:
        """The action of that handle; it is there."""
        return next(action for action in self.actions if action.handle == handle)


@dataclass(frozen=True, slots=True)
class ActionChange:
    """What became of an action that a person changed, and of the others of its case."""

    action: ActionState
    others: tuple[ActionState, ...] = ()
    """The other actions of the case that changed with it."""
    failure: str | None = None
    """Why it failed, if it was executed and did."""


def read(connection: psycopg.Connection[TupleRow], handle: Handle) -> CaseState | None:
    """The case of that handle as it is now; none if there is none."""
    given = {"account_id": handle.account_id, "case_id": handle.id}
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_STATES["case"].render(), given).fetchone()
        if row is None:
            return None
        actions = cursor.execute(_STATES["actions"].render(), given).fetchall()
    return CaseState(
        handle=handle,
        actions=tuple(
            ActionState(handle=Handle(handle.account_id, action.pop("id")), **action)
            for action in actions
        ),
        **row,
    )
