"""The story of a case in lines: what happened (`features.events.stories` tells it), then what is
still to come.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dunwell.cli import output
from dunwell.features.events.stories import book
from dunwell.features.events.stories.telling import Data, Voice

_VOICE = Voice(
    text=str,
    texts=lambda one, many, number: one if number == 1 else many,
    money=output.money,
    date=str,
    word=lambda _kind, code: output.words(code),
)

_STYLES = {"good": "green", "bad": "bold red", "live": "cyan", "quiet": "dim"}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the timeline."""

    date: str
    what: str
    details: tuple[str, ...]
    style: str = ""
    to_come: bool = False
    """Open: it hasn't been done yet, whatever its date."""


def lines(file: Data) -> Iterator[Line]:
    """The past of a case by its events, then its open actions by their dates."""
    for event in file["events"]:
        for entry in book.entries(event, file["currency"], _VOICE):
            by = () if entry.actor is None else (f"by {entry.actor}",)
            yield Line(entry.date, entry.title, (*entry.details, *by), _STYLES.get(entry.tone, ""))
    for action in book.coming(file["actions"]):
        yield _coming(action)


def _coming(action: Data) -> Line:
    what = {"waiting": "waits", "error": "failed"}.get(action["status"], "to come")
    if action.get("skipped"):
        what = "skipped"
    if action.get("task_on"):
        what = "open task"
    optional = "" if action["mandatory"] else " (optional)"
    style = "red" if what == "failed" else "cyan" if what == "open task" else "dim"
    said = (action["message"],) if action.get("message") else ()
    return Line(
        str(action["due_on"]), f"{action['action']}{optional}: {what}", said, style, to_come=True
    )
