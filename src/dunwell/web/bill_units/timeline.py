"""The story of a case in the reader's language; `features.events.stories` tells it."""

from collections.abc import Iterator, Sequence

from dunwell.features.events.stories import book
from dunwell.features.events.stories.book import Entry
from dunwell.features.events.stories.telling import Data, Voice
from dunwell.web import formats
from dunwell.web.languages import _, ngettext
from dunwell.web.words import word

_VOICE = Voice(text=_, texts=ngettext, money=formats.money, date=formats.date, word=word)


def entries(events: Sequence[Data], currency: str) -> list[Entry]:
    """What happened, in the order of the events."""
    return [entry for event in events for entry in entry_of(event, currency)]


def entry_of(event: Data, currency: str) -> Iterator[Entry]:
    """One event; the night's can be several entries."""
    return book.entries(event, currency, _VOICE)
