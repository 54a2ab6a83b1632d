"""Conditions over the fields of an account and its bill unit: a typed tree, evaluated in Python.

A condition says who belongs to a profile, or what else a scenario demands. Missing values follow
SQL's three-valued logic: a comparison with nothing is unknown (`None`). The SQL twin of `evaluate`
is `dunwell.features.policy.expressions`; a property test holds the two together.
"""

import operator as compare
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any


class ValueType(StrEnum):
    """How a field's text is read; the five kinds of the manual's scenario parameters."""

    STRING = "string"
    INTEGER = "integer"
    ENUM = "enum"
    DECIMAL = "decimal"
    TIMESTAMP = "timestamp"


class Operator(StrEnum):
    """How a field is compared with a value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="


COLUMNS: Mapping[str, ValueType] = {
    "account.account_no": ValueType.STRING,
    "account.name": ValueType.STRING,
    "account.company": ValueType.STRING,
    "account.email": ValueType.STRING,
    "account.phone": ValueType.STRING,
    "account.city": ValueType.STRING,
    "account.postal_code": ValueType.STRING,
    "account.country": ValueType.STRING,
    "account.locale": ValueType.STRING,
    "account.status": ValueType.STRING,
    "account.account_type": ValueType.STRING,
    "account.customer_class": ValueType.STRING,
    "account.jurisdiction": ValueType.STRING,
    "account.credit_score": ValueType.INTEGER,
    "account.life_support": ValueType.ENUM,
    "account.sensitive_load": ValueType.ENUM,
    "account.credit_rating": ValueType.INTEGER,
    "account.cash_only_score": ValueType.INTEGER,
    "bill_unit.bill_unit_no": ValueType.STRING,
    "bill_unit.currency": ValueType.STRING,
    "bill_unit.pay_type": ValueType.STRING,
    "bill_unit.delivery": ValueType.STRING,
    "bill_unit.status": ValueType.STRING,
    "bill_unit.on_budget": ValueType.ENUM,
    "bill_unit.bills_for_others": ValueType.ENUM,
    "bill_unit.broken_pay_plan": ValueType.ENUM,
}
"""The fields that every account and bill unit has; any other is an attribute. A flag is an enum of
`true` and `false`."""

RATINGS = frozenset({"account.credit_rating", "account.cash_only_score"})
"""The fields that are no columns: what they are on a day follows from the account's demerits."""

ATTRIBUTES = ("account.attr.", "bill_unit.attr.")
"""An attribute is named by one of these and the name of its column in the loaded file."""


@dataclass(frozen=True, slots=True)
class Today:
    """The business date, or the day so many days after it (before it, when negative)."""

    days: int = 0

    def __str__(self) -> str:
        return f"today{self.days:+d}" if self.days else "today"


Value = str | Decimal | date | Today


@dataclass(frozen=True, slots=True)
class Operand:
    """The field that a leaf looks at, how its text is read, and the criterion's name if it has
    one.
    """

    field: str
    type: ValueType = ValueType.STRING
    criterion: str | None = None

    def __str__(self) -> str:
        return self.criterion or self.field


@dataclass(frozen=True, slots=True)
class Comparison:
    """The field's value stands in this relation to a fixed one; unknown if it is missing."""

    operand: Operand
    operator: Operator
    value: Value

    def __str__(self) -> str:
        return f"{self.operand} {self.operator} {text(self.value)}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field's value is among these; unknown if it is missing."""

    operand: Operand
    values: tuple[Value, ...]

    def __str__(self) -> str:
        return f"{self.operand} is one of {', '.join(map(text, self.values))}"


@dataclass(frozen=True, slots=True)
class Missing:
    """The field has no value, or none that can be read as its type; never unknown."""

    operand: Operand

    def __str__(self) -> str:
        return f"{self.operand} is missing"


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold; unknown stays unknown."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Holds:
    """The part holds; where it is unknown it doesn't. Never unknown itself."""

    part: "Condition"


Leaf = Comparison | OneOf | Missing
Condition = All | AnyOf | Not | Holds | Comparison | OneOf | Missing

INTEGER = r"[-+]?[0-9]{1,30}"
DECIMAL = r"[-+]?[0-9]{1,30}(\.[0-9]{1,20})?"
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIMESTAMP = (
    DAY + r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[-+][0-9]{2}(:?[0-9]{2})?)?)?"
)
"""What counts as a number or a time, in Python and in SQL; of a time only its day is compared."""

