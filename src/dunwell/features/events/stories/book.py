"""All stories. A kind of event without one (a plug-in's, a later version's) is told by its name and
its facts, so nothing is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dunwell.domain.statuses import ActionStatus
from dunwell.features.events.stories import cases, letters, money, promises, severance, standing
from dunwell.features.events.stories.telling import Data, Event, Stories, Told, Voice

STORIES: Stories = {
    **cases.STORIES,
    **promises.STORIES,
    **letters.STORIES,
    **money.STORIES,
    **standing.STORIES,
    **severance.STORIES,
}

_SAYS_WHY = frozenset().union(
    *(each.SAYS_WHY for each in (cases, letters, money, standing, severance))
)

_OPEN = frozenset({ActionStatus.PENDING, ActionStatus.WAITING, ActionStatus.ERROR})


_MACHINES = frozenset({"night", "settlement", "delivery"})
"""Actors that are nobody in particular."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: what happened on a day, to what, why, and who did it (none: the night, or
    what follows it by itself).
    """

    date: str
    title: str
    details: tuple[str, ...] = ()
    tone: str = ""
    actor: str | None = None


def entries(event: Data, currency: str, voice: Voice) -> Iterator[Entry]:
    """One event, a row of the log; the night's can be several entries."""
    kind, data = event["kind"], event["data"]
    actor = None if event["actor"] in _MACHINES else event["actor"]
    telling = Event(kind, data, currency, voice)
    for told in STORIES.get(kind, _plainly)(telling):
        details = [detail for detail in told.details if detail]
        if data.get("reason") and kind not in _SAYS_WHY:
            details.append(telling.say("Reason: %(reason)s"))
        if data.get("note") and kind not in standing.WITHOUT_NOTE:
            details.append(f"“{data['note']}”")
        yield Entry(str(event["date"]), told.title, tuple(details), told.tone, actor)


def coming(actions: Sequence[Data]) -> list[Data]:
    """The open actions of a case in the order in which they fall due."""
    found = [action for action in actions if action["status"] in _OPEN]
    return sorted(found, key=lambda action: (str(action["due_on"]), action["step"]))


def _plainly(event: Event) -> Iterator[Told]:
    facts = ", ".join(
        f"{name.replace('_', ' ')}: {value}"
        for name, value in event.data.items()
        if name not in ("reason", "note") and not isinstance(value, list | dict)
    )
    yield Told(event.kind.replace("_", " ").capitalize(), [facts])
