"""A part of the policy as a form: its fields come from the policy file's own models, so that a new
key of the file is a new field here. `Reading` turns what a form sends into data for those models
and remembers which field each place of the data came from, so that a message finds its field.

What a form sends is kept as nested texts: `steps.0.day` is the text at `raw["steps"]["0"]["day"]`.
"""

import datetime as dt
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from babel.numbers import NumberFormatError, get_decimal_symbol, parse_decimal
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dunwell.features.policy.model import WEEKDAYS
from dunwell.features.policy.values import plain
from dunwell.web import configuration_conditions as conditions
from dunwell.web.configuration_words import choice, title
from dunwell.web.languages import locale

Raw = dict[str, Any]

LONG_TEXTS = frozenset({"description", "text", "payment_details", "legal"})
CONDITIONS = frozenset({"rule", "criteria"})
SHOWN = "shown"
"""How many rows a table has on the page, blank ones among them."""


def kind_of(key: str, info: FieldInfo) -> tuple[str, Any]:
    """What a field of a model is in a form, and the type inside of it."""
    inner = _bare(info.annotation)
    if key in CONDITIONS and get_origin(inner) in (Union, types.UnionType):
        return "condition", None
    return _kind(key, inner)


def _kind(key: str, inner: Any) -> tuple[str, Any]:  # noqa: C901, PLR0911 - a line for each type
    origin = get_origin(inner)
    if origin is list:
        (element,) = (_bare(each) for each in get_args(inner))
        if get_origin(element) is Literal:
            return "days", get_args(element)
        if isinstance(element, type) and issubclass(element, BaseModel):
            return "table", element
        return "lines", element
    if origin is dict:
        return "pairs", _bare(get_args(inner)[1])
    if origin is Literal:
        return ("fixed" if len(get_args(inner)) == 1 else "choice"), list(get_args(inner))
    if not isinstance(inner, type):
        return "mixed", inner
    if issubclass(inner, BaseModel):
        return "group", inner
    if issubclass(inner, StrEnum):
        return "choice", [each.value for each in inner]
    for known, kind in ((bool, "flag"), (int, "number"), (Decimal, "amount"), (dt.date, "date")):
        if issubclass(inner, known):
            return kind, inner
    return ("area" if key in LONG_TEXTS else "text"), inner


def _bare(annotation: Any) -> Any:
    """A type without what is said about it, and without being optional."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [each for each in get_args(annotation) if each is not types.NoneType]
        if len(rest) == 1:
            return _bare(rest[0])
    return annotation


# -- from a part of the policy to texts


def raw_of(part: BaseModel) -> Raw:
    """A part as the texts that its form shows."""
    return {
        key: _text(kind_of(key, info), getattr(part, key))
        for key, info in type(part).model_fields.items()
    }


def _text(kind: tuple[str, Any], value: Any) -> Any:  # noqa: PLR0911 - one line for each kind
    match kind[0]:
        case _ if value is None:
            return ""
        case "flag":
            return "true" if value else ""
        case "amount":
            return plain(value).replace(".", get_decimal_symbol(locale()))
        case "lines":
            return "\n".join(map(str, value))
        case "days":
            return list(value)
        case "pairs":
            shown = {
                key: _text(("amount", None), each) if isinstance(each, Decimal) else _said(each)
                for key, each in value.items()
            }
            return {
                str(number): {"key": key, "value": each}
                for number, (key, each) in enumerate(shown.items())
            }
        case "table":
            return {str(number): raw_of(each) for number, each in enumerate(value)}
        case "group":
            return raw_of(value)
        case "condition":
            return conditions.raw_of(value)
        case _:
            return value.value if isinstance(value, StrEnum) else str(value)


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# -- from what a form sends to data


def nested(fields: Mapping[str, Any]) -> Raw:
    """`{"steps.0.day": "5"}` as `{"steps": {"0": {"day": "5"}}}`."""
    found: Raw = {}
    for name, value in fields.items():
        *path, last = name.split(".")
        node = found
        for step in path:
            below = node.setdefault(step, {})
            if not isinstance(below, dict):
                below = node[step] = {}
            node = below
        node[last] = value
    return found


def rows(raw: Any) -> list[tuple[str, Raw]]:
    """The rows of a table in their order, with the numbers that they have in the form."""
    if not isinstance(raw, dict):
        return []
    numbers = sorted((key for key in raw if key.isdigit()), key=int)
    return [(key, raw[key]) for key in numbers if isinstance(raw[key], dict)]


def _typed(value: Any, inner: Any) -> Any:
    """A text as what it shall be; what can't be is left for the model to refuse."""
    if not isinstance(value, str):
        return value
    try:
        if isinstance(inner, type) and issubclass(inner, Decimal):
            return parse_decimal(value.strip(), locale=locale(), strict=True)
        if isinstance(inner, type) and issubclass(inner, int):
            return int(value)
        if not isinstance(inner, type):
            return {"true": True, "false": False}.get(value) or int(value)
    except (NumberFormatError, ValueError):
        return value
    return value


