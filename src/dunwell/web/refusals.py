"""What services refuse, in the language of the request.

Services speak English, each sentence once, with the values in it. Here the sentence is recognized
by its constant parts (the catalogue `refusals.po` has all of them, gathered by `borrowed`), its
values are taken out, and it is said again in the other language. What isn't recognized stays as it
is: better English than nothing.
"""

import io
import re
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

from dunwell.web import nouns
from dunwell.web.languages import N_, _, locale

PLACE = re.compile(r"%\((\w+)\)s")

COUNT = re.compile(r"([a-z][a-z ]*): (\d+)")

COUNTED = {
    "accounts": N_("accounts"),
    "retired scenarios": N_("retired scenarios"),
    "retired actions": N_("retired actions"),
    "retired agencies": N_("retired agencies"),
    "retired experiments": N_("retired experiments"),
    "sharing groups": N_("sharing groups"),
    "bills": N_("bills"),
    "items": N_("items"),
    "cases": N_("cases"),
    "service agreements": N_("service agreements"),
    "actions of open cases": N_("actions of open cases"),
    "letters that wait to be delivered": N_("letters that wait to be delivered"),
    "reminders that wait to be delivered": N_("reminders that wait to be delivered"),
}
"""What keeps parts of the policy in use, as `writing.sql` counts it."""

LONGEST = 2_000
"""A longer message isn't one sentence."""


class Warned(str):
    """A message beside a field that refuses nothing."""

    __slots__ = ()


def told(message: str) -> str:
    """The message in the request's language."""
    language = locale().language
    if language == "en" or len(message) > LONGEST:
        return message
    for constants, pattern, text in _patterns(language):
        if all(part in message for part in constants) and (found := pattern.fullmatch(message)):
            return _(text) % {name: _value(name, said) for name, said in found.groupdict().items()}
    return message


def _value(name: str, said: str) -> str:
    """A value in the request's language, if it is no name that people gave."""
    match name.rstrip("_0123456789"):
        case "counts":
            return in_words(said)
        case "noun" | "nouns":
            return nouns.called(said)
        case "named":
            return nouns.before_names(said)
        case "failure" | "error":
            return told(said)
    return said


def in_words(counts: str) -> str:
    """Of `bills: 12, cases: 1`, the words in the request's language."""
    return COUNT.sub(
        lambda found: f"{_(COUNTED[found[1]])}: {found[2]}" if found[1] in COUNTED else found[0],
        counts,
    )


@cache
def _patterns(language: str) -> list[tuple[list[str], re.Pattern[str], str]]:
    """What each refusal looks like; the ones that say most themselves come first."""
    path = files("dunwell.web") / "locale" / language / "refusals.po"
    if not path.is_file():
        return []
    found = []
    for entry in read_po(io.BytesIO(path.read_bytes()), locale=language):
        if isinstance(entry.id, str) and entry.id:
            pieces = PLACE.split(entry.id)
            constants = [piece.replace("%%", "%") for piece in pieces[::2]]
            pattern = "".join(
                re.escape(constants[index // 2]) if index % 2 == 0 else f"(?P<{piece}>.+?)"
                for index, piece in enumerate(pieces)
            )
            found.append((constants, re.compile(pattern, re.DOTALL), entry.id))
    return sorted(found, key=lambda each: -sum(map(len, each[0])))
