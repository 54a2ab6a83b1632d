"""Nights: ask for one, see what nights did. A whole night is queued, and run beside the server's
requests or by the worker; one bill unit's, or a dry run, answers with its report.
"""

import datetime as dt
import threading
from typing import Annotated, Self

import structlog
from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Day, Flag, Given, Line, PathId, Shown, Whole
from dunwell.bootstrap import Application
from dunwell.engine import asked, history, night
from dunwell.engine.night import Night
from dunwell.engine.report import Report as NightReport
from dunwell.features.access.actor import Operation, Permission

router = APIRouter(prefix="/runs", tags=["runs"])

Viewer = Annotated[Caller, may(Permission.VIEW, everywhere=True)]
Operator = Annotated[Caller, may(Permission.RUN_NIGHT, everywhere=True)]

AGAIN = 5.0
"""Seconds after which a night that can't be run yet is tried again."""

logger = structlog.get_logger()


class NewRun(Given):
    """Which night."""

    date: Annotated[Day | None, Field(description="The business date; today's if none.")] = None
    full: Annotated[Flag, Field(description="Examine every bill unit.")] = False
    workers: Annotated[Whole, Field(ge=1, le=64)] = 1
    bill_unit_no: Annotated[Line | None, Field(description="Only this bill unit.")] = None
    dry_run: Annotated[Flag, Field(description="Report and keep nothing.")] = False


class Report(Shown):
    """A night in figures; amounts by currency, as decimal texts."""

    date: dt.date
    entered: int
    left: dict[str, int]
    in_collections: int
    actions: dict[str, dict[str, int]]
    overdue: dict[str, str]
    seconds: float
    unhandled: list[str]
    skipped: int


class Run(Shown):
    """A night; `broken off` when nobody works on it any more: start it again to continue."""

    id: int
    business_date: dt.date
    status: str
    full_night: bool
    policy_version: int
    started_at: dt.datetime
    finished_at: dt.datetime | None
    slices_done: int
    report: Report | None


class Started(Shown):
    """A night that waits to be run, or the report of one that has ended already."""

    date: dt.date
    status: str
    request: Annotated[
        int | None, Field(description="Look at `/runs/requests/…` for what becomes of it.")
    ]
    report: Report | None


class RunRequest(Shown):
    """A night that was asked for: queued, running, completed or failed, then with the message."""

    id: int
    business_date: dt.date
    full_night: bool
    workers: int
    status: str
    asked_by: str
    asked_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    run: int | None
    message: str | None


class Nights:
    """The thread on which this server runs the nights that were asked for, if no worker is there
    before it. What it doesn't come to is left to the next one.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._wake, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="nights")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # a night under way is brought to its end
        self._ended.set()
        self._wake.set()
        self._thread.join()

    def run(self, asked: Night) -> NightReport:
        """Run it now."""
        return night.run(self._application.database, self._application.plugins, asked)

    def look(self) -> None:
        """Somebody has asked for one."""
        self._wake.set()

    def _work(self) -> None:
        # what a server before us has left, first
        waits = True
        while not self._ended.is_set():
            if waits:
                waits = self._work_off()
            self._wake.wait(AGAIN if waits else None)
            waits = waits or self._wake.is_set()
            self._wake.clear()

    def _work_off(self) -> bool:
        width = self._application.settings.slice_width
        try:
            return asked.work_off(
                self._application.database, self._application.plugins, slice_width=width
            )
        except Exception:
            # the database went away: it is there again some time
            logger.exception("nights that were asked for can't be run now")
            return True


@router.post("", status_code=202, response_model=Started)
def start_run(given: NewRun, caller: Operator, _key: IdempotencyKey = None) -> Response:
    """Ask for a night, or run it for one bill unit or dry. It is run as soon as no other is, by the
    worker or by this server, and by the next one if this ends. Running a date again does nothing
    more.
    """
    application = caller.request.app.state.application
    nights: Nights = caller.request.app.state.nights

    def verb(operation: Operation) -> Started:
        wanted = Night(
            date=given.date or operation.date,
            full=given.full,
            workers=given.workers,
            bill_unit_no=given.bill_unit_no,
            dry_run=given.dry_run,
            slice_width=application.settings.slice_width,
        )
        if given.dry_run or given.bill_unit_no is not None:
            report = Report.model_validate(nights.run(wanted).as_json())
            return Started(date=wanted.date, status="completed", request=None, report=report)
        number = asked.ask(operation, wanted)
        return Started(date=wanted.date, status="queued", request=number, report=None)

    def location(started: Started) -> str:
        return "/api/v1/runs" + (f"/requests/{started.request}" if started.request else "")

    answer = caller.once(verb, given, status=202, location=location, walled=False)
    nights.look()
    return answer


@router.get("/requests/{request_id}")
def show_run_request(request_id: PathId, caller: Viewer) -> RunRequest:
    """What has become of a night that was asked for."""
    with caller.oversee() as operation:
        return RunRequest.model_validate(asked.request(operation, request_id))


@router.get("")
def list_runs(caller: Viewer, limit: Limit = 100, after: After = None) -> Page[Run]:
    """Nights, the newest first."""
    (last,) = key_of(after, int, first=[history.NEWEST])
    with caller.oversee() as operation:
        found = history.nights(operation, before=last, limit=limit + 1)
    shown, following = page(found, limit, lambda run: [run.id])
    return Page(items=[Run.model_validate(row) for row in shown], next=following)


@router.get("/{run_id}")
def show_run(run_id: PathId, caller: Viewer) -> Run:
    """One night."""
    with caller.oversee() as operation:
        return Run.model_validate(history.night(operation, run_id))