@dataclass(slots=True)
class Reading:
    """What a form sends as data for a model, and where each place of the data stands in it."""

    names: dict[str, str] = field(default_factory=dict)
    """The form's field for each place of the data: `steps.0.day`, both of them dotted."""

    def data(self, model: type[BaseModel], raw: Raw, place: str = "", at: str = "") -> Raw:
        """The data of a part, a row or a group; what was left empty isn't there."""
        found: Raw = {}
        for key, info in model.model_fields.items():
            kind = kind_of(key, info)
            here, name = _join(place, key), _join(at, key)
            self.names[here] = name
            value = self._value(kind, raw.get(key), here, name)
            if value is not None:
                found[key] = value
        return found

    def _value(self, kind: tuple[str, Any], given: Any, place: str, at: str) -> Any:  # noqa: PLR0911
        what, inner = kind
        match what:
            case "flag":
                return given in ("true", "on", True)
            case "days":
                chosen = [given] if isinstance(given, str) else given or []
                return [day for day in WEEKDAYS if day in chosen] if inner == WEEKDAYS else chosen
            case "lines":
                texts = given if isinstance(given, list) else [given or ""]
                lines = [line.strip() for text in texts for line in str(text).splitlines()]
                return [_typed(line, inner) for line in lines if line]
            case "pairs":
                return self._pairs(inner, given, place, at)
            case "table":
                return self._table(inner, given, place, at)
            case "group":
                return self.data(inner, given if isinstance(given, dict) else {}, place, at)
            case "condition":
                return conditions.data_of(given, place, at, self.names)
            case _:
                return None if given in (None, "") else _typed(given, inner)

    def _pairs(self, inner: Any, given: Any, place: str, at: str) -> Raw:
        found = {}
        for number, row in rows(given):
            if row.get("key"):
                self.names[f"{place}.{row['key']}"] = f"{at}.{number}.value"
                found[row["key"]] = _typed(row.get("value", ""), inner)
        return found

    def _table(self, model: type[BaseModel], given: Any, place: str, at: str) -> list[Raw]:
        found: list[Raw] = []
        for number, row in rows(given):
            if not blank(model, row):
                here = f"{place}.{len(found)}"
                self.names[here] = f"{at}.{number}"
                found.append(self.data(model, row, here, f"{at}.{number}"))
        return found

    def field_of(self, place: str) -> str:
        """The field of the form for a place of the data, or of what it is in."""
        while place and place not in self.names:
            place = place.rpartition(".")[0]
        return self.names.get(place, place)


def blank(model: type[BaseModel], row: Raw) -> bool:
    """Whether nothing was written into a row; a tick alone is nothing."""
    return not any(
        value not in (None, "")
        for key, value in row.items()
        if key in model.model_fields and kind_of(key, model.model_fields[key])[0] != "flag"
    )


def _join(before: str, key: str) -> str:
    return f"{before}.{key}" if before else key


# -- what buttons within a form do


def act(raw: Raw, command: str) -> None:
    """Carry out a button of the form: `steps.add`, `steps.2.up` or `rule.group`."""
    path, _, verb = command.rpartition(".")
    if conditions.act(raw, path, verb):
        return
    if verb == "add":
        table = _at(raw, path)
        table[SHOWN] = str(int(table.get(SHOWN, "0")) + 1)
        return
    holder, _, number = path.rpartition(".")
    table = _at(raw, holder)
    order = [key for key, _ in rows(table)]
    if number not in order:
        return
    index = order.index(number)
    if verb == "remove":
        del table[number]
    elif verb in {"up", "down"}:
        other = index - 1 if verb == "up" else index + 1
        if 0 <= other < len(order):
            first, second = table[order[other]], table[number]
            table[order[other]], table[number] = second, first
            # a step that moves past another day takes that day
            if "day" in first:
                second["day"] = first["day"]


