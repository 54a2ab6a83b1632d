"""What a form sends, as data for the policy's models; `Reading` remembers which field each place of
the data came from, so that a message finds its field.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from babel.numbers import NumberFormatError, parse_decimal
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dunwell.features.policy.forms.calendars import WEEKDAYS
from dunwell.web.configuration import conditions
from dunwell.web.configuration.kinds import Raw, default_of, kind_of
from dunwell.web.languages import locale


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


_ROW = re.compile("[0-9]{1,9}")


def rows(raw: Any) -> list[tuple[str, Raw]]:
    """The rows of a table in their order, with the numbers that they have in the form."""
    if not isinstance(raw, dict):
        return []
    numbers = sorted(filter(_ROW.fullmatch, raw), key=int)
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
            here, name = join(place, key), join(at, key)
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
    """Whether nothing was written into a row; a tick alone is nothing, nor is a choice that was
    there before.
    """
    return not any(
        _is_written(key, model.model_fields[key], value)
        for key, value in row.items()
        if key in model.model_fields
    )


def _is_written(key: str, info: FieldInfo, value: Any) -> bool:
    kind, _inner = kind_of(key, info)
    nothing = ("", default_of(info)) if kind == "choice" else ("",)
    return kind != "flag" and value is not None and value not in nothing


def join(before: str, key: str) -> str:
    """The dotted name of what is below a name."""
    return f"{before}.{key}" if before else key
