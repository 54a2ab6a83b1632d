"""A part of the policy as the texts that its form shows, nested as the form's names are:
`steps.0.day` is the text at `raw["steps"]["0"]["day"]`.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Any

from babel.numbers import get_decimal_symbol
from pydantic import BaseModel

from dunwell.features.policy.values import plain
from dunwell.web.configuration import conditions
from dunwell.web.configuration.kinds import Raw, kind_of
from dunwell.web.languages import locale


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
