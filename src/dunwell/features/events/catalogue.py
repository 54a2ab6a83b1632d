"""Every kind of event that there is: its meaning and its fields, in one place.

A test finds every kind that is written anywhere and refuses one that isn't here;
docs/reference/events.md is made from this (`dunwell.features.events.reference`). Some kinds tell of
several actions of a case at once. Subscribers may ask for the actions apart: such a kind *unfolds*
into parts, which have kinds of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, slots=True)
class Unfolding:
    """How an event is taken apart: the list in its data, and the kind of each part."""

    parts_in: str
    kind: str = ""
    """The kind of every part, or:"""
    by_status: Mapping[str, str] = field(default_factory=dict)
    """the kind by the part's status."""

    def kinds(self) -> frozenset[str]:
        """The kinds of the parts."""
        return frozenset(self.by_status.values()) if self.by_status else frozenset({self.kind})

    def kind_of(self, part: Mapping[str, Any]) -> str:
        """What a part is; a status that isn't known yields nothing to send."""
        return self.by_status.get(str(part.get("status")), "") if self.by_status else self.kind


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event. `fields` are those of its data."""

    name: str
    meaning: str
    fields: Mapping[str, str] = field(default_factory=dict)
    unfolds: Unfolding | None = None
    is_logged: bool = True
    """False: it only ever is a part of another."""


_ACTION = {
    "step": "its step in the scenario",
    "action": "its name",
    "type": "its type",
    "due_on": "the day it is due",
    "status": "its status",
}
_PERFORMED = {
    **_ACTION,
    "amount": "what was charged or written off, if so",
    "message": "why it failed, if it did",
}

CATALOGUE: Sequence[Kind] = (
    Kind(
        "case_opened",
        "A bill unit entered collections; all actions of its scenario were made.",
        {
            "rule": "the rule that let it in",
            "profile": "its profile",
            "scenario": "the scenario",
            "entry_amount": "the scenario's entry amount",
            "entry_days": "the scenario's entry days",
            "overdue_amount": "what was overdue",
            "ripe_amount": "what was overdue for as long as the entry days",
            "overdue_date": "the case's overdue date",
            "entry_date": "the date from which actions count",
            "replaces_case_id": "the case that it replaces, if any",
            "actions": "the actions that were made: step, action, due_on, status",
        },
        unfolds=Unfolding("actions", kind="action_created"),
    ),
    Kind(
        "case_closed",
        "A case ended; what was still to come is cancelled.",
        {
            "reason": "cured, written_off, exempted, replaced, exhausted or stopped",
            "scenario": "the scenario",
            "overdue_amount": "what was still overdue",
            "exit_amount": "the scenario's exit amount",
            "cancelled": "the actions that were cancelled: step, action",
        },
        unfolds=Unfolding("cancelled", kind="action_cancelled"),
    ),
    Kind(
        "case_dates_moved",
        "The earliest overdue item is another one now, so the dates of the case moved with it.",
        {
            "reason": "why they moved",
            "overdue_date": "the overdue date: from, to",
            "entry_date": "the entry date: from, to",
            "actions_moved_by_days": "by how many days every open action moved",
        },
    ),
    Kind(
        "actions_performed",
        "Due actions of a case were carried out, failed, or became an agent's task.",
        {"actions": "each with step, action, type, due_on, status, and amount or message"},
        unfolds=Unfolding(
            "actions",
            by_status={
                "completed": "action_completed",
                "cancelled": "action_cancelled",
                "error": "action_failed",
                "pending": "action_due",
            },
        ),
    ),
    Kind(
        "actions_released",
        "All actions of a date are closed, so those of the next became pending.",
        {
            "moved_by_days": "by how many days they moved",
            "day_unit": "calendar or working days",
            "actions": "each with step, action, due_on",
        },
        unfolds=Unfolding("actions", kind="action_released"),
    ),
    Kind("action_created", "An action was made and scheduled.", _ACTION, is_logged=False),
    Kind("action_due", "A manual action has come due.", _ACTION, is_logged=False),
    Kind("action_completed", "An action was completed.", _PERFORMED),
    Kind("action_cancelled", "An action was cancelled.", _ACTION),
    Kind("action_failed", "An action couldn't be carried out.", _PERFORMED, is_logged=False),
    Kind(
        "action_released",
        "An action that waited for others has become pending.",
        _ACTION,
        is_logged=False,
    ),
    Kind(
        "exempted",
        "A bill unit was exempted from collections.",
        {
            "from": "the first exempt day",
            "until": "the last exempt day, if there is one",
            "reason": "why",
        },
    ),
    Kind(
        "run_completed",
        "A night was completed, if the policy's setting `publish_run_details` is on.",
        {
            "date": "the business date",
            "entered": "how many cases were opened",
            "left": "how many were closed, by reason",
            "in_collections": "how many are open",
            "actions": "how many actions, by type and outcome",
            "overdue": "what is overdue, by currency",
            "seconds": "how long it took",
            "unhandled": "custom actions that no plug-in carries out",
            "skipped": "actions that are due but never run by themselves",
        },
    ),
    Kind(
        "night_failed",
        "The worker's night broke off; it will be tried again.",
        {"message": "why", "attempts": "how often it has been tried", "retry_at": "when again"},
    ),
    Kind(
        "night_late",
        "The worker's night should have been completed by now.",
        {"due_at": "when it was due", "minutes": "how long ago that is"},
    ),
    Kind(
        "deliveries_parked",
        "A subscriber hasn't taken events for three days; they are kept and no longer sent.",
        {"subscription": "its name", "events": "how many events", "message": "why they failed"},
    ),
    Kind(
        "subscription_changed",
        "Somebody made, changed or deleted a subscription.",
        {"subscription": "its name", "change": "what was done", "host": "where it sends to"},
    ),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in CATALOGUE}


def matching(patterns: Sequence[str]) -> frozenset[str]:
    """The kinds that any of the patterns (`action_*`) names."""
    return frozenset(
        name for name in KINDS if any(fnmatchcase(name, pattern) for pattern in patterns)
    )


def logged(wanted: frozenset[str]) -> frozenset[str]:
    """The kinds of the log in which these stand, by themselves or as parts."""
    return frozenset(
        kind.name
        for kind in CATALOGUE
        if kind.is_logged
        and (kind.name in wanted or (kind.unfolds and kind.unfolds.kinds() & wanted))
    )


@dataclass(frozen=True, slots=True)
class Message:
    """What one subscriber is told of one event: all of it, or a part."""

    kind: str
    details: Mapping[str, Any]
    part: int = 0
    """The number of the part, from 1; 0: the event as it is."""


def messages(kind: str, data: Mapping[str, Any], wanted: frozenset[str] | None) -> list[Message]:
    """What a subscriber who wants these kinds (none: every event as it is logged) is told."""
    told = [Message(kind, data)] if wanted is None or kind in wanted else []
    known = KINDS.get(kind)
    if wanted is None or known is None or known.unfolds is None:
        return told
    return [*told, *_parts(known.unfolds, data, wanted)]


def _parts(
    unfolding: Unfolding, data: Mapping[str, Any], wanted: frozenset[str]
) -> Iterator[Message]:
    common = {name: value for name, value in data.items() if name != unfolding.parts_in}
    for number, part in enumerate(data.get(unfolding.parts_in) or (), start=1):
        kind = unfolding.kind_of(part)
        if kind in wanted:
            yield Message(kind, {**common, **part}, number)
