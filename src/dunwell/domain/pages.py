"""Pages of long lists, by keyset: a page ends with a cursor that says after which row to go on.

Unlike a page number, a cursor doesn't skip or repeat rows when others are added meanwhile, and the
thousandth page costs as much as the first. It is opaque to whoever carries it.
"""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

from dunwell.domain.errors import BadInput

DEFAULT_LIMIT = 50
MOST = 500

Item = TypeVar("Item")

Key = tuple[Any, ...]

START: Key = (None, None)
"""Before the first row of a list that is ordered by a day and a number."""

_WRITE: dict[type, tuple[str, Callable[[Any], Any]]] = {
    int: ("i", int),
    str: ("s", str),
    dt.date: ("d", dt.date.isoformat),
    Decimal: ("n", str),
    type(None): ("z", lambda _: None),
}
_READ: dict[str, Callable[[Any], Any]] = {
    "i": int,
    # half a character (a lone surrogate) is a ValueError here
    "s": lambda text: str(text).encode().decode(),
    "d": dt.date.fromisoformat,
    "n": Decimal,
    "z": lambda _: None,
}


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some rows of a list, and where the next ones begin."""

    items: tuple[Item, ...]
    next_cursor: str | None = None
    """Give it back for the next page; none: this is the last."""


def page(rows: Sequence[Item], limit: int, key: Callable[[Item], Key], order: str) -> Page[Item]:
    """A page of rows that were fetched with one more than `limit`; `order` names the sorting, so
    that a cursor isn't used with another one.
    """
    if len(rows) <= limit:
        return Page(tuple(rows))
    kept = tuple(rows[:limit])
    return Page(kept, encode(order, key(kept[-1])))


def encode(order: str, key: Key) -> str:
    """The cursor after the row with this key."""
    written = [[_WRITE[type(value)][0], _WRITE[type(value)][1](value)] for value in key]
    text = json.dumps([order, written], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(order: str, cursor: str, length: int) -> Key:
    """The key in a cursor. Raises BadInput for one that isn't from this list and sorting."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        found, written = json.loads(text)
        key = tuple(_READ[kind](value) for kind, value in written)
    except (
        *(ValueError, TypeError, KeyError, OverflowError),
        *(binascii.Error, InvalidOperation, RecursionError),
    ):
        found, key = None, ()
    if found != order or len(key) != length:
        raise BadInput(
            f"The cursor {cursor!r} doesn't belong to this list and order; leave it out to start"
            f" from the beginning."
        )
    return key


def check_limit(limit: int) -> int:
    """The limit itself. Raises BadInput unless it lies between 1 and `MOST`."""
    if not 1 <= limit <= MOST:
        raise BadInput(f"A page has 1 to {MOST} rows, not {limit}.")
    return limit
