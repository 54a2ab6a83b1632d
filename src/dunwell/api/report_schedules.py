"""Scheduled reports: which report is sent by e-mail, when, to whom and as what file."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.api import versions
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.values import Given, Line, PathId, Shown, Whole
from dunwell.api.versions import Seen
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.reports import schedules
from dunwell.features.reports.schedules import Wish

router = APIRouter(prefix="/report-schedules", tags=["reports"])

Reader = Annotated[Caller, may(Permission.READ_REPORTS)]


class NewSchedule(Given):
    """A report to be sent."""

    name: Line
    report: Line
    format: Literal["csv", "xlsx", "parquet", "pdf"] = "pdf"
    frequency: Literal["night", "week", "month"] = "night"
    on_day: Annotated[
        Whole | None,
        Field(ge=1, le=31, description="The weekday (1 is Monday), or the day of the month."),
    ] = None
    recipients: Annotated[list[Line], Field(min_length=1, max_length=schedules.MOST_RECIPIENTS)]
    brand: Line | None = None
    currency: Line | None = None


class ScheduleShown(Shown):
    """A report that is sent; `message` says why it wasn't, or to whom it couldn't be."""

    id: int
    name: str
    report: str
    format: str
    frequency: str
    on_day: int | None
    recipients: list[str]
    brand: str | None
    currency: str | None
    made_by: str
    status: str
    created_at: dt.datetime
    sent_for: dt.date | None
    sent_at: dt.datetime | None
    message: str | None


class Schedules(Shown):
    """The scheduled reports of the caller's brands."""

    items: list[ScheduleShown]


@router.get("")
def list_report_schedules(caller: Reader) -> Schedules:
    """The scheduled reports, by name."""
    with caller.look() as operation:
        found = schedules.listed(operation)
    return Schedules(items=[ScheduleShown.model_validate(each) for each in found])


@router.post("", status_code=201, response_model=ScheduleShown)
def create_report_schedule(
    given: NewSchedule, caller: Reader, _key: IdempotencyKey = None
) -> Response:
    """Have a report sent after the nights of a rhythm; with one's own rights on each of them."""

    def make(operation: Operation) -> ScheduleShown:
        return _shown(operation, schedules.create(operation, _wish(given)))

    return caller.once(make, given, location=lambda made: f"/api/v1/report-schedules/{made.id}")


@router.get("/{schedule_id}")
def show_report_schedule(schedule_id: PathId, caller: Reader, response: Response) -> ScheduleShown:
    """One scheduled report."""
    with caller.look() as operation:
        found = _shown(operation, schedule_id)
    versions.show(response, _changeable(found))
    return found


@router.put("/{schedule_id}")
def change_report_schedule(
    schedule_id: PathId, given: NewSchedule, caller: Reader, seen: Seen, response: Response
) -> ScheduleShown:
    """Send it otherwise, from now on with one's own rights."""
    with caller.change() as operation:
        _check(operation, seen, schedule_id)
        schedules.change(operation, schedule_id, _wish(given))
        found = _shown(operation, schedule_id)
    versions.show(response, _changeable(found))
    return found


@router.delete("/{schedule_id}", status_code=204)
def delete_report_schedule(schedule_id: PathId, caller: Reader, seen: Seen) -> None:
    """Send it no more."""
    with caller.change() as operation:
        _check(operation, seen, schedule_id)
        schedules.delete(operation, schedule_id)


@router.post("/{schedule_id}/pause", response_model=ScheduleShown)
def pause_report_schedule(
    schedule_id: PathId, caller: Reader, seen: Seen, _key: IdempotencyKey = None
) -> Response:
    """Send nothing until it is resumed."""
    return _change(caller, schedule_id, seen, schedules.pause)


@router.post("/{schedule_id}/resume", response_model=ScheduleShown)
def resume_report_schedule(
    schedule_id: PathId, caller: Reader, seen: Seen, _key: IdempotencyKey = None
) -> Response:
    """Send it again, from the next night on that makes it due."""
    return _change(caller, schedule_id, seen, schedules.resume)


def _change(
    caller: Caller, schedule_id: int, seen: Seen, change: Callable[[Operation, int], None]
) -> Response:
    def verb(operation: Operation) -> ScheduleShown:
        _check(operation, seen, schedule_id)
        change(operation, schedule_id)
        return _shown(operation, schedule_id)

    return caller.once(verb, status=200)


def _changeable(shown: ScheduleShown) -> ScheduleShown:
    """What people decide; each night says when it was sent."""
    return shown.model_copy(update=dict.fromkeys(("sent_for", "sent_at", "message")))


def _check(operation: Operation, seen: Seen, schedule_id: int) -> None:
    seen.check(operation, lambda: _changeable(_shown(operation, schedule_id)))


def _wish(given: NewSchedule) -> Wish:
    return Wish(
        given.name,
        given.report,
        given.recipients,
        given.format,
        given.frequency,
        given.on_day,
        given.brand,
        given.currency,
    )


def _shown(operation: Operation, schedule_id: int) -> ScheduleShown:
    return ScheduleShown.model_validate(schedules.get(operation, schedule_id))
