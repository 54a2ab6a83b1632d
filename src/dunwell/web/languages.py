"""Languages: the texts of the catalogues, and the locale that dates and amounts are written in.

A catalogue per noun (`locale/de/tasks.po`), all read into one when the server starts; English is
the source. A request's language stands in a context variable, set once by `Preferences`.
"""

import gettext
import io
import re
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from babel import Locale, UnknownLocaleError
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["en", "de"]

LANGUAGES: tuple[Language, ...] = get_args(Language)

NAMES: dict[Language, str] = {"en": "English", "de": "Deutsch"}

_TAG = re.compile(r"^\s*([A-Za-z]{2,3})(?:-([A-Za-z]{2}))?\s*(?:;\s*q=([0-9.]+))?\s*$")

_current: ContextVar[Locale] = ContextVar("locale")
_ENGLISH = Locale("en")


def choose(chosen: str | None, accepted: str | None) -> Locale:
    """The locale for a request: the person's choice, else the browser's best that we speak.

    The browser's country stays if it has the same language, so that dates look as at home.
    """
    wanted = []
    for part in (accepted or "").split(",")[:20]:
        if found := _TAG.match(part):
            language, country, quality = found.groups()
            wanted.append((-float(quality or 1), language.lower(), country))
    known = [
        (language, country)
        for _, language, country in sorted(wanted, key=lambda each: each[0])
        if language in (LANGUAGES if chosen not in LANGUAGES else (chosen,))
    ]
    language, country = known[0] if known else (chosen if chosen in LANGUAGES else "en", None)
    return _locale(str(language), country and country.upper())


@cache
def _locale(language: str, country: str | None) -> Locale:
    try:
        return Locale(language, country)
    except (UnknownLocaleError, ValueError):
        return Locale(language)


def use(locale: Locale) -> None:
    """From now on, this request speaks it."""
    _current.set(locale)


def locale() -> Locale:
    """What this request speaks."""
    return _current.get(_ENGLISH)


def _(text: str) -> str:
    """The text in the request's language."""
    return _translations(locale().language).gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """The text for a number, in the request's language."""
    return _translations(locale().language).ngettext(one, many, number)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name
    """Mark a text that is translated where it is shown."""
    return text


@cache
def _translations(language: str) -> gettext.NullTranslations:
    catalogue = Catalog(locale=language)
    folder = files("dunwell.web") / "locale" / language
    if not folder.is_dir():
        return gettext.NullTranslations()
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".po"):
            for message in read_po(io.BytesIO(entry.read_bytes()), locale=language):
                if message.id:
                    catalogue[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
