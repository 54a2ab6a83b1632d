"""The kinds of value in a policy file: exact numbers, currency codes, names, places.

Amounts are read as they are written and never become binary floats; in JSON they are plain
decimal strings without trailing zeros, so that equal policies have equal documents.
"""

import re
import zoneinfo
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

import iso4217
from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints

from dunwell.domain.errors import NotFound
from dunwell.domain.money import Currency

DEFAULT_BRAND = "default"
"""The brand that always exists."""
LONGEST = 36_500
"""Days; a century."""


def plain(number: Decimal) -> str:
    """The number in digits, without an exponent or trailing zeros: `12.5`."""
    digits = format(number, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def _as_written(given: Any) -> Any:
    if isinstance(given, bool | float):
        raise ValueError("not an exact number; write digits, such as 12.50")  # noqa: TRY004
    return given


Exact = Annotated[
    Decimal,
    BeforeValidator(_as_written, json_schema_input_type=Decimal),
    PlainSerializer(plain, return_type=str, when_used="json"),
]

Amount = Annotated[Exact, Field(ge=0, max_digits=19, decimal_places=4)]
Percentage = Annotated[Exact, Field(gt=0, le=100, max_digits=19, decimal_places=4)]
Rate = Annotated[Exact, Field(gt=0, max_digits=24, decimal_places=12)]


@cache
def _currencies() -> dict[str, Currency]:
    return {
        known.code: Currency(known.code, known.exponent)
        for known in iso4217.Currency
        if known.exponent is not None
    }


def currency(code: str) -> Currency:
    """The ISO 4217 currency of that code."""
    found = _currencies().get(code)
    if found is None:
        raise NotFound(f"{code!r} is not a currency of ISO 4217; write a code such as USD.")
    return found


def is_currency(code: str) -> bool:
    """Whether it is the code of a currency of ISO 4217."""
    return code in _currencies()


def _is_currency(code: str) -> str:
    if not is_currency(code):
        raise ValueError("not a currency of ISO 4217; write a code such as USD")
    return code


def _is_locale(name: str) -> str:
    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError, TypeError) as failure:
        raise ValueError("not a known locale; write one such as en_US") from failure
    return name


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _is_time_zone(name: str) -> str:
    # a machine without a time zone database can't tell
    if _time_zones() and name not in _time_zones():
        raise ValueError("not a known time zone; write one such as Europe/Berlin")
    return name


def _is_name(name: str) -> str:
    if not name.strip() or name != name.strip():
        raise ValueError("a name can't be empty, nor begin or end with a space")
    if any(ord(character) < ord(" ") or character == "\x7f" for character in name):
        raise ValueError("a name can't hold line breaks or control characters")
    return name


def _is_text(given: str) -> str:
    if "\x00" in given:
        raise ValueError("a text can't hold the character NUL")
    return given


def _is_iban(given: str) -> str:
    iban = given.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", iban):
        raise ValueError("not an IBAN; write one such as DE89 3704 0044 0532 0130 00")
    # ISO 7064: letters become numbers, and the whole leaves 1 when it is divided by 97
    if int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 != 1:
        raise ValueError("not an IBAN; its check digits don't fit, so a digit is wrong")
    return iban


def _is_bic(given: str) -> str:
    if not re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", given):
        raise ValueError("not a BIC; it has 8 or 11 capital letters and digits")
    return given


def _is_email_address(given: str) -> str:
    if not re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", given):
        raise ValueError("not an e-mail address; write one such as letters@example.com")
    return given


Name = Annotated[str, StringConstraints(max_length=200), AfterValidator(_is_name)]
Words = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_is_text)]
CurrencyCode = Annotated[str, AfterValidator(_is_currency)]
LocaleName = Annotated[str, AfterValidator(_is_locale)]
TimeZone = Annotated[str, AfterValidator(_is_time_zone)]
Iban = Annotated[str, AfterValidator(_is_iban)]
Bic = Annotated[str, AfterValidator(_is_bic)]
EmailAddress = Annotated[str, AfterValidator(_is_email_address)]
