"""Conditions in Python: three-valued logic, typed values, days counted from the business date."""

from datetime import date
from decimal import Decimal

import pytest

from dunwell.domain import conditions, stored_conditions
from dunwell.domain.conditions import (
    All,
    AnyOf,
    Comparison,
    Missing,
    Not,
    OneOf,
    Operand,
    Operator,
    Today,
    ValueType,
)

TODAY = date(2026, 6, 1)
SCORE = Operand("account.credit_score", ValueType.INTEGER)
LOW = Comparison(SCORE, Operator.LESS, Decimal(500))
GERMAN = Comparison(Operand("account.country"), Operator.EQUAL, "DE")


def holds(condition, **values):
    named = {f"account.{name}": value for name, value in values.items()}
    return conditions.evaluate(condition, named, TODAY)


def test_a_comparison_with_a_missing_value_is_unknown():
    assert holds(LOW, credit_score=499) is True
    assert holds(LOW, credit_score=500) is False
    assert holds(LOW) is None
    assert holds(Not(LOW)) is None


def test_all_is_false_as_soon_as_one_part_is_false_and_unknown_only_without_one():
    both = All((LOW, GERMAN))
    assert holds(both, credit_score=400, country="DE") is True
    assert holds(both, country="US") is False
    assert holds(both, country="DE") is None


def test_any_is_true_as_soon_as_one_part_is_true():
    either = AnyOf((LOW, GERMAN))
    assert holds(either, country="DE") is True
    assert holds(either, country="US") is None
    assert holds(either, credit_score=500, country="US") is False


def test_missing_is_never_unknown_and_counts_what_cannot_be_read_as_its_type():
    assert holds(Missing(SCORE)) is True
    assert holds(Missing(SCORE), credit_score="about 500") is True
    assert holds(Missing(SCORE), credit_score="500") is False


def test_one_of_nothing_is_false_but_unknown_for_a_missing_value():
    nothing = OneOf(Operand("account.city"), ())
    assert holds(nothing, city="Berlin") is False
    assert holds(nothing) is None


def test_today_moves_with_the_business_date():
    since = Operand("account.attr.customer_since", ValueType.TIMESTAMP)
    new = Comparison(since, Operator.AT_LEAST, Today(-90))
    values = {"account.attr.customer_since": "2026-03-03T10:15:00Z"}
    assert conditions.evaluate(new, values, date(2026, 6, 1)) is True
    assert conditions.evaluate(new, values, date(2026, 6, 2)) is False
    assert conditions.compares_with_today(Not(All((LOW, new))))
    assert not conditions.compares_with_today(LOW)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (ValueType.INTEGER, "007", Decimal(7)),
        (ValueType.INTEGER, "7.0", None),
        (ValueType.INTEGER, "", None),
        (ValueType.INTEGER, "7\n", None),
        (ValueType.INTEGER, "٧", None),
        (ValueType.DECIMAL, "-7.50", Decimal("-7.5")),
        (ValueType.DECIMAL, "1e5", None),
        (ValueType.DECIMAL, "NaN", None),
        (ValueType.TIMESTAMP, "2026-02-28", date(2026, 2, 28)),
        (ValueType.TIMESTAMP, "2026-02-28 23:59:59.123+02:00", date(2026, 2, 28)),
        (ValueType.TIMESTAMP, "2026-02-30", None),
        (ValueType.TIMESTAMP, "0001-01-01", None),
        (ValueType.TIMESTAMP, "tomorrow", None),
        (ValueType.STRING, "", ""),
    ],
)
def test_a_text_is_read_as_its_type_or_is_missing(kind, given, expected):
    assert conditions.read(kind, given) == expected


@pytest.mark.parametrize("given", ["today", "today-90", "today+3", "2026-01-31"])
def test_a_date_literal_is_written_as_it_was_read(given):
    value = conditions.literal(ValueType.TIMESTAMP, given)
    assert value is not None
    assert conditions.text(value) == given


def test_a_tree_survives_being_stored_as_data():
    tree = All(
        (
            AnyOf((LOW, Not(GERMAN))),
            OneOf(Operand("bill_unit.pay_type", ValueType.ENUM, "Payment"), ("card", "cash")),
            Missing(Operand("account.attr.vip")),
            Comparison(
                Operand("account.attr.fee", ValueType.DECIMAL), Operator.EQUAL, Decimal("1.50")
            ),
            Comparison(
                Operand("account.attr.since", ValueType.TIMESTAMP), Operator.LESS, Today(-5)
            ),
        )
    )
    assert stored_conditions.from_data(stored_conditions.as_data(tree)) == tree


def test_a_condition_reads_as_a_sentence():
    assert str(LOW) == "account.credit_score < 500"
    assert str(Missing(SCORE)) == "account.credit_score is missing"
    assert (
        str(OneOf(Operand("account.country"), ("DE", "AT"))) == "account.country is one of DE, AT"
    )
