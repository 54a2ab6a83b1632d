"""Alerts about an account: what Dunwell knows itself, and what other systems set and clear."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.values import Day, Given, Line, PathNumber, Shown
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.alerts import queries, service
from dunwell.features.alerts.registry import Level, Outside

router = APIRouter(prefix="/accounts/{account_no}/alerts", tags=["alerts"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Manager = Annotated[Caller, may(Permission.MANAGE_CASES)]


class NewAlert(Given):
    """An alert that another system sets, by the name under which it will clear it."""

    kind: Outside
    outside_id: Line
    text: Annotated[str, StringConstraints(max_length=service.LONGEST, pattern=r"^[^\x00]*$")] = ""
    since: Annotated[Day | None, Field(description="Null: today.")] = None
    until: Annotated[Day | None, Field(description="The last day; null: until it is cleared.")] = (
        None
    )
    bill_unit_no: Annotated[Line | None, Field(description="Null: the whole account.")] = None
    premise_no: Annotated[Line | None, Field(description="One of its agreements' premises.")] = None
    context: Annotated[
        Line | None, Field(description="Shown to those only who ask with this context.")
    ] = None


class Alert(Shown):
    """One alert; `number` counts what it is about, `about` names up to ten of it."""

    alert: str
    manual: list[str]
    level: Level
    bill_unit_no: str | None
    number: int
    since: dt.date | None
    about: list[str]
    outside_id: str | None
    premise_no: str | None
    text: str | None


class Alerts(Shown):
    """The loudest first."""

    items: list[Alert]


@router.get("")
def list_alerts(
    account_no: PathNumber, caller: Viewer, context: Annotated[Line | None, Query()] = None
) -> Alerts:
    """What is noteworthy about an account today."""
    with caller.look() as operation:
        return _alerts(operation, account_no, context)


@router.post("", response_model=Alerts)
def set_alert(
    account_no: PathNumber, given: NewAlert, caller: Manager, _key: IdempotencyKey = None
) -> Response:
    """Set an alert, or change the one of that kind and name."""

    def verb(operation: Operation) -> Alerts:
        service.set_alert(operation, account_no, **dict(given))
        return _alerts(operation, account_no, given.context)

    return caller.once(verb, given, status=200)


@router.delete("", status_code=204)
def clear_alert(
    account_no: PathNumber,
    caller: Manager,
    kind: Annotated[Outside, Query()],
    outside_id: Annotated[Line, Query(description="As it was set.")],
) -> None:
    """Clear an alert; one that is gone already is fine."""
    with caller.change() as operation:
        service.clear_alert(operation, account_no, kind, outside_id)


def _alerts(operation: Operation, account_no: str, context: str | None) -> Alerts:
    found = queries.alerts_of(operation, account_no, context=context)
    return Alerts(items=[Alert.model_validate(each) for each in found])
