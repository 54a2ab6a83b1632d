"""Keyset pages, alike everywhere: `limit`, and `after` with the `next` of the page before.

A cursor is opaque: it holds the key of the last row that was shown, so a page costs the same
however far one has come, and rows that come or go don't shift the others.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from dunwell.domain import pages

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=pages.MOST, description="How many at most.")]
After = Annotated[
    str | None, Query(max_length=2000, description="The `next` of the page before this one.")
]


class Page(BaseModel, Generic[T]):
    """Some of many, and how to ask for the next ones; `next` is null on the last page."""

    items: list[T]
    next: str | None


def key_of(after: str | None, *kinds: type, first: Sequence[Any]) -> tuple[Any, ...]:
    """The key that the cursor holds, one value of each kind; `first` without a cursor."""
    return tuple(first) if after is None else pages.read(after, *kinds)


def page(
    rows: Sequence[T], limit: int, key: Callable[[T], Sequence[Any]]
) -> tuple[list[T], str | None]:
    """The rows to show of `limit + 1` that were asked for, and the cursor to the others."""
    shown = list(rows[:limit])
    if len(rows) <= limit:
        return shown, None
    return shown, pages.write(key(shown[-1]))
