"""What a story is told with: an event, and the voice that says its texts, amounts and dates."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody who shows a story says things."""

    text: Callable[[str], str]
    """A text in the reader's language, its places still open."""
    texts: Callable[[str, str, int], str]
    """The text for one or for many, by the number."""
    money: Callable[[Decimal | str, str], str]
    """An amount and its currency, within a sentence."""
    date: Callable[[dt.date | str], str]
    word: Callable[[str, str], str]
    """A code of a kind (`status`, `refusal`) in words."""


@dataclass(frozen=True, slots=True)
class Told:
    """What happened, what there is to say about it, and how it feels: `good`, `bad`, `live`,
    `quiet` or nothing special.
    """

    title: str
    details: Sequence[str] = ()
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One event that is being told."""

    kind: str
    data: Data
    currency: str
    """The customer's; an event's own goes before it."""
    voice: Voice

    def say(self, text: str, /, **facts: Any) -> str:
        """A text with the event's facts in its places, and with these."""
        return self.voice.text(text) % {**self.data, **facts}

    def money(self, amount: Decimal | str) -> str:
        """An amount in the event's currency."""
        return self.voice.money(amount, self.data.get("currency") or self.currency)

    def date(self, day: dt.date | str) -> str:
        """A day."""
        return self.voice.date(day)

    def word(self, kind: str, code: str) -> str:
        """A code in words."""
        return self.voice.word(kind, code)

    def planned(self, part: Data) -> str:
        """What is paid or to be paid, and when."""
        return f"{self.money(part['amount'])} – {self.date(part['due_on'])}"


Stories = Mapping[str, Callable[[Event], Iterator[Told]]]
"""How the kinds of events are told; a night's event can be several entries."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name
    """Mark a text that is translated where it is said."""
    return text
