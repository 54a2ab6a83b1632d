"""Scheduled reports: the list of them, and making, changing, pausing and ending one.

One list of rhythms instead of a frequency and a day: so no combination is impossible, and the form
needs no script.
"""

import re
from typing import Annotated, Any, Literal

from babel.dates import get_day_names
from fastapi import APIRouter, Path, Query, Response

from dunwell.features.access.actor import Operation, Permission
from dunwell.features.reports import exporting, running, schedules
from dunwell.features.reports.report import Report
from dunwell.features.reports.schedules import Schedule, Wish
from dunwell.web import forms
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields, Form, Line, Text
from dunwell.web.languages import _, locale

router = APIRouter(prefix="/report-schedules")

Reader = Annotated[Caller, may(Permission.READ_REPORTS)]
ScheduleId = Annotated[int, Path(ge=1, le=2**31 - 1)]

LAST_DAY = 31
_BETWEEN = re.compile(r"[\s,;]+")


class Given(forms.Given):
    """A scheduled report as the form sends it."""

    name: Line
    report: Line
    format: Line
    rhythm: Line
    recipients: Text
    brand: Line | None = None
    currency: Line | None = None


@router.get("")
def list_schedules(caller: Reader) -> Response:
    """The scheduled reports of the person's brands."""
    with caller.look() as operation:
        found = schedules.listed(operation)
        titles = _titles(operation)
    return caller.page("reports/schedules.html", schedules=found, titles=titles, rhythm=_rhythm)


@router.get("/new")
def new_schedule(caller: Reader, report: Annotated[str, Query(max_length=100)] = "") -> Response:
    """The form of a new one."""
    return _form(caller, Form[Given]({"report": report, "format": "pdf", "rhythm": "night"}))


@router.post("/new")
def make(caller: Reader, fields: Fields) -> Response:
    """Have a report sent."""
    form = forms.read(Given, fields)
    if given := form.given:
        with form.refusing(), caller.change() as operation:
            schedules.create(operation, _wish(given))
    if form.given is None:
        return _form(caller, form)
    return _done(caller, _("“%(name)s” will be sent.") % {"name": form.given.name})


@router.get("/{schedule_id}")
def show_schedule(schedule_id: ScheduleId, caller: Reader) -> Response:
    """The form of one."""
    with caller.look() as operation:
        schedule = schedules.get(operation, schedule_id)
    values: dict[str, Any] = {
        "name": schedule.name,
        "report": schedule.report,
        "format": schedule.format,
        "rhythm": _value(schedule.frequency, schedule.on_day),
        "recipients": "\n".join(schedule.recipients),
        "brand": schedule.brand or "",
        "currency": schedule.currency or "",
    }
    return _form(caller, Form[Given](values), schedule)


@router.post("/{schedule_id}")
def change(schedule_id: ScheduleId, caller: Reader, fields: Fields) -> Response:
    """Send it otherwise; with the rights of who changes it from now on."""
    form = forms.read(Given, fields)
    with caller.look() as operation:
        schedule = schedules.get(operation, schedule_id)
    if given := form.given:
        with form.refusing(), caller.change() as operation:
            schedules.change(operation, schedule_id, _wish(given))
    if form.given is None:
        return _form(caller, form, schedule)
    return _done(caller, _("“%(name)s” is changed.") % {"name": form.given.name})


@router.post("/{schedule_id}/{verb}")
def do(
    schedule_id: ScheduleId, verb: Literal["pause", "resume", "delete"], caller: Reader
) -> Response:
    """Pause it, send it again, or end it."""
    doing = {"pause": schedules.pause, "resume": schedules.resume, "delete": schedules.delete}
    with caller.change() as operation:
        name = schedules.get(operation, schedule_id).name
        doing[verb](operation, schedule_id)
    said = {
        "pause": _("“%(name)s” is paused."),
        "resume": _("“%(name)s” is sent again."),
        "delete": _("“%(name)s” isn't sent any more."),
    }
    return _done(caller, said[verb] % {"name": name})


def _done(caller: Caller, said: str) -> Response:
    return caller.go("/report-schedules", flash=("good", said))


def _form(caller: Caller, form: Form[Given], schedule: Schedule | None = None) -> Response:
    with caller.look() as operation:
        reports = running.available(operation)
    return caller.page(
        "reports/schedule.html",
        status=form.status,
        form=form,
        schedule=schedule,
        reports=[("", _("choose …")), *((each.name, str(_(each.title))) for each in reports)],
        formats=[(each, each.upper()) for each in exporting.FORMATS],
        rhythms=_rhythms(),
        rhythm=_rhythm,
    )


def _titles(operation: Operation) -> dict[str, str]:
    found: list[Report] = running.available(operation)
    return {each.name: str(_(each.title)) for each in found}


def _wish(given: Given) -> Wish:
    frequency, _dash, day = given.rhythm.partition("-")
    return Wish(
        given.name,
        given.report,
        [each for each in _BETWEEN.split(given.recipients) if each],
        given.format,
        frequency,
        int(day) if day.isdecimal() else None,
        given.brand,
        given.currency,
    )


def _value(frequency: str, on_day: int | None) -> str:
    return frequency if on_day is None else f"{frequency}-{on_day}"


def _rhythms() -> list[tuple[str, str]]:
    """Every rhythm that there is, and its words."""
    known: list[tuple[str, int | None]] = [("night", None)]
    known += [("week", day) for day in range(1, 8)]
    known += [("month", day) for day in range(1, LAST_DAY + 1)]
    return [(_value(*each), _rhythm(*each)) for each in known]


def _rhythm(frequency: str, on_day: int | None) -> str:
    if frequency == "night" or on_day is None:
        return str(_("after every night"))
    if frequency == "week":
        names = get_day_names("wide", locale=locale())
        return str(_("every week on %(day)s") % {"day": names[on_day - 1]})
    if on_day == LAST_DAY:
        return str(_("on the last day of every month"))
    return str(_("every month on day %(day)s") % {"day": on_day})
