"""Conditions as SQL expressions over the aliases `account` and `bill_unit`.

The twin of `dunwell.domain.conditions.evaluate`. An expression goes into a statement's
`{{fragment}}`: its literals are quoted by psycopg, every `%` of theirs is doubled, and the only
parameter is the business date. A text that can't be read as its type is null and never an error.
"""

from datetime import date
from decimal import Decimal

from psycopg.sql import Literal

from dunwell.domain import conditions
from dunwell.domain.conditions import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Holds,
    Missing,
    Not,
    OneOf,
    Operand,
    Operator,
    Today,
    Value,
    ValueType,
)
from dunwell.features.policy.settings import PolicySettings

BUSINESS_DATE = "%(business_date)s::date"


def rating(kind: str, setting: str) -> str:
    """A rating of the row `account` on the business date: the setting, plus the points of the
    demerits in effect.
    """
    start = PolicySettings.model_fields[setting].default
    return (
        "(coalesce((select (value #>> array[]::text[])::int from setting"
        f" where name = '{setting}'), {start}) + coalesce((select sum(demerit.points) from demerit"
        f" where demerit.account_id = account.id and demerit.kind = '{kind}'"
        f" and demerit.effective_from <= {BUSINESS_DATE} and (demerit.effective_until is null"
        f" or demerit.effective_until >= {BUSINESS_DATE})), 0)::int)"
    )


RATINGS = {
    "account.credit_rating": rating("credit_rating", "credit_rating_start"),
    "account.cash_only_score": rating("cash_only", "cash_only_start"),
}
"""The fields that are computed when they are asked about, so that nobody else pays for them."""

_ORDERINGS = frozenset({Operator.LESS, Operator.AT_MOST, Operator.GREATER, Operator.AT_LEAST})


def quote(value: str | int | Decimal | date) -> str:
    """The value as an SQL literal, its percent signs doubled for psycopg."""
    return Literal(value).as_string().strip().replace("%", "%%")


def condition(tree: Condition) -> str:  # noqa: PLR0911 - one for each form
    """The tree as a boolean expression, null where it is unknown."""
    match tree:
        case All(parts):
            return _joined("and", parts) or "true"
        case AnyOf(parts):
            return _joined("or", parts) or "false"
        case Not(part):
            return f"(not {condition(part)})"
        case Holds(part):
            return f"({condition(part)} is true)"
        case Missing(operand):
            return f"({value(operand)} is null)"
        case OneOf(operand, values):
            return _one_of(operand, values)
        case Comparison(operand, operator, fixed):
            # bytes of UTF-8 are in the order of code points, which is how Python compares
            collation = ' collate "C"' if isinstance(fixed, str) and operator in _ORDERINGS else ""
            sign = "<>" if operator is Operator.NOT_EQUAL else operator.value
            return f"({value(operand)}{collation} {sign} {_literal(fixed)})"


def _one_of(operand: Operand, values: tuple[Value, ...]) -> str:
    if not values:
        return f"(case when {value(operand)} is not null then false end)"
    return f"({value(operand)} in ({', '.join(map(_literal, values))}))"


def _joined(word: str, parts: tuple[Condition, ...]) -> str:
    inner = f" {word} ".join(condition(part) for part in parts)
    return f"({inner})" if inner else ""


def _literal(fixed: Value) -> str:
    if isinstance(fixed, Today):
        sign = "-" if fixed.days < 0 else "+"
        return f"({BUSINESS_DATE} {sign} {abs(fixed.days)})"
    return quote(fixed)


def value(operand: Operand) -> str:
    """The operand's value as its type; null if it is missing or can't be read so."""
    native = conditions.COLUMNS.get(operand.field)
    if native is ValueType.INTEGER and operand.type in {ValueType.INTEGER, ValueType.DECIMAL}:
        return RATINGS.get(operand.field, operand.field)
    given = _text(operand.field, native)
    match operand.type:
        case ValueType.STRING | ValueType.ENUM:
            return given
        case ValueType.INTEGER:
            return _guarded(given, conditions.INTEGER)
        case ValueType.DECIMAL:
            return _guarded(given, conditions.DECIMAL)
        case ValueType.TIMESTAMP:
            pattern = quote(f"^{conditions.TIMESTAMP}$")
            return (
                f"(case when {given} ~ {pattern} and is_date(left({given}, 10))"
                f" then left({given}, 10)::date end)"
            )


def _guarded(given: str, pattern: str) -> str:
    return f"(case when {given} ~ {quote(f'^{pattern}$')} then {given}::numeric end)"


def _text(field: str, native: ValueType | None) -> str:
    attribute = conditions.attribute_of(field)
    if attribute is not None:
        table, name = attribute
        return f"({table}.attributes ->> {quote(name)})"
    return field if native is ValueType.STRING else f"{RATINGS.get(field, field)}::text"
