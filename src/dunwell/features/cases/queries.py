"""Reading cases: the whole file of a bill unit's stays in collections."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow, dict_row

from dunwell.db import statements
from dunwell.domain import handles
from dunwell.domain.errors import NotFound
from dunwell.domain.handles import Handle
from dunwell.domain.pages import START, Key
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import states
from dunwell.features.cases.states import ActionState, CaseState
from dunwell.features.receivables.bill_units import find

_QUERIES = statements.load(__package__, "queries.sql")


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with its actions and events; amounts are decimal strings."""

    fields: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """One JSON object: the case's fields, `actions` and `events`; dates as ISO strings."""
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in self.fields.items()
        }


def case_files(connection: psycopg.Connection[TupleRow], bill_unit_no: str) -> list[CaseFile]:
    """All cases of a bill unit, the newest first; raises NotFound for an unknown number."""
    row = _QUERIES["find_bill_unit"].run(connection, {"bill_unit_no": bill_unit_no}).fetchone()
    if row is None:
        raise NotFound(f"There is no bill unit {bill_unit_no!r}.")
    return _files(connection, row[0], row[1], None)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Something that happened to an action, or to the case that it belongs to."""

    id: int
    date: dt.date
    recorded_at: dt.datetime
    kind: str
    actor: str
    data: Mapping[str, Any]
    """The event's own facts; for an action, those of its step stand first under `step`."""


def files_of(
    operation: Operation, bill_unit_no: str, *, after: Key = START, limit: int | None = None
) -> list[CaseFile]:
    """All cases of a bill unit, the newest first; those after a day of entry and a number. Raises
    NotFound.
    """
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    where = bill_unit.account_id, bill_unit.id
    return _files(operation.connection, *where, None, after=after, limit=limit)


def case_file(operation: Operation, case: str) -> CaseFile:
    """One case with its actions and events. Raises NotFound.
    Manual: PCM_OP_COLLECTIONS_GET_SCENARIO_DETAIL.
    """
    found = case_state(operation, case)
    (file,) = _files(
        operation.connection, found.handle.account_id, found.bill_unit_id, found.handle.id
    )
    return file


def case_state(operation: Operation, case: str) -> CaseState:
    """One case with its actions. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    found = states.read(operation.connection, handles.parse(case, "case"))
    if found is None or not operation.actor.sees(found.brand_id):
        raise NotFound(f"There is no case {case!r}.")
    return found


def open_cases(operation: Operation, bill_unit_no: str) -> tuple[CaseState, ...]:
    """The open cases of a bill unit, one for each debt class at most, the newest first. Raises
    NotFound.
    """
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id}
    rows = _QUERIES["open_cases"].run(operation.connection, given).fetchall()
    found = (
        states.read(operation.connection, Handle(bill_unit.account_id, number))
        for (number,) in rows
    )
    return tuple(case for case in found if case)


def action_state(operation: Operation, action: str) -> tuple[ActionState, CaseState]:
    """One action, and its case. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    handle = handles.parse(action, "action")
    given = {"account_id": handle.account_id, "action_id": handle.id}
    row = _QUERIES["case_of_action"].run(operation.connection, given).fetchone()
    if row is None or not operation.actor.sees(row[1]):
        raise NotFound(f"There is no action {action!r}.")
    case = case_state(operation, str(Handle(handle.account_id, row[0])))
    return case.action(handle), case


def action_history(
    operation: Operation, action: str, *, after: Key = START, limit: int | None = None
) -> tuple[HistoryEntry, ...]:
    """What happened to an action, oldest first: made, released, moved, performed, changed by whom;
    and to its case what concerns all its actions. Those after a day and a number. Raises NotFound.
    Manual: PCM_OP_COLLECTIONS_GET_ACTION_HISTORY.
    """
    found, case = action_state(operation, action)
    given = {
        "account_id": found.handle.account_id,
        "bill_unit_id": case.bill_unit_id,
        "case_id": case.handle.id,
        "step": found.step,
        "after_day": after[0],
        "after_id": after[1],
        "most": limit,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_QUERIES["action_history"].render(), given).fetchall()
    return tuple(HistoryEntry(**row) for row in rows)


def _files(
    connection: psycopg.Connection[TupleRow],
    account_id: int,
    bill_unit_id: int,
    case_id: int | None,
    *,
    after: Key = START,
    limit: int | None = None,
) -> list[CaseFile]:
    given = {
        "account_id": account_id,
        "bill_unit_id": bill_unit_id,
        "case_id": case_id,
        "after_day": after[0],
        "after_id": after[1],
        "most": limit,
    }
    with connection.cursor(row_factory=dict_row) as cursor:
        return [CaseFile(found) for found in cursor.execute(_QUERIES["case_files"].render(), given)]
