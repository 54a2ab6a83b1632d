"""Keyset pages, alike everywhere: `limit`, and `after` with the `next` of the page before.

A cursor is opaque: it holds the key of the last row that was shown, so a page costs the same
however far one has come, and rows that come or go don't shift the others.
"""

import base64
import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from dunwell.domain.errors import BadInput

T = TypeVar("T")

MOST = 500

Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
After = Annotated[
    str | None, Query(max_length=2000, description="The `next` of the page before this one.")
]


class Page(BaseModel, Generic[T]):
    """Some of many, and how to ask for the next ones; `next` is null on the last page."""

    items: list[T]
    next: str | None


def key_of(after: str | None, *kinds: type, first: Sequence[Any]) -> tuple[Any, ...]:
    """The key that the cursor holds, one value of each kind; `first` without a cursor."""
    if after is None:
        return tuple(first)
    try:
        key = json.loads(base64.urlsafe_b64decode(after.encode("ascii")))
    except (ValueError, RecursionError) as failure:
        raise BadInput(f"{after!r} is no cursor; take the `next` of the page before.") from failure
    fits = isinstance(key, list) and [type(value) for value in key] == list(kinds)
    if not (fits and all(map(_can_be_asked, key))):
        raise BadInput(f"{after!r} is no cursor of this list; take the `next` of the page before.")
    return tuple(key)


def _can_be_asked(value: str | int) -> bool:
    """Whether the database can be asked for it: no NUL, no half a character, no giant."""
    if isinstance(value, str):
        return "\0" not in value and value.encode("utf-8", "replace").decode() == value
    return abs(value) <= 2**62


def by_day(day: dt.date, number: int) -> Sequence[Any]:
    """The key of a row in a list that is ordered by a day and a number."""
    return [day.isoformat(), number]


def page(
    rows: Sequence[T], limit: int, key: Callable[[T], Sequence[Any]]
) -> tuple[list[T], str | None]:
    """The rows to show of `limit + 1` that were asked for, and the cursor to the others."""
    shown = list(rows[:limit])
    if len(rows) <= limit:
        return shown, None
    return shown, cursor(key(shown[-1]))


def cursor(key: Sequence[Any]) -> str:
    """The cursor that holds a key."""
    text = json.dumps(list(key), ensure_ascii=True)
    return base64.urlsafe_b64encode(text.encode()).decode()
