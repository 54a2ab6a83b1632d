"""Cases: a bill unit's stays in collections, with their actions and events."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter

from dunwell.api.caller import Caller, may
from dunwell.api.values import PathNumber, Shown
from dunwell.features.access.actor import Permission
from dunwell.features.cases import queries
from dunwell.features.receivables import bill_units

router = APIRouter(tags=["cases"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


class Action(Shown):
    """One step of a case."""

    step: int
    action: str
    type: str
    status: str
    due_on: dt.date
    task_on: dt.date | None
    closed_on: dt.date | None
    mandatory: bool
    message: str | None
    skipped: bool | None


class Event(Shown):
    """Something that happened, with its reason as data."""

    date: dt.date
    kind: str
    actor: str
    data: dict[str, Any]


class Case(Shown):
    """A stay in a scenario; amounts are in the case's currency."""

    case_id: int
    account_no: str
    name: str
    bill_unit_no: str
    currency: str
    debt_class: str
    profile: str
    scenario: str
    policy_version: int
    agent: str | None
    status: str
    close_reason: str | None
    overdue_date: dt.date
    entry_date: dt.date
    entered_on: dt.date
    closed_on: dt.date | None
    entry_overdue_amount: str
    overdue_amount: str
    bill_no: str | None
    actions: list[Action]
    events: list[Event]


class Cases(Shown):
    """All cases of a bill unit, the newest first."""

    items: list[Case]


@router.get("/bill-units/{bill_unit_no}/cases")
def list_cases(bill_unit_no: PathNumber, caller: Viewer) -> Cases:
    """All cases of a bill unit, the newest first, each with its actions and events."""
    with caller.look() as operation:
        bill_units.find(operation, bill_unit_no)
        found = queries.case_files(operation.connection, bill_unit_no)
    return Cases(items=[Case.model_validate(file.as_json()) for file in found])