EARLIEST_YEAR = 1900

_TODAY = re.compile(r"today([-+][0-9]{1,5})?")

_RELATIONS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUAL: compare.eq,
    Operator.NOT_EQUAL: compare.ne,
    Operator.LESS: compare.lt,
    Operator.AT_MOST: compare.le,
    Operator.GREATER: compare.gt,
    Operator.AT_LEAST: compare.ge,
}


def is_field(name: str) -> bool:
    """Whether there is such a column, or can be such an attribute."""
    return name in COLUMNS or any(
        name.startswith(prefix) and name != prefix for prefix in ATTRIBUTES
    )


def attribute_of(field: str) -> tuple[str, str] | None:
    """The table and the name of an attribute; none for a column."""
    table, _, rest = field.partition(".")
    return (table, rest.removeprefix("attr.")) if rest.startswith("attr.") else None


def read(kind: ValueType, given: str) -> str | Decimal | date | None:
    """The field's text as a value of its type; none if it can't be read as one."""
    match kind:
        case ValueType.STRING | ValueType.ENUM:
            return given
        case ValueType.INTEGER:
            return Decimal(given) if re.fullmatch(INTEGER, given) else None
        case ValueType.DECIMAL:
            return Decimal(given) if re.fullmatch(DECIMAL, given) else None
        case ValueType.TIMESTAMP:
            return _day(given) if re.fullmatch(TIMESTAMP, given) else None


def _day(given: str) -> date | None:
    try:
        day = date.fromisoformat(given[:10])
    except ValueError:
        return None
    return day if day.year >= EARLIEST_YEAR else None


def is_relative_day(given: str) -> bool:
    """Whether this is `today`, `today-90` or the like."""
    return _TODAY.fullmatch(given) is not None


def literal(kind: ValueType, given: str) -> Value | None:
    """What the policy compares with, from its text; none if it is not of the type."""
    if kind is not ValueType.TIMESTAMP:
        return read(kind, given)
    if found := _TODAY.fullmatch(given):
        return Today(int(found[1] or 0))
    return _day(given) if re.fullmatch(DAY, given) else None


def text(value: Value) -> str:
    """The literal as text that `literal` reads back."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The comparisons of the tree, from left to right."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part) | Holds(part):
            yield from leaves(part)
        case _:
            yield condition


def compares_with_today(condition: Condition) -> bool:
    """Whether the answer can change overnight while the data stay the same."""
    return any(
        isinstance(value, Today)
        for leaf in leaves(condition)
        for value in (
            leaf.values
            if isinstance(leaf, OneOf)
            else (leaf.value,)
            if isinstance(leaf, Comparison)
            else ()
        )
    )


def asks_for_ratings(condition: Condition) -> bool:
    """Whether the answer can change when a demerit begins or ends."""
    return any(leaf.operand.field in RATINGS for leaf in leaves(condition))


def evaluate(condition: Condition, values: Mapping[str, Any], today: date) -> bool | None:  # noqa: PLR0911 - one for each form
    """Whether it holds for these field values on that business date; none: unknown."""
    match condition:
        case All(parts):
            found = {evaluate(part, values, today) for part in parts}
            return False if False in found else None if None in found else True
        case AnyOf(parts):
            found = {evaluate(part, values, today) for part in parts}
            return True if True in found else None if None in found else False
        case Not(part):
            inner = evaluate(part, values, today)
            return None if inner is None else not inner
        case Holds(part):
            return evaluate(part, values, today) is True
        case Missing(operand):
            return _value(operand, values) is None
        case OneOf(operand, accepted):
            value = _value(operand, values)
            return None if value is None else value in {_fixed(each, today) for each in accepted}
        case Comparison(operand, operator, fixed):
            value = _value(operand, values)
            return None if value is None else _RELATIONS[operator](value, _fixed(fixed, today))


def _value(operand: Operand, values: Mapping[str, Any]) -> str | Decimal | date | None:
    given = values.get(operand.field)
    written = str(given).lower() if isinstance(given, bool) else str(given)
    return None if given is None else read(operand.type, written)


def _fixed(value: Value, today: date) -> str | Decimal | date:
    return today + timedelta(days=value.days) if isinstance(value, Today) else value
