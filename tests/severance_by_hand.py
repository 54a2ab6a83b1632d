"""What the field and people do with severance in a random history, through the same services."""

from datetime import timedelta
from typing import Any

from dunwell.domain.errors import RuleViolation
from dunwell.engine import field_work
from dunwell.features.access.actor import Operation
from dunwell.features.severance import queries, service
from dunwell.features.severance.service import Outcome
from tests.histories import Deed

TROUBLE: tuple[Outcome, ...] = ("could_not", "rescheduled", "refused")


def do(operation: Operation, deed: Deed) -> bool:
    """Do it, if it is possible; whether it is over and done with."""
    active = [
        each
        for each in queries.of_bill_unit(operation, deed.bill_unit_no)
        if each["status"] == "active"
    ]
    # in the words of the business, so that two databases mean the same
    active.sort(key=lambda process: process["service_agreement_no"])
    if deed.verb == "cancel severance":
        return _cancel(operation, deed, active)
    for process in active:
        for event in process["events"]:
            if _can(deed, event):
                return _work_on(operation, deed, event)
    return False


def _can(deed: Deed, event: dict[str, Any]) -> bool:
    field = event["type"] == "field_activity"
    if deed.verb == "complete event":
        return event["status"] == "error" or (not field and event["status"] in ("pending", "sent"))
    return field and event["status"] in ("sent", "executing")


def _work_on(operation: Operation, deed: Deed, event: dict[str, Any]) -> bool:
    try:
        match deed.verb:
            case "complete event":
                service.complete_event(operation, event["event"], reason="a test")
            case "field asks":
                field_work.release(operation, event["event"])
            case "field done":
                if field_work.release(operation, event["event"]).go:
                    service.answer(operation, event["event"], "done")
            case "field trouble":
                outcome = TROUBLE[deed.days % 3]
                due_on = deed.on + timedelta(2) if outcome == "rescheduled" else None
                service.answer(operation, event["event"], outcome, due_on=due_on)
    except RuleViolation:
        operation.connection.rollback()
    return True


def _cancel(operation: Operation, deed: Deed, active: list[dict[str, Any]]) -> bool:
    for process in active[:1]:
        service.cancel(
            operation, process["severance"], reason="a test", reconnect=deed.days % 2 == 0
        )
    return bool(active)
