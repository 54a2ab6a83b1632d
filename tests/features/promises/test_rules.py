"""Schedules of promises: the manual's worked examples, and what holds for every schedule."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from dunwell.domain.errors import BadInput, DunwellError, RuleViolation
from dunwell.domain.money import Currency
from dunwell.features.promises.rules import (
    LONGEST_DAYS,
    Instalment,
    Terms,
    may_promise,
    schedule,
)

GOLDEN: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "golden" / "collections_cases.yaml").read_text(encoding="utf-8")
)["promise_to_pay"]["schedules"]
USD = Currency("USD", 2)
TODAY = date(2026, 6, 15)


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["balance"])
def test_the_manuals_schedules(case: dict[str, Any]):
    terms = Terms(
        number=case.get("milestones"),
        amount=Decimal(case["milestone_amount"]) if "milestone_amount" in case else None,
        interval_days=case.get("interval_days"),
        total_days=case.get("total_days"),
        first_on=case["first"],
    )
    found = schedule(Decimal(case["balance"]), terms, USD, TODAY)
    assert [str(each.amount) for each in found] == case["amounts"]
    assert [each.due_on for each in found] == case["dates"]


def test_the_first_instalment_is_due_at_once_if_no_day_is_given():
    (only,) = schedule(Decimal("10.00"), Terms(number=1), USD, TODAY)
    assert only == Instalment(TODAY, Decimal("10.00"))


@given(
    digits=st.sampled_from([0, 2, 3]),
    units=st.integers(1, 10**9),
    number=st.none() | st.integers(1, 60),
    each=st.integers(1, 10**6),
    interval=st.none() | st.integers(1, 40),
    total_days=st.integers(59, 400),
    first=st.dates(TODAY, date(2027, 1, 1)),
)
def test_every_schedule_comes_to_the_total_on_rising_dates(
    digits: int,
    units: int,
    number: int | None,
    each: int,
    interval: int | None,
    total_days: int,
    first: date,
):
    currency = Currency("XXX", digits)
    total = Decimal(units).scaleb(-digits)
    terms = Terms(
        number=number,
        amount=Decimal(each).scaleb(-digits) if number is None else None,
        interval_days=interval,
        total_days=total_days if interval is None else None,
        first_on=first,
    )
    try:
        found = schedule(total, terms, currency, TODAY)
    except DunwellError:
        assume(False)
        raise
    # what begins later may end farther away than a promise may
    assume(found[-1].due_on <= TODAY + timedelta(days=LONGEST_DAYS))
    may_promise(found, total, currency, TODAY)
    assert found[0].due_on == first
    assert all(one.due_on < other.due_on for one, other in pairwise(found))
    assert all(instalment.amount == found[0].amount for instalment in found[:-1])
    assert number is None or len(found) == number
    assert terms.amount is None or Decimal(0) < found[-1].amount <= terms.amount
    if interval is None and len(found) > 1:
        assert found[-1].due_on == first + timedelta(days=total_days)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (Terms(), "number of instalments or the amount"),
        (Terms(number=0), "at least one instalment, not 0"),
        (Terms(number=3), "days between instalments"),
        (Terms(number=3, interval_days=0), "can't be 0 days apart"),
        (Terms(number=3, total_days=1), "can't be spread over 1 days"),
        (Terms(number=3, interval_days=5, total_days=10), "not both"),
        (Terms(amount=Decimal("0.001"), interval_days=5), "at most 2 decimals"),
        (Terms(amount=Decimal("0.01"), interval_days=1), "too many"),
        (Terms(number=3, amount=Decimal(20), interval_days=5), "takes 5"),
        (Terms(number=300, interval_days=50), "can't be spread over 14950 days"),
    ],
)
def test_terms_that_cannot_be_are_refused_with_the_remedy(terms: Terms, message: str):
    with pytest.raises(BadInput, match=message):
        schedule(Decimal("100.00"), terms, USD, TODAY)


def test_more_instalments_than_cents_are_refused():
    with pytest.raises(RuleViolation) as refused:
        schedule(Decimal("0.05"), Terms(number=10, interval_days=1), USD, TODAY)
    assert refused.value.rule == "amounts_do_not_add_up"


def test_instalments_that_do_not_add_up_or_lie_in_the_past_are_refused():
    with pytest.raises(RuleViolation, match=r"come to 90.00 USD, but 100.00 is overdue"):
        may_promise([Instalment(TODAY, Decimal(90))], Decimal(100), USD, TODAY)
    with pytest.raises(RuleViolation) as refused:
        may_promise([Instalment(date(2026, 6, 14), Decimal(100))], Decimal(100), USD, TODAY)
    assert refused.value.rule == "instalment_in_the_past"
