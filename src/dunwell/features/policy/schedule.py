"""A scenario's schedule for an entry date, before the scenario is in force: the same days that the
night would give its steps, by the same function and the calendar's own table of working days.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import calendars
from dunwell.features.policy.forms.calendars import DEFAULT_CALENDAR, EVERY_DAY, WEEKDAYS, Calendar
from dunwell.features.policy.forms.scenarios import LONGEST_SCENARIO, Scenario
from dunwell.features.policy.model import Policy
from dunwell.features.policy.scenario_checks import in_order

_SCHEDULE = statements.load(__package__, "schedule.sql")


@dataclass(frozen=True, slots=True)
class Dated:
    """A step with its date; `number` counts from 1 in the order of the days."""

    number: int
    day: int
    action: str
    mandatory: bool
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class Schedule:
    """The steps with their dates, and the days in between that aren't worked."""

    steps: Sequence[Dated]
    closed: frozenset[dt.date]


def of(operation: Operation, policy: Policy, scenario: Scenario, entry: dt.date) -> Schedule:
    """The dates of a scenario's steps for bill units with this entry date, as the policy has its
    calendars; nothing is kept. Raises BadInput for a date beyond the calendars.
    """
    operation.actor.require(Permission.CHANGE_POLICY, everywhere=True)
    latest = entry + dt.timedelta(days=2 * LONGEST_SCENARIO)
    if entry < calendars.FIRST or latest > calendars.LAST:
        raise BadInput(f"{entry} lies outside the calendars; choose a date of these years.")
    connection = operation.connection
    with connection.transaction(force_rollback=True):
        calendar_id = _calendar(operation, policy, scenario.brand)
        given = {
            "calendar_id": calendar_id,
            "entry_date": entry,
            "days": [step.day for step in in_order(scenario.steps)],
            "unit": scenario.day_unit.value,
            "apart": policy.settings.action_dependencies,
        }
        dates = [day for (day,) in _SCHEDULE["dates"].run(connection, given)]
        given |= {"last": max([entry, *dates]) + dt.timedelta(days=31)}
        closed = frozenset(day for (day,) in _SCHEDULE["closed"].run(connection, given))
    steps = [
        Dated(number, step.day, step.action, step.mandatory, due_on)
        for number, (step, due_on) in enumerate(
            zip(in_order(scenario.steps), dates, strict=True), start=1
        )
    ]
    return Schedule(steps, closed)


def _calendar(operation: Operation, policy: Policy, brand: str) -> int:
    """The brand's calendar: that in force if it says the same, else one for this transaction."""
    brands = {each.name: each for each in policy.brands}
    name = brands[brand].calendar if brand in brands else DEFAULT_CALENDAR
    known = {each.name: each for each in policy.calendars}
    wanted = known.get(name) or (
        EVERY_DAY if name == DEFAULT_CALENDAR else Calendar(name=name, weekend=[])
    )
    row = {
        "country": wanted.country,
        "subdivision": wanted.subdivision,
        "weekend": Jsonb(sorted(WEEKDAYS.index(day) + 1 for day in wanted.weekend)),
        "own_days": Jsonb(
            {
                own.date.isoformat(): {"working": own.working, "name": own.name}
                for own in wanted.days
            }
        ),
    }
    found = _SCHEDULE["same_calendar"].run(operation.connection, row).fetchone()
    if found is None:
        found = _SCHEDULE["calendar"].run(operation.connection, row).fetchone()
        assert found is not None
        calendars.rebuild(operation.connection, found[0])
    return int(found[0])
