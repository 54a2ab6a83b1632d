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

from dunwell.web.languages import _, locale

PLACE = re.compile(r"%\((\w+)\)s")

LONGEST = 2_000
"""A longer message isn't one sentence."""


def told(message: str) -> str:
    """The message in the request's language."""
    language = locale().language
    if language == "en" or len(message) > LONGEST:
        return message
    for constants, pattern, text in _patterns(language):
        if all(part in message for part in constants) and (found := pattern.fullmatch(message)):
            return _(text) % found.groupdict()
    return message


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
