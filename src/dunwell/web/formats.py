"""How amounts, dates and moments look: in the person's locale, amounts split at the decimal point
so that columns align on it.
"""

import datetime as dt
from decimal import Decimal
from functools import cache
from unicodedata import bidirectional

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import NumberPattern, format_decimal, get_decimal_symbol, parse_pattern

from dunwell.web.languages import locale

EMPTY = "–"


@cache
def _digits(currency: str) -> int:
    from iso4217 import Currency  # noqa: PLC0415 - a table that only amounts need

    try:
        return int(Currency(currency).exponent or 0)
    except ValueError:
        return 2


@cache
def _pattern(digits: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * digits if digits else ""))


def amount(value: Decimal, currency: str) -> tuple[str, str]:
    """An amount's whole part, and its decimals with the decimal sign."""
    text = _pattern(_digits(currency)).apply(value, locale(), decimal_quantization=False)
    # a minus sign, as the locale writes it; a hyphen is too short to be seen in a column
    text = text.replace("-", "−")
    whole, sign, part = text.partition(get_decimal_symbol(locale()))
    return whole, sign + part


def money(value: Decimal | str, currency: str) -> str:
    """An amount within a sentence."""
    whole, part = amount(Decimal(value), currency)
    return f"{whole}{part}\u00a0{currency}"


def name(value: str) -> str:
    """A name within a sentence. One that is written from right to left is set apart, or it would
    take the full stop behind it along.
    """
    if any(bidirectional(sign) in {"R", "AL"} for sign in value):
        return f"\u2068{value}\u2069"
    return value


def number(value: Decimal | float, digits: int | None = None) -> str:
    """A number with the locale's separators; with just so many decimals, if they are given."""
    if digits is not None:
        return str(_pattern(digits).apply(value, locale()))
    return format_decimal(value, locale=locale(), decimal_quantization=False)


def date(value: dt.date | str) -> str:
    """A date, such as `Mar 3, 2026` or `03.03.2026`."""
    if isinstance(value, str):
        value = dt.date.fromisoformat(value)
    return _date(value, locale())


@cache
def _date(value: dt.date, where: Locale) -> str:
    return format_date(value, "medium", locale=where)


def day(value: dt.date) -> str:
    """A date with its weekday, such as `Tue, Mar 3`."""
    return format_skeleton("MMMEd", value, locale=locale())


def month(value: dt.date) -> str:
    """A month, such as `Mar 2026`."""
    return format_skeleton("yMMM", value, locale=locale())


def moment(value: dt.datetime) -> str:
    """A date and time, in UTC; the browser writes it in its own time zone."""
    return format_datetime(value.astimezone(dt.UTC), "short", locale=locale()) + " UTC"
