"""Every text of the pages is translated, and nothing is translated that no page says."""

import ast
import re

import pytest
from babel import Locale
from babel.messages.catalog import Message

from dunwell.db import statements
from dunwell.web import catalogues, languages, refusals
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


def _said(tree: ast.AST) -> set[str]:
    """What is given to `_` and `N_` as it is, also within an f-string."""
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"_", "N_"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_no_text_hides_in_another():
    known = _used()
    for path in catalogues.WEB.rglob("*.py"):
        hidden = _said(ast.parse(path.read_text("utf-8"))) - known
        assert not hidden, f"{path.name}: {hidden}; Babel doesn't look into f-strings"


@pytest.mark.parametrize("language", LANGUAGES_TO)
def test_no_translation_is_obsolete(language: str):
    obsolete = catalogues.read(language).keys() - _used()
    assert not obsolete, f"{language}: {obsolete}. {REMEDY}"


@pytest.mark.parametrize("language", LANGUAGES_TO)
def test_placeholders_survive_translation(language: str):
    for key, message in catalogues.read(language).items():
        assert not list(message.check()), key


def test_what_services_refuse_is_said_in_the_language_of_the_request():
    languages.use(Locale("de"))
    try:
        assert refusals.told("There is no case '1-2'.") == "Den Fall '1-2' gibt es nicht."
        said = refusals.told("'call' can't be due on 2026-01-01: today is 2026-03-17.")
        assert said == "'call' kann nicht am 2026-01-01 fällig sein: Heute ist 2026-03-17."
        # also what only a utility's people are refused
        said = refusals.told("The demerit 7 has ended already.")
        assert said == "Die Änderung der Bewertung 7 ist schon beendet."
        # a value that looks like a sentence of its own is a value
        strange = "There is no agent 'x'; add the agent to the policy.'."
        assert strange[18:21] in refusals.told(strange)
        assert refusals.told("100 % of nothing that anybody says") == (
            "100 % of nothing that anybody says"
        )
    finally:
        languages.use(Locale("en"))
    assert refusals.told("There is no case '1-2'.") == "There is no case '1-2'."


def test_what_keeps_a_part_in_use_is_said_in_the_language_of_the_request():
    languages.use(Locale("de"))
    try:
        said = refusals.told("'Acme' can't be removed: it is in use (accounts: 12, bills: 1).")
    finally:
        languages.use(Locale("en"))
    assert said == (
        "'Acme' kann nicht entfernt werden: Es wird verwendet (Kunden: 12, Rechnungen: 1)."
    )
    counting = statements.load("dunwell.features.policy", "writing.sql")
    uses = [name for name in counting if name.startswith("uses_of_")]
    counted = {
        what
        for name in uses
        for what in re.findall(r"count\(\*\), '(.*?)'", counting[name].render().decode())
    }
    assert counted == set(refusals.COUNTED)


@pytest.mark.parametrize(
    ("said", "in_german"),
    [
        (
            (
                "'call' can't be removed: it is used by 3 other parts of the policy (scenarios:"
                " low, high; settings). Change those first."
            ),
            "(Szenarien: low, high; Einstellungen)",
        ),
        (
            (
                "There is one called 'low' among the reason codes already; take another name, or"
                " change that one."
            ),
            "unter Begründungen",
        ),
        ("there is no debt class ('x') — did you mean 'y'?", "Forderungsart gibt es nicht ('x')"),
        ("entry_days is too small (-3) — write 0 or more", "entry_days ist zu klein (-3)"),
        (
            "currency is wrong ('USX') — not a currency of ISO 4217; write a code such as USD",
            "currency ist falsch ('USX') — keine Währung nach ISO 4217",
        ),
        ("'low' is not of type integer — correct the value or the type", "nicht vom Typ integer"),
    ],
)
def test_what_is_wrong_with_a_policy_is_said_in_the_language_of_the_request(
    said: str, in_german: str
):
    languages.use(Locale("de"))
    try:
        assert in_german in refusals.told(said)
    finally:
        languages.use(Locale("en"))
