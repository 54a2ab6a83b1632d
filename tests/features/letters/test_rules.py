"""The rules of letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.features.letters import rules


@pytest.mark.parametrize(
    ("account", "brand", "offered", "chosen"),
    [
        ("de_AT", "en_US", ["de_AT", "de_DE", "en_US"], "de_AT"),
        ("de_AT", "en_US", ["de_DE", "en_US"], "de_DE"),
        ("fr_FR", "de_DE", ["de_DE", "en_US"], "de_DE"),
        ("fr_FR", "it_IT", ["de_DE", "en_US"], "en_US"),
        (None, "es_ES", ["es_ES", "en_US"], "es_ES"),
        ("fr_FR", "it_IT", ["de_DE"], None),
    ],
)
def test_the_locale_follows_the_account_then_the_brand(account, brand, offered, chosen):
    assert rules.best_locale(rules.locales(account, brand), offered) == chosen


def test_pauses_grow_to_six_hours():
    minutes = [rules.pause(attempts).total_seconds() / 60 for attempts in range(1, 8)]
    assert minutes == [1, 4, 16, 64, 256, 360, 360]


@given(st.text())
def test_what_passes_as_an_address_is_one_word_in_ascii_with_one_at(text: str):
    address = rules.email_address(text)
    if address is not None:
        assert address.isascii()
        assert address.count("@") == 1
        assert not any(sign.isspace() or sign in '<>,;:"' for sign in address)
