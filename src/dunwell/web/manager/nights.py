"""What the last nights did: a chart and a table of them, and one night's whole report."""

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from dunwell.engine import history
from dunwell.engine.history import Run
from dunwell.features.access.actor import Permission
from dunwell.features.tasks import failures
from dunwell.web.caller import Caller, may

router = APIRouter(prefix="/manager/nights")

Viewer = Annotated[Caller, may(Permission.VIEW, everywhere=True)]

PAGE = 30


@router.get("")
def show_nights(
    caller: Viewer, before: Annotated[int, Query(ge=1, le=history.NEWEST)] = history.NEWEST
) -> Response:
    """The nights, the newest first."""
    with caller.oversee() as operation:
        found = history.nights(operation, before=before, limit=PAGE + 1)
        shown = found[:PAGE]
        return caller.page(
            "manager/nights.html",
            nights=[_line(run) for run in shown],
            following=shown[-1].id if len(found) > PAGE else None,
            begun=before != history.NEWEST,
            failed=failures.count(operation),
        )


@router.get("/{run_id}")
def show_night(caller: Viewer, run_id: Annotated[int, Path(ge=1, le=history.NEWEST)]) -> Response:
    """One night: who entered and left and why, and what became of its actions."""
    with caller.oversee() as operation:
        run = history.night(operation, run_id)
        return caller.page("manager/night.html", night=_line(run), failed=failures.count(operation))


def _line(run: Run) -> dict[str, Any]:
    """A night with the sums that lists show."""
    report = run.report or {}
    actions: dict[str, dict[str, int]] = report.get("actions", {})
    outcomes = sorted({outcome for by in actions.values() for outcome in by})
    return {
        "run": run,
        "report": run.report,
        "entered": report.get("entered", 0),
        "left": sum(report.get("left", {}).values()),
        "actions": sum(sum(by.values()) for by in actions.values()),
        "errors": sum(by.get("error", 0) for by in actions.values()),
        "overdue": [
            (currency, Decimal(amount)) for currency, amount in report.get("overdue", {}).items()
        ],
        "seconds": report.get("seconds"),
        "outcomes": outcomes,
    }
