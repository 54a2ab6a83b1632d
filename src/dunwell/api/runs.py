"""Nights: start one, see what nights did. A whole night runs beside the server's requests and
answers at once; one bill unit's, or a dry run, answers with its report.
"""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Self

import structlog
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Flag, Given, Line, PathId, Shown, Whole
from dunwell.bootstrap import Application
from dunwell.domain.errors import Conflict, DunwellError
from dunwell.engine import history, night
from dunwell.engine.night import Night
from dunwell.engine.report import Report as NightReport
from dunwell.features.access.actor import Operation, Permission

router = APIRouter(prefix="/runs", tags=["runs"])

Viewer = Annotated[Caller, may(Permission.VIEW, everywhere=True)]
Operator = Annotated[Caller, may(Permission.RUN_NIGHT, everywhere=True)]

logger = structlog.get_logger()


class NewRun(Given):
    """Which night."""

    date: Annotated[dt.date | None, Field(description="The business date; today's if none.")] = None
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
    """A night that has begun, or the report of one that has ended already."""

    date: dt.date
    status: str
    report: Report | None


class Nights:
    """The thread on which this server runs nights, one after the other."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="night")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # a night under way ends its slices; the next start continues it
        self._thread.shutdown(wait=True, cancel_futures=True)

    def run(self, asked: Night) -> NightReport:
        """Run it now."""
        return night.run(self._application.database, self._application.plugins, asked)

    def start(self, asked: Night) -> None:
        """Run it beside the requests; how it ended stands in the run and in the log."""
        self._thread.submit(self._run, asked)

    def _run(self, asked: Night) -> None:
        try:
            self.run(asked)
        except DunwellError as failure:
            logger.error("night failed", date=str(asked.date), problem=failure.message)  # noqa: TRY400 - expected
        except Exception:
            logger.exception("night failed", date=str(asked.date))


@router.post("", status_code=202, response_model=Started)
def start_run(given: NewRun, caller: Operator, _key: IdempotencyKey = None) -> Response:
    """Start a night, or run it for one bill unit or dry. Running a date again does nothing more."""
    application = caller.request.app.state.application
    nights: Nights = caller.request.app.state.nights

    def verb(operation: Operation) -> BaseModel:
        asked = Night(
            date=given.date or operation.date,
            full=given.full,
            workers=given.workers,
            bill_unit_no=given.bill_unit_no,
            dry_run=given.dry_run,
            slice_width=application.settings.slice_width,
        )
        if given.dry_run or given.bill_unit_no is not None:
            report = Report.model_validate(nights.run(asked).as_json())
            return Started(date=asked.date, status="completed", report=report)
        night.check(operation.connection, asked.date)
        if history.is_under_way(operation):
            raise Conflict("Another run is going on in this database; wait until it has ended.")
        nights.start(asked)
        return Started(date=asked.date, status="started", report=None)

    return caller.once(verb, given, status=202, walled=False)


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
