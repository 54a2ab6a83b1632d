"""Conditions in SQL agree with Python on real rows, whatever odd texts they hold."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from dunwell.domain import conditions
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
from dunwell.features.policy import expressions

TODAY = date(2026, 6, 1)
ODD = ["", "a", "B", "b", "o'Neil", "100 %", "%s", "back\\slash", "ü", "𝔸", "a b", "x\ny", "\t"]
NUMBERS = ["0", "-1", "007", "12.50", "12.5", "+3", "1e5", "NaN", "9" * 30, "9" * 31, "7\n", "٧"]
DAYS = [
    *("2026-06-01", "2026-02-30", "1899-12-31", "2026-05-31T23:00:00Z", "2026-13-01"),
    *("2026-06-02 08:15", "2026-6-1", "0000-00-00", "2026-06-01junk", "2026-06-01T99:99"),
]
TEXTS = [*ODD, *NUMBERS, *DAYS, None]
FIELDS = [
    "account.city",
    "account.company",
    "account.credit_score",
    "bill_unit.pay_type",
    "account.attr.odd",
    "account.attr.o'dd %s",
    "bill_unit.attr.odd",
]


@pytest.fixture
def rows(database) -> Iterator[tuple[psycopg.Connection[TupleRow], list[dict[str, Any]]]]:
    """One account with a bill unit for each odd text, and the field values as SQL sees them."""
    with database.connect() as connection:
        for number, text in enumerate(TEXTS):
            attributes = {} if text is None else {"odd": text, "o'dd %s": text}
            account = connection.execute(
                "insert into account"
                " (account_no, brand_id, name, city, company, credit_score, attributes)"
                " select %s, id, 'N', %s, %s, %s, %s from brand returning id",
                [str(number), text, text, number or None, Jsonb(attributes)],
            ).fetchone()
            connection.execute(
                "insert into bill_unit (account_id, bill_unit_no, currency, pay_type, attributes)"
                " values (%s, %s, 'USD', coalesce(%s, 'x'), %s)",
                [account[0], str(number), text, Jsonb(attributes)],
            )
        values = [
            {
                "account.city": text,
                "account.company": text,
                "account.credit_score": number or None,
                "bill_unit.pay_type": "x" if text is None else text,
                "account.attr.odd": text,
                "account.attr.o'dd %s": text,
                "bill_unit.attr.odd": text,
            }
            for number, text in enumerate(TEXTS)
        ]
        yield connection, values


def literals(kind: ValueType):
    match kind:
        case ValueType.STRING | ValueType.ENUM:
            return st.sampled_from([*ODD, *NUMBERS])
        case ValueType.INTEGER:
            return st.integers(-3, 40).map(Decimal)
        case ValueType.DECIMAL:
            return st.decimals(-3, 40, places=2)
        case ValueType.TIMESTAMP:
            return st.one_of(
                st.integers(-3, 3).map(Today),
                st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days)),
            )


@st.composite
def leaves(draw):
    operand = Operand(draw(st.sampled_from(FIELDS)), draw(st.sampled_from(ValueType)))
    values = literals(operand.type)
    match draw(st.integers(0, 3)):
        case 0:
            return Missing(operand)
        case 1:
            return OneOf(operand, tuple(draw(st.lists(values, max_size=3))))
        case _:
            return Comparison(operand, draw(st.sampled_from(Operator)), draw(values))


trees = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(forest=st.lists(trees, min_size=25, max_size=25))
def test_1500_random_conditions_agree_in_python_and_sql(rows, forest):
    connection, values = rows
    columns = ", ".join(expressions.condition(tree) for tree in forest)
    answers = connection.execute(
        f"select {columns} from account join bill_unit on bill_unit.account_id = account.id"
        " where %(business_date)s::date is not null order by account.id",
        {"business_date": TODAY},
    ).fetchall()
    for answer, row in zip(answers, values, strict=True):
        assert list(answer) == [conditions.evaluate(tree, row, TODAY) for tree in forest]


def test_a_quote_in_a_literal_is_text_and_never_sql():
    tree = Comparison(Operand("account.attr.x' or '1'='1"), Operator.EQUAL, "'; drop table account")
    assert expressions.condition(tree) == (
        "((account.attributes ->> 'x'' or ''1''=''1') = '''; drop table account')"
    )


def test_a_percent_sign_in_a_literal_is_doubled_for_the_driver():
    assert "'100 %%'" in expressions.condition(
        Comparison(Operand("account.city"), Operator.EQUAL, "100 %")
    )
