"""The rules of mirroring that are pure: what a CRM may say of what, and what becomes of a change
that isn't simply carried out.

The present state decides, not the order of arrival: a change that was made for another version is
answered with the state, one that is older than what the same CRM said last is passed over, and one
whose wish is fulfilled already is agreed with. Words never contradict each other, so they are
always taken.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dunwell.domain.statuses import ActionStatus, AlertStatus


class Noun(StrEnum):
    """What is mirrored."""

    ACTION = "action"
    CASE = "case"
    CREDIT_ALERT = "credit_alert"


class Change(StrEnum):
    """What somebody did in the CRM."""

    COMPLETED = "completed"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    COMMENTED = "commented"
    RECORDED = "recorded"
    ASSIGNED = "assigned"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What became of a change."""

    APPLIED = "applied"
    AGREED = "agreed"
    """It was so already."""
    SUPERSEDED = "superseded"
    """The CRM itself has said something newer."""
    STALE = "stale"
    """It was made for another version; look at the state, then decide."""
    REFUSED = "refused"
    """A rule forbids it."""


ALLOWED: Mapping[Noun, frozenset[Change]] = {
    Noun.ACTION: frozenset(
        {Change.COMPLETED, Change.RESCHEDULED, Change.CANCELLED, Change.COMMENTED}
    ),
    Noun.CASE: frozenset({Change.COMMENTED}),
    Noun.CREDIT_ALERT: frozenset(
        {Change.ASSIGNED, Change.RECORDED, Change.COMMENTED, Change.CLOSED}
    ),
}

WORDS = frozenset({Change.COMMENTED, Change.RECORDED})


@dataclass(frozen=True, slots=True)
class Present:
    """How the row stands."""

    version: int
    status: str
    due_on: dt.date | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the CRM wants it to be, and what it knew."""

    change: Change
    version: int | None = None
    their_time: dt.datetime | None = None
    due_on: dt.date | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """The latest change of the same CRM to the same row."""

    their_time: dt.datetime | None = None
    knew_version: int | None = None
    """What it knew when it said the first of what it said without anybody's saying in between."""
    made_version: int | None = None
    """What its latest change has made."""


def judge(wish: Wish, present: Present, heard: Heard) -> Outcome | None:
    """What becomes of the wish without anything being done; none: it is to be carried out."""
    if wish.change in WORDS:
        return None
    if (
        heard.their_time is not None
        and wish.their_time is not None
        and wish.their_time < heard.their_time
    ):
        return Outcome.SUPERSEDED
    if _is_so(wish, present):
        return Outcome.AGREED
    if wish.version in (None, present.version) or goes_on(wish, present, heard):
        return None
    return Outcome.STALE


def goes_on(wish: Wish, present: Present, heard: Heard) -> bool:
    """Whether nobody but this CRM has changed the row since the version that it knew: it said two
    things, one after the other, before it heard what became of the first.
    """
    return (
        wish.version is not None
        and wish.their_time is not None
        and heard.their_time is not None
        and heard.knew_version is not None
        and heard.made_version == present.version
        and heard.knew_version <= wish.version <= present.version
    )


def _is_so(wish: Wish, present: Present) -> bool:
    match wish.change:
        case Change.COMPLETED:
            return present.status == ActionStatus.COMPLETED
        case Change.CANCELLED:
            return present.status == ActionStatus.CANCELLED
        case Change.RESCHEDULED:
            open_ = present.status in (ActionStatus.PENDING, ActionStatus.WAITING)
            return open_ and present.due_on == wish.due_on
        case Change.CLOSED:
            return present.status == AlertStatus.CLOSED
        case Change.ASSIGNED:
            return present.status == AlertStatus.OPEN and present.agent == wish.agent
        case _:
            return False
