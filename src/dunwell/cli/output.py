"""How things look: amounts, tables, the one JSON document, and what goes where.

Answers go to standard output; progress, messages and errors to standard error, so that a
pipeline gets the answer alone.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dunwell.domain.money import Currency

if TYPE_CHECKING:  # Rich and Babel are imported when something is printed, not for --help
    from rich.console import Console, RenderableType
    from rich.progress import Progress
    from rich.table import Table

_CONTROLS = re.compile(r"\x1b(?!\[[0-9;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")

WIDE = 100
"""Columns of a table that goes into a file or a pipe."""


def answer(value: Any) -> None:
    """Print the one JSON document of a command; amounts become decimal strings. Where the output
    takes few letters, the others are escaped.
    """
    few = not (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(value, default=_plain, ensure_ascii=few, indent=2))  # noqa: T201


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case Path():
            return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def console(*, error: bool = False) -> "Console":
    """A console that takes text as it is: a customer's name is never markup."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    return Console(
        file=stream,
        markup=False,
        highlight=False,
        emoji=False,
        width=None if stream.isatty() else WIDE,
    )


def show(*renderables: "RenderableType") -> None:
    """Print on standard output."""
    screen = console()
    with screen.capture() as printed:
        for renderable in renderables:
            # text keeps its lines, so that it can be piped and copied; all else fits the width
            screen.print(renderable, soft_wrap=isinstance(renderable, str))
    # Rich fills every line of a table with blanks
    text = re.sub(" +$", "", _harmless(printed.get()), flags=re.MULTILINE)
    print(text, end="", flush=True)  # noqa: T201


def _harmless(text: str) -> str:
    """The text without what moves a terminal's cursor or renames its window, as a name that comes
    from elsewhere may; colours stay.
    """
    return _CONTROLS.sub("\ufffd", text)


def say(message: str, *, style: str = "") -> None:
    """Tell the person something, on standard error."""
    screen = console(error=True)
    # a log keeps a message on one line, a terminal breaks it between words
    screen.print(_harmless(message), style=style, soft_wrap=not screen.is_terminal)


def heading(text: str, *renderables: "RenderableType") -> None:
    """A title, with what stands below it."""
    from rich.text import Text

    show(Text(text, style="bold"), *renderables)


def table(*columns: str, right: Iterable[str] = (), **options: Any) -> "Table":
    """An empty table; the columns named in `right` hold numbers."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, **options)
    numbers = frozenset(right)
    for column in columns:
        number = column in numbers
        made.add_column(column, justify="right" if number else "left", no_wrap=number)
    return made


@contextmanager
def progress(*, wanted: bool = True) -> "Iterator[Progress]":
    """A progress bar on standard error; silent unless that is a terminal."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    screen = console(error=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=screen,
        transient=True,
        disable=not (wanted and screen.is_terminal),
    ) as shown:
        yield shown


@cache
def _currency(code: str) -> Currency:
    import iso4217

    exponent = iso4217.Currency(code).exponent
    return Currency(code, 2 if exponent is None else exponent)


def money(amount: Decimal | str, currency: str) -> str:
    """The amount with its currency as people write it: $1,234.50, ¥1,200."""
    from babel.numbers import format_currency

    rounded = _currency(currency).round(Decimal(amount))
    # Babel's digits differ from ISO 4217's for some currencies: ours stand
    return format_currency(rounded, currency, locale="en_US", decimal_quantization=False)


def words(name: str) -> str:
    """A stable code as people read it: dunning_letter becomes dunning letter."""
    return name.replace("_", " ")


def count(number: int, singular: str, plural: str = "") -> str:
    """A number with its noun: 1 profile, 2,000 profiles."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def days(buckets: Iterable[str]) -> Iterator[str]:
    """Ageing buckets as people read them: not due, 1 to 30, 31 to 60, over 60."""
    after = 0
    for bucket in buckets:
        if bucket.isdigit():
            yield f"{after + 1} to {bucket}"
            after = int(bucket)
        else:
            yield words(bucket.replace(">", "over "))
