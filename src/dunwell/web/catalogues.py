"""`python -m dunwell.web.catalogues` brings the catalogues up to date with the texts in the code.

A text belongs to the noun that uses it: to the catalogue of the template folder whose name its file
bears. The stories of events, which are told below the pages, have one of their own; what several
use, or the foundation, is in `shared.po`; what pages show and others write (the policy's hints,
reports, refusals) is gathered by `borrowed`. What is new comes without a translation, which a test
finds; what nobody uses any more goes.
"""

import io
from collections import defaultdict
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from dunwell.features.events import stories
from dunwell.web import borrowed
from dunwell.web.languages import LANGUAGES

WEB = Path(__file__).parent
STORIES = Path(*stories.__path__)
SHARED = "shared"
SOURCE = "en"

_KEYWORDS = {
    "_": None,
    "say": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "texts": (1, 2),
}

Text = str | tuple[str, ...]


def texts() -> dict[str, dict[Text, list[str]]]:
    """Every text by catalogue, with the files that use it."""
    used: dict[Text, list[str]] = defaultdict(list)
    for path in [
        *sorted([*WEB.rglob("*.py"), *WEB.rglob("*.html")]),
        *sorted(STORIES.glob("*.py")),
    ]:
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        options = {} if path.suffix == ".py" else {"trimmed": "true", "silent": "false"}
        name = path.relative_to(STORIES.parent if STORIES in path.parents else WEB).as_posix()
        for _, message, _, _ in extract_from_file(
            method, path, keywords=_KEYWORDS, options=options
        ):
            key: Text = message if isinstance(message, str) else (message[0], message[1])
            if name not in used[key]:
                used[key].append(name)
    nouns = {key: {noun_of(name) for name in names} for key, names in used.items()}
    found: dict[str, dict[Text, list[str]]] = defaultdict(dict)
    for noun, text, name in borrowed.texts():
        if noun == borrowed.REFUSALS:
            # `refusals` knows them by their catalogue
            found[noun][text] = [name]
        else:
            used[text].append(name)
            nouns.setdefault(text, set()).add(noun)
    for key, names in used.items():
        found[next(iter(nouns[key])) if len(nouns[key]) == 1 else SHARED][key] = names
    return found


def noun_of(name: str) -> str:
    """The catalogue of a file, by the template folder of its name."""
    if name.startswith(f"{STORIES.name}/"):
        return STORIES.name
    folders = {each.name for each in (WEB / "templates").iterdir() if each.is_dir()}
    parts = name.removesuffix(".py").split("/")
    first = parts[1] if parts[0] == "templates" and len(parts) > 2 else parts[0]  # noqa: PLR2004
    words = first.split("_")
    for length in range(len(words), 0, -1):
        if (noun := "_".join(words[:length])) in folders:
            return noun
    return SHARED


def read(language: str) -> dict[Text, Message]:
    """What is translated, wherever it stands: the message, and the catalogue that has it."""
    found: dict[Text, Message] = {}
    for path in sorted((WEB / "locale" / language).glob("*.po")):
        catalogue = read_po(io.BytesIO(path.read_bytes()), locale=language)
        for message in catalogue:
            if message.id:
                found[message.id if isinstance(message.id, str) else tuple(message.id)] = message
    return found


def update() -> None:
    """Write every catalogue anew, keeping what is translated."""
    wanted = texts()
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        folder = WEB / "locale" / language
        folder.mkdir(parents=True, exist_ok=True)
        known = read(language)
        for path in folder.glob("*.po"):
            if path.stem not in wanted:
                path.unlink()
        for noun, messages in wanted.items():
            catalogue = Catalog(locale=language, fuzzy=False, charset="utf-8")
            for key in sorted(messages, key=str):
                old = known.get(key)
                catalogue.add(
                    key,
                    old.string if old else None,
                    [(name, 0) for name in messages[key]],
                    flags=old.flags if old else (),
                )
            text = io.BytesIO()
            write_po(text, catalogue, width=100, omit_header=True, include_lineno=False)
            (folder / f"{noun}.po").write_bytes(text.getvalue())


if __name__ == "__main__":
    update()
