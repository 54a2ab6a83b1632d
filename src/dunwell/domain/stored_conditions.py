"""Conditions as JSON data, for a row of the configuration, and back."""

from collections.abc import Mapping
from typing import Any

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
    Value,
    ValueType,
    literal,
    text,
)


def as_data(condition: Condition) -> dict[str, Any]:  # noqa: PLR0911 - one for each form
    """The tree as JSON data, for a row of the configuration; `from_data` reads it back."""
    match condition:
        case All(parts):
            return {"all": [as_data(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [as_data(part) for part in parts]}
        case Not(part):
            return {"not": as_data(part)}
        case Holds(part):
            return {"holds": as_data(part)}
        case Missing(operand):
            return {**_operand_data(operand), "missing": True}
        case OneOf(operand, values):
            return {**_operand_data(operand), "one_of": [text(value) for value in values]}
        case Comparison(operand, operator, value):
            return {
                **_operand_data(operand),
                "operator": operator.value,
                "value": text(value),
            }


def _operand_data(operand: Operand) -> dict[str, Any]:
    data: dict[str, Any] = {"field": operand.field, "type": operand.type.value}
    if operand.criterion is not None:
        data["criterion"] = operand.criterion
    return data


def from_data(data: Mapping[str, Any]) -> Condition:  # noqa: PLR0911 - one for each form
    """The tree that `as_data` gave."""
    if "all" in data:
        return All(tuple(from_data(part) for part in data["all"]))
    if "any" in data:
        return AnyOf(tuple(from_data(part) for part in data["any"]))
    if "not" in data:
        return Not(from_data(data["not"]))
    if "holds" in data:
        return Holds(from_data(data["holds"]))
    operand = Operand(data["field"], ValueType(data["type"]), data.get("criterion"))
    if "missing" in data:
        return Missing(operand)
    if "one_of" in data:
        return OneOf(operand, tuple(_stored(operand.type, value) for value in data["one_of"]))
    return Comparison(operand, Operator(data["operator"]), _stored(operand.type, data["value"]))


def _stored(kind: ValueType, given: str) -> Value:
    value = literal(kind, given)
    if value is None:
        raise ValueError(f"{given!r} is not of type {kind}")
    return value