def _at(raw: Raw, path: str) -> Raw:
    node = raw
    for step in path.split(".") if path else ():
        below = node.setdefault(step, {})
        if not isinstance(below, dict):
            below = node[step] = {}
        node = below
    return node


# -- fields as the templates show them


@dataclass(slots=True)
class Field:
    """One field of a form."""

    name: str
    title: str
    kind: str
    value: Any
    hint: str = ""
    required: bool = False
    error: str = ""
    choices: Sequence[tuple[str, str]] | None = None
    fields: Sequence["Field"] = ()
    """Of a group; of a table, its columns."""
    rows: Sequence[tuple[str, Sequence["Field"]]] = ()
    """Of a table: the number of each row, and its fields."""


@dataclass(slots=True)
class Offer:
    """What fields may be chosen from, by their key, and what is wrong, by their name."""

    choices: Mapping[str, Sequence[str]]
    errors: Mapping[str, str]
    hidden: frozenset[str] = frozenset()

    def fields(self, model: type[BaseModel], raw: Raw, at: str = "") -> list[Field]:
        """The fields of a model, filled with what there is."""
        return [
            self._field(key, info, raw.get(key), _join(at, key))
            for key, info in model.model_fields.items()
            if not (not at and key in self.hidden)
        ]

    def _field(self, key: str, info: FieldInfo, value: Any, name: str) -> Field:
        kind, inner = kind_of(key, info)
        found = Field(
            name,
            title(key),
            kind,
            "" if value is None else value,
            hint=(info.description or "").replace("`", ""),
            required=info.is_required(),
            error=self.errors.get(name, ""),
        )
        if kind in {"choice", "days"}:
            found.choices = [(each, choice(each)) for each in inner]
            if kind == "choice" and value in (None, "") and info.default is not None:
                found.value = str(getattr(info.default, "value", info.default))
        elif kind in {"text", "mixed"} and key in self.choices:
            found.kind = "choice"
            found.choices = self._names(key, value, info)
        elif kind == "group":
            found.fields = self.fields(inner, value if isinstance(value, dict) else {}, name)
        elif kind == "table":
            self._fill_table(found, inner, value, name)
        elif kind == "pairs":
            self._fill_pairs(found, value, name)
        elif kind == "condition":
            found.value = conditions.node_of(value, name, self.errors)
        elif kind == "lines":
            found.value = "\n".join(value) if isinstance(value, list) else found.value
        return found

    def _names(self, key: str, value: Any, info: FieldInfo) -> list[tuple[str, str]]:
        names = list(self.choices[key])
        if value and value not in names:
            names.append(value)
        default = info.default if isinstance(info.default, str) else None
        empty = [] if default is not None and default in names else [("", "–")]
        return [*empty, *((each, each) for each in names)]

    def _fill_table(self, found: Field, model: type[BaseModel], value: Any, name: str) -> None:
        given = rows(value)
        wanted = int(value.get(SHOWN, 0)) if isinstance(value, dict) else 0
        last = max((int(number) for number, _ in given), default=-1)
        new = max(1, min(wanted - len(given), 100))
        given = [*given, *((str(last + 1 + index), {}) for index in range(new))]
        blank_row = {
            key: "true"
            for key, info in model.model_fields.items()
            if kind_of(key, info)[0] == "flag" and info.default is True
        }
        found.fields = self.fields(model, {}, name)
        found.rows = [
            (number, self.fields(model, row or blank_row, f"{name}.{number}"))
            for number, row in given
        ]

    def _fill_pairs(self, found: Field, value: Any, name: str) -> None:
        given = rows(value)
        last = max((int(number) for number, _ in given), default=-1)
        given = [*given, (str(last + 1), {}), (str(last + 2), {})]
        found.rows = [
            (
                number,
                [
                    Field(f"{name}.{number}.key", title("key"), "text", row.get("key", "")),
                    Field(
                        f"{name}.{number}.value",
                        title("value"),
                        "text",
                        row.get("value", ""),
                        error=self.errors.get(f"{name}.{number}.value", ""),
                    ),
                ],
            )
            for number, row in given
        ]


def names_of(fields: Sequence[Field]) -> list[str]:
    """Every field of a form that may have a message."""
    found = []
    for each in fields:
        found.append(each.name)
        if each.kind in {"table", "pairs"}:
            for _, row in each.rows:
                found.extend(names_of(row))
        elif each.kind == "group":
            found.extend(names_of(each.fields))
        elif each.kind == "condition":
            found.extend(conditions.names_of(each.value))
    return found
