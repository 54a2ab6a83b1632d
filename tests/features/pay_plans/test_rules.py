"""Schedules of pay plans: their amounts come to the total, their days follow the calendar."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.domain.errors import BadInput, RuleViolation
from dunwell.domain.money import Currency
from dunwell.features.pay_plans import rules
from dunwell.features.pay_plans.rules import ScheduledPayment, Terms

USD, JPY, KWD = Currency("USD", 2), Currency("JPY", 0), Currency("KWD", 3)
DAY = dt.date(2026, 1, 31)


@given(
    st.sampled_from([USD, JPY, KWD]),
    st.integers(1, 10**9),
    st.integers(1, 60),
    st.integers(1, 40),
    st.booleans(),
)
def test_the_payments_come_to_the_total_and_never_go_back_in_time(
    currency, units, number, apart, by_month
):
    total = Decimal(units).scaleb(-currency.digits)
    spacing = {"interval_months": apart} if by_month else {"interval_days": apart}
    terms = Terms(total, number, DAY, **spacing)
    if units < number:
        with pytest.raises(BadInput, match="schedule fewer"):
            rules.schedule(terms, currency)
        return
    payments = rules.schedule(terms, currency)
    assert rules.total(payments) == total
    assert len(payments) == number
    assert [each.due_on for each in payments] == sorted({each.due_on for each in payments})
    amounts = [each.amount for each in payments]
    assert all(each == currency.round(each) and each > 0 for each in amounts)
    smallest = Decimal(1).scaleb(-currency.digits)
    assert amounts[-1] - amounts[0] < number * smallest


def test_months_are_counted_from_the_first_day_and_end_with_the_month():
    terms = Terms(Decimal(40), 4, DAY, interval_months=1)
    assert [str(each.due_on) for each in rules.schedule(terms, USD)] == [
        *("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"),
    ]
    leap = Terms(Decimal(40), 2, dt.date(2028, 1, 30), interval_months=1)
    assert str(rules.schedule(leap, USD)[1].due_on) == "2028-02-29"


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (Terms(Decimal(40), 0, DAY), "1 to 366 payments"),
        (Terms(Decimal(40), 367, DAY, interval_days=1), "1 to 366 payments"),
        (Terms(Decimal(40), 2, DAY), "one of them"),
        (Terms(Decimal(40), 2, DAY, 5, 1), "one of them"),
        (Terms(Decimal(40), 2, DAY, 0), "at least 1"),
        (Terms(Decimal(40), 2, dt.date(9999, 12, 1), interval_months=1), "too far"),
        (Terms(Decimal("0.01"), 2, DAY, 1), "schedule fewer"),
        (Terms(Decimal(0), 2, DAY, 1), "about 0 USD; give a positive amount"),
        (Terms(Decimal("1.005"), 1, DAY), "about 1.005 USD.*at most 2 decimals"),
    ],
)
def test_terms_that_make_no_schedule_are_refused(terms, message):
    with pytest.raises(BadInput, match=message):
        rules.schedule(terms, USD)


@pytest.mark.parametrize(
    ("payment", "error", "message"),
    [
        (ScheduledPayment(DAY - dt.timedelta(1), Decimal(1)), RuleViolation, "before 2026-01-31"),
        (ScheduledPayment(dt.date(2099, 1, 1), Decimal(1)), BadInput, "more than 3660 days"),
        (ScheduledPayment(DAY, Decimal(0)), BadInput, "positive amount"),
        (ScheduledPayment(DAY, Decimal("0.001")), BadInput, "at most 2 decimals"),
    ],
)
def test_payments_that_cannot_be_scheduled_are_refused(payment, error, message):
    with pytest.raises(error, match=message):
        rules.may_schedule([payment], USD, DAY)
