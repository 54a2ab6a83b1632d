"""The rules of severance that are pure: when an event of a process gets its date, and what may be
answered for a field activity. The SQL twin of `dates` is `date_events` in `advance.sql`.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from dunwell.domain.errors import RuleViolation
from dunwell.domain.statuses import SeveranceEventStatus as Status

OPEN = frozenset({Status.WAITING, Status.PENDING, Status.SENT, Status.EXECUTING, Status.ERROR})
CLOSED = frozenset({Status.COMPLETED, Status.CANCELLED})

OUTCOMES = ("done", "could_not", "rescheduled", "refused")
"""What the field says: it is done; it will be tried again on the next working day, or on another
day; it won't be done, and a person decides what then.
"""


@dataclass(frozen=True, slots=True)
class Node:
    """An event of a process, as far as dates go."""

    after: Collection[str]
    days: int
    closed_on: dt.date | None = None


def dates(
    events: Mapping[str, Node],
    started_on: dt.date,
    add_days: Callable[[dt.date, int], dt.date],
) -> dict[str, dt.date]:
    """The day on which each event is due that has one: all its predecessors are closed, and it
    counts from the last of them, or from the start. `add_days` is the calendar's.
    """
    due = {}
    for name, event in events.items():
        closed = [events[before].closed_on for before in event.after]
        if None not in closed:
            latest = max((day for day in closed if day is not None), default=started_on)
            due[name] = add_days(latest, event.days)
    return due


def may_answer(handle: str, kind: str, status: str) -> None:
    """Only a field activity that is with the field can be answered. Raises RuleViolation."""
    if kind != "field_activity":
        raise RuleViolation(
            "no_field_activity", f"The event {handle!r} is no field activity but a {kind}."
        )
    if status not in (Status.SENT, Status.EXECUTING):
        raise RuleViolation(
            "not_outstanding",
            f"The field activity {handle!r} isn't outstanding: it is {status}.",
        )


def may_complete(handle: str, kind: str, status: str) -> None:
    """A person completes what waits for one: never a field activity, which the field answers.
    Raises RuleViolation.
    """
    if kind == "field_activity" and status != Status.ERROR:
        raise RuleViolation(
            "field_activity",
            f"The event {handle!r} is a field activity; the field system answers it.",
        )
    if status not in (Status.PENDING, Status.SENT, Status.ERROR):
        raise RuleViolation("not_open", f"The event {handle!r} can't be completed: it is {status}.")
