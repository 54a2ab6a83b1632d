"""How amounts and answers look."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.cli import output


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.5000", "USD", "$1,234.50"),
        ("1200.0000", "JPY", "¥1,200"),
        ("-3.1250", "KWD", "-KWD3.125"),
        ("0", "EUR", "€0.00"),
    ],
)
def test_money_is_shown_with_the_decimals_of_its_currency(amount: str, currency: str, shown: str):
    assert output.money(amount, currency).replace("\N{NO-BREAK SPACE}", "") == shown


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_no_cent_is_lost_when_money_is_shown(amount: Decimal):
    shown = output.money(amount, "USD")
    assert Decimal(shown.removeprefix("$").replace(",", "")) == amount


def test_amounts_are_decimal_strings_in_json(capsys: pytest.CaptureFixture[str]):
    output.answer({"amount": Decimal("1E+3"), "on": date(2026, 3, 31), "name": "Müller"})
    said = capsys.readouterr().out
    assert "Müller" in said
    assert json.loads(said) == {"amount": "1000", "on": "2026-03-31", "name": "Müller"}


def test_a_customers_name_is_never_markup(capsys: pytest.CaptureFixture[str]):
    output.show("[bold red]Anna[/] :smile:")
    assert capsys.readouterr().out == "[bold red]Anna[/] :smile:\n"


@pytest.mark.parametrize("print_it", [output.show, output.say])
def test_a_customers_name_does_nothing_to_the_terminal(
    capsys: pytest.CaptureFixture[str], print_it: Callable[[str], None]
):
    print_it("Anna\x1b]0;owned\x07 \x1b[2J\x9b1A Weiß")
    said = "".join(capsys.readouterr())
    assert said.rstrip("\n").isprintable()
    assert said.startswith("Anna")
    assert said.endswith("Weiß\n")
