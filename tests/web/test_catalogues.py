"""Every text of the pages is translated, and nothing is translated that no page says."""

import pytest
from babel.messages.catalog import Message

from dunwell.web import catalogues
from dunwell.web.languages import LANGUAGES

LANGUAGES_TO = [language for language in LANGUAGES if language != catalogues.SOURCE]
REMEDY = "`make catalogues` brings the catalogues up to date; then translate what is empty."


def _used() -> set[catalogues.Text]:
    return {key for messages in catalogues.texts().values() for key in messages}


def _is_translated(message: Message) -> bool:
    said = message.string
    return not message.fuzzy and all([said] if isinstance(said, str) else said or [""])


@pytest.mark.parametrize("language", LANGUAGES_TO)
def test_every_text_is_translated(language: str):
    known = catalogues.read(language)
    missing = [key for key in _used() if key not in known or not _is_translated(known[key])]
    assert not missing, f"{language}: {missing}. {REMEDY}"


@pytest.mark.parametrize("language", LANGUAGES_TO)
def test_no_translation_is_obsolete(language: str):
    obsolete = catalogues.read(language).keys() - _used()
    assert not obsolete, f"{language}: {obsolete}. {REMEDY}"


@pytest.mark.parametrize("language", LANGUAGES_TO)
def test_placeholders_survive_translation(language: str):
    for key, message in catalogues.read(language).items():
        assert not list(message.check()), key
