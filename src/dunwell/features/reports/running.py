"""Asking for a report: who may, about which days, and its rows."""

import datetime as dt

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.errors import BadInput, Conflict, Forbidden, NotFound
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import calendars
from dunwell.features.reports import amounts, preparing, registry
from dunwell.features.reports.report import Access, Answer, Asked, Period, Report, Row

_RUNNING = statements.load(__package__, "running.sql")

LONGEST = 60
"""Months that a report may cover."""


def available(operation: Operation) -> list[Report]:
    """The reports that somebody may see, in their order."""
    return [report for report in registry.REPORTS.values() if _may(operation, report)]


def run(operation: Operation, name: str, asked: Asked | None = None) -> Answer:
    """The rows of a report, as of the last night whose sums are prepared.

    Raises NotFound for an unknown report, brand or currency, Forbidden, BadInput for days that the
    report can't tell of, and Conflict while nothing is prepared.
    """
    asked = asked or Asked()
    report = registry.find(name)
    if not _may(operation, report):
        raise Forbidden(
            f"{operation.actor.name} may not see this report: it needs the permission"
            f" {str(Permission.READ_REPORTS)!r}, which an administrator can give."
        )
    night = preparing.prepared_until(operation.connection)
    if night is None:
        raise Conflict(
            "No report is prepared yet: the worker does it after each night, `dunwell report"
            " --prepare` at once."
        )
    check_names(operation, asked)
    since, until = _days(report, asked, night)
    rows = _rows(operation, report, asked, since, until)
    return Answer(report, rows, since, until, night, asked)


def _may(operation: Operation, report: Report) -> bool:
    held = operation.actor.permissions
    if Permission.READ_REPORTS in held:
        return True
    return report.access is Access.OWN and Permission.WORK_ACTIONS in held


def _rows(
    operation: Operation, report: Report, asked: Asked, since: dt.date, until: dt.date
) -> list[Row]:
    connection, actor = operation.connection, operation.actor
    ((boundaries,),) = _RUNNING["boundaries"].run(connection).fetchall()
    only_own = Permission.READ_REPORTS not in actor.permissions
    given = {
        "since": since,
        "until": until,
        "brand": asked.brand,
        "currency": asked.currency,
        "boundaries": boundaries,
        "own_name": actor.name if only_own else None,
        # who isn't on task lists has no cases of their own
        "own_agent": (actor.agent or "") if only_own else None,
    }
    (statement,) = statements.load(__package__, f"{report.statement}.sql").values()
    with connection.cursor(row_factory=dict_row) as fetching:
        rows = fetching.execute(statement.render(), given).fetchall()
    return amounts.rounded(connection, report.columns, rows)


def check_names(operation: Operation, asked: Asked) -> None:
    """Whether there are such a brand and currency. Raises NotFound."""
    given = {"brand": asked.brand, "currency": asked.currency}
    ((brand, currency),) = _RUNNING["known"].run(operation.connection, given).fetchall()
    for name, value, known in (
        ("brand", asked.brand, brand),
        ("currency", asked.currency, currency),
    ):
        if value is not None and not known:
            raise NotFound(f"There is no {name} {value!r}.")


def _days(report: Report, asked: Asked, night: dt.date) -> tuple[dt.date, dt.date]:
    """From when and until when."""
    until = asked.until or night
    if report.period is Period.STANDING:
        for given in (asked.since, asked.until):
            if given is not None and given != night:
                raise BadInput(
                    f"{report.title} is about the last night, {night}; it can't be asked about"
                    f" {given}."
                )
        return night, night
    if until > night:
        raise BadInput(f"Reports go up to the last night, {night}; {until} is later.")
    if until < calendars.FIRST:
        raise BadInput(f"{until} is before the calendars begin, on {calendars.FIRST}.")
    if report.period is Period.DAY:
        if asked.since not in (None, until):
            raise BadInput(f"{report.title} is about one day; give only the last.")
        return until, until
    since = asked.since or _first(report.period, until)
    if since > until:
        raise BadInput(f"The period begins on {since}, after its end on {until}.")
    months = (until.year - since.year) * 12 + until.month - since.month
    if months >= LONGEST:
        raise BadInput(f"A report covers at most {LONGEST} months, not {since} to {until}.")
    return since, until


def _first(period: Period, until: dt.date) -> dt.date:
    if period is Period.YEAR:
        month = until.year * 12 + until.month - 1 - 11
        return dt.date(month // 12, month % 12 + 1, 1)
    before = until.replace(day=1) - dt.timedelta(days=1)
    return before.replace(day=min(until.day, before.day))
