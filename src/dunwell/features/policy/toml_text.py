"""A policy as the text of a TOML file, in the order of the reference and without its defaults.

What `file.read` makes of the text equals the policy that was written.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import tomlkit
from pydantic import BaseModel, TypeAdapter
from tomlkit.items import Array, Float, Item, Trivia

from dunwell.domain.conditions import ValueType
from dunwell.features.policy import criteria
from dunwell.features.policy.criteria import AllOf, AnyOf, Condition, Criterion, Leaf, Not
from dunwell.features.policy.forms.actions import CustomAction
from dunwell.features.policy.model import Policy
from dunwell.features.policy.settings import PolicySettings
from dunwell.features.policy.values import plain

_CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)

_ALWAYS = frozenset({"name", "type"})


def write(policy: Policy) -> str:
    """The policy as a TOML file; without its templates, which are documents beside it."""
    document = tomlkit.document()
    document.add("aging_buckets", _item(policy.aging_buckets))
    document.add(tomlkit.nl())
    document.add("settings", _settings(policy.settings))
    known = policy.criteria_by_name()
    for noun in Policy.model_fields:
        parts = getattr(policy, noun)
        if noun in {"aging_buckets", "settings", "templates"} or not parts:
            continue
        tables = tomlkit.aot()
        for part in parts:
            table = tomlkit.table()
            for key, value in _entries(part, known):
                table.add(key, value)
            tables.append(table)
        document.add(tomlkit.nl())
        document.add(noun, tables)
    return tomlkit.dumps(document)


def write_criteria(found: list[Criterion]) -> str:
    """Criteria alone, to paste into a policy file or to keep as a file of its folder."""
    document = tomlkit.document()
    tables = tomlkit.aot()
    for criterion in found:
        table = tomlkit.table()
        for key, value in _entries(criterion, {}):
            table.add(key, value)
        tables.append(table)
    document.add("criteria", tables)
    return tomlkit.dumps(document)


def _settings(settings: PolicySettings) -> Item:
    table = tomlkit.table()
    for name in PolicySettings.model_fields:
        value = getattr(settings, name)
        if value is not None:
            table.add(name, _item(value))
    return table


def _entries(part: BaseModel, known: Mapping[str, Criterion]) -> list[tuple[str, Item]]:
    """The part's keys, those with their default value left out."""
    entries = []
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        default = field.get_default(call_default_factory=True, validated_data={})
        if name not in _ALWAYS and not field.is_required() and value == default:
            continue
        if isinstance(value, criteria.Form) and name in {"rule", "criteria", "condition"}:
            entries.append((name, _item(_condition(value, known))))
        elif name == "parameters" and isinstance(part, CustomAction):
            entries.append((name, _inline(dict(sorted(value.items())))))
        else:
            entries.append((name, _item(value)))
    return entries


def _item(value: Any) -> Item:
    """The value in TOML; a list of tables has one on each line."""
    item: Item
    match value:
        case BaseModel():
            item = _inline_items(_entries(value, {}))
        case StrEnum():
            item = tomlkit.item(value.value)
        case Decimal():
            item = _number(value)
        case dict():
            item = _inline(dict(sorted(value.items())))
        case list():
            item = _array(value)
        case _:
            item = tomlkit.item(value)
    return item


def _number(value: Decimal) -> Item:
    digits = plain(value)
    # written out digit by digit: a binary float would round it
    return Float(0.0, Trivia(), digits) if "." in digits else tomlkit.item(int(digits))


def _array(values: list[Any]) -> Array:
    array = tomlkit.array()
    for value in values:
        array.append(_item(value))
    array.multiline(any(isinstance(value, BaseModel) for value in values))
    return array


def _inline(values: Mapping[str, Any]) -> Item:
    return _inline_items([(key, _item(value)) for key, value in values.items()])


def _inline_items(entries: list[tuple[str, Item]]) -> Item:
    table = tomlkit.inline_table()
    for key, value in entries:
        table.append(key, value)
    return table


def _condition(condition: Any, known: Mapping[str, Criterion]) -> dict[str, Any]:
    match condition:
        case AllOf(parts=parts):
            return {"all": [_condition(part, known) for part in parts]}
        case AnyOf(parts=parts):
            return {"any": [_condition(part, known) for part in parts]}
        case Not(part=part):
            return {"not": _condition(part, known)}
        case _:
            return _leaf(condition, known)


def _leaf(leaf: Leaf, known: Mapping[str, Criterion]) -> dict[str, Any]:
    """The leaf with its values as numbers and dates where they read back the same."""
    data = {
        (key.value if isinstance(key, StrEnum) else key): value
        for key, value in leaf.model_dump(mode="json", exclude_none=True).items()
    }
    kind = leaf.type
    if leaf.criterion is not None and leaf.criterion in known:
        kind = known[leaf.criterion].type
    forms = [
        {**data, key: _as_typed(data[key], kind)} for key in ("value", "one_of") if key in data
    ]
    forms = [*({k: v for k, v in form.items() if k != "type"} for form in forms), *forms]
    return next((form for form in forms if _reads_as(form, leaf)), data)


def _reads_as(data: dict[str, Any], leaf: Leaf) -> bool:
    return bool(_CONDITION.validate_python(data) == leaf)


def _as_typed(given: Any, kind: ValueType | None) -> Any:
    if isinstance(given, list):
        return [_as_typed(each, kind) for each in given]
    try:
        match kind:
            case ValueType.INTEGER:
                return int(given)
            case ValueType.DECIMAL:
                number = Decimal(given)
                return number if "." in plain(number) else int(number)
            case ValueType.TIMESTAMP:
                return date.fromisoformat(given)
            case _:
                return given
    except (ValueError, ArithmeticError):
        return given
