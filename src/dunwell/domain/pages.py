"""Pages of long lists, by keyset: a page ends with a cursor that says after which row to go on.

Unlike a page number, a cursor doesn't skip or repeat rows when others are added meanwhile, and the
thousandth page costs as much as the first. It is opaque to whoever carries it.
"""

import base64
import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from dunwell.domain.errors import BadInput

DEFAULT_LIMIT = 50
MOST = 500

_DIGITS = 30
"""No amount has so many, before or after its point."""

Item = TypeVar("Item")

Key = tuple[Any, ...]

START: Key = (None, None)
"""Before the first row of a list that is ordered by a day and a number."""

_FROM_TEXT: dict[type, Callable[[str], Any]] = {
    int: int,
    str: str,
    dt.date: dt.date.fromisoformat,
    Decimal: Decimal,
}
"""What JSON has no word for stands in a cursor as a text; so may a number."""


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
    return write([order, *key])


def decode(order: str, cursor: str | None, *kinds: type) -> Key:
    """The key in a cursor, one value of each kind; nulls without a cursor. Raises BadInput for one
    that isn't from this list and sorting.
    """
    if cursor is None:
        return (None,) * len(kinds)
    found, *key = read(cursor, str, *kinds)
    if found != order:
        raise _foreign(cursor)
    return tuple(key)


def write(values: Sequence[Any]) -> str:
    """The cursor that holds these values."""
    text = json.dumps(list(values), separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, *kinds: type) -> Key:
    """The values in a cursor, one of each kind. Raises BadInput for any others."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(_value(*each) for each in zip(kinds, values, strict=True))
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as failure:
        raise _foreign(cursor) from failure


def _value(kind: type, given: Any) -> Any:
    value = _FROM_TEXT[kind](given) if isinstance(given, str) else given
    if type(value) is not kind or not _can_be_asked(value):
        raise ValueError(value)
    return value


def _can_be_asked(value: Any) -> bool:
    """Whether the database can be asked for it: no NUL, no half a character, no giant."""
    if isinstance(value, str):
        return "\0" not in value and value.encode("utf-8", "replace").decode() == value
    if isinstance(value, Decimal):
        return value.is_finite() and abs(value.adjusted()) < _DIGITS
    return not isinstance(value, int) or abs(value) < 2**63


def _foreign(cursor: str) -> BadInput:
    return BadInput(
        f"The cursor {cursor!r} doesn't belong to this list and order; leave it out to start"
        f" from the beginning."
    )


def check_limit(limit: int) -> int:
    """The limit itself. Raises BadInput unless it lies between 1 and `MOST`."""
    if not 1 <= limit <= MOST:
        raise BadInput(f"A page has 1 to {MOST} rows, not {limit}.")
    return limit
