"""Money is rounded in one place in Python and in one place in SQL, and the two agree."""

from decimal import Decimal

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dunwell.db.database import Database
from dunwell.domain.money import Currency

CURRENCIES = [Currency("JPY", 0), Currency("USD", 2), Currency("KWD", 3)]

amounts = st.decimals(
    min_value=Decimal("-999999999999.999999"),
    max_value=Decimal("999999999999.999999"),
    places=6,
) | st.integers(-(10**7), 10**7).map(lambda halves: Decimal(halves) / Decimal(2000))


@pytest.mark.parametrize("currency", CURRENCIES, ids=lambda currency: currency.code)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(given_amounts=st.lists(amounts, min_size=1, max_size=40))
def test_python_and_sql_round_every_amount_alike(
    database: Database, currency: Currency, given_amounts: list[Decimal]
):
    with database.connect() as connection:
        rounded = [currency.round(amount) for amount in given_amounts]
        for how in (currency.code, currency.digits):
            assert _round_in_sql(connection, given_amounts, how) == rounded


@pytest.mark.parametrize("code", ["JPY", "USD", "KWD", "CLF"])
def test_an_installation_knows_how_many_decimals_a_currency_has(database: Database, code: str):
    with database.connect() as connection:
        row = connection.execute("select digits from currency where code = %s", [code]).fetchone()
    assert row == ({"JPY": 0, "USD": 2, "KWD": 3, "CLF": 4}[code],)


def _round_in_sql(
    connection: psycopg.Connection, amounts: list[Decimal], currency: str | int
) -> list[Decimal]:
    return [
        amount
        for (amount,) in connection.execute(
            "select round_money(amount, %s) from unnest(%s::numeric[]) with ordinality"
            " as given (amount, no) order by no",
            [currency, amounts],
        )
    ]
