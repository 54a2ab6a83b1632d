"""The fields that templates get."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from segno import helpers as segno_helpers

from dunwell.features.letters import fields, sample, view

HELPERS: Any = segno_helpers


def _view(locale: str = "en_US", **data):
    return view.view({**sample.data(locale), **data}, sample.SENDER, locale, 10)


def test_the_reference_names_exactly_the_fields_that_there_are():
    told = _view()
    fields.Letter.model_validate(told)
    assert told.keys() == fields.Letter.model_fields.keys()
    assert told["account"].keys() == fields.Account.model_fields.keys()
    assert told["bill_unit"].keys() == fields.BillUnit.model_fields.keys()
    assert told["rows"][0].keys() == fields.Row.model_fields.keys()
    assert told["next_action"].keys() == fields.NextAction.model_fields.keys()
    assert told["sender"].keys() == fields.SenderFields.model_fields.keys()
    assert told["receipt"].keys() == fields.ReceiptFields.model_fields.keys()


@pytest.mark.parametrize(
    ("currency", "amount", "locale", "text"),
    [
        ("EUR", "1234.50", "de_DE", "1.234,50\xa0€"),
        ("USD", "1234.50", "en_US", "$1,234.50"),
        ("JPY", "1200", "en_US", "¥1,200"),
        ("KWD", "1.250", "en_US", "KWD1.250"),
        ("HUF", "1.50", "en_US", "HUF1.50"),
    ],
)
def test_amounts_read_as_in_the_locale_with_the_decimals_of_iso_4217(
    currency: str, amount: str, locale: str, text: str
):
    told = _view(locale, currency=currency, overdue_amount=amount, bills=[], fees=[])
    assert told["total_amount_text"] == text


@given(
    st.lists(st.decimals("0.01", "99999", places=2), max_size=5),
    st.lists(st.decimals("0.01", "99", places=2), max_size=3),
    st.decimals("0.01", "99999", places=2),
)
def test_rows_and_difference_add_up_to_the_total(
    bills: list[Decimal], fees: list[Decimal], overdue: Decimal
):
    day = sample.data()["business_date"]
    bill = sample.data()["bills"][0]
    told = view.view(
        {
            **sample.data(),
            "currency": "USD",
            "overdue_amount": str(overdue),
            "bills": [{**bill, "open_amount": str(amount)} for amount in bills],
            "fees": [
                {"kind": "late_fee", "due_on": day, "open_amount": str(amount)} for amount in fees
            ],
        },
        {},
        "en_US",
        10,
    )
    assert Decimal(told["total_amount"]) == overdue + sum(fees)
    difference = Decimal(told["difference_text"].replace("$", "").replace(",", "") or 0)
    assert sum(bills) + sum(fees) + difference == Decimal(told["total_amount"])
    assert told["difference_is_credit"] == (difference < 0)


@given(st.dates(dt.date(2024, 1, 1), dt.date(2032, 12, 31)), st.integers(1, 60), st.integers(1, 90))
def test_there_is_always_a_day_to_pay_by_and_before_the_next_action_if_that_can_be(
    day: dt.date, days: int, until_next: int
):
    following = day + dt.timedelta(days=until_next)
    data = {
        **sample.data(),
        "business_date": day.isoformat(),
        "next_action": {"action": "x", "due_on": following.isoformat()},
    }
    pay_by = dt.date.fromisoformat(view.view(data, {}, "en_US", days)["pay_by"])
    assert day < pay_by <= day + dt.timedelta(days=max(days, 1))
    assert pay_by < following or until_next == 1


@given(st.text(max_size=60))
def test_any_name_can_be_shown(name: str):
    told = view.view(
        {**sample.data(), "account": {"account_no": "1", "name": name}}, {}, "en_US", 10
    )
    assert all(sign.isprintable() or sign in "\n\t‌‍" for sign in told["account"]["name"])


def test_the_payment_code_holds_what_the_standard_says():
    told = {"name": "Müller", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX"}
    # the library's own reading of the standard; 1 is UTF-8
    expected = HELPERS._make_epc_qr_data(**told, amount="12.34", text="B1", encoding=1)  # noqa: SLF001
    assert view.payment_details(**told, amount="12.34", reference="B1") == expected.decode()


@pytest.mark.parametrize(
    ("changes", "there"),
    [({}, True), ({"currency": "USD"}, False), ({"overdue_amount": "0", "fees": []}, False)],
)
def test_a_payment_code_stands_on_letters_in_euros_only(changes: dict[str, Any], there: bool):
    assert bool(_view(**changes)["payment_code"]) == there


def test_a_country_is_named_only_abroad():
    account = sample.data()["account"]
    assert _view()["account"]["address_lines"][-1] == "10115 Berlin"
    abroad = _view(account={**account, "country": "FR"})
    assert abroad["account"]["address_lines"][-1] == "FRANCE"
    american = _view(account={**account, "country": "US", "city": "Austin", "postal_code": "73301"})
    assert american["account"]["address_lines"][-2:] == ["Austin 73301", "UNITED STATES"]
