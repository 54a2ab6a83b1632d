"""What a field of the policy file's models is in a form: a text, a choice, a table, a condition.
The fields come from those models, so that a new key of the file is a new field of the form.
"""

import datetime as dt
import re
import types
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Raw = dict[str, Any]

LONG_TEXTS = frozenset({"description", "text", "payment_details", "legal"})
CONDITIONS = frozenset({"rule", "criteria"})
SHOWN = "shown"
"""How many rows a table has on the page, blank ones among them."""


def rows_shown(table: Any) -> int:
    """How many that are; none if it says nothing that a page of ours says."""
    text = table.get(SHOWN) if isinstance(table, dict) else None
    return int(text) if isinstance(text, str) and re.fullmatch("[0-9]{1,3}", text) else 0


def kind_of(key: str, info: FieldInfo) -> tuple[str, Any]:
    """What a field of a model is in a form, and the type inside of it."""
    inner = bare(info.annotation)
    if key in CONDITIONS and get_origin(inner) in (Union, types.UnionType):
        return "condition", None
    return _kind(key, inner)


def _kind(key: str, inner: Any) -> tuple[str, Any]:  # noqa: C901, PLR0911 - a line for each type
    origin = get_origin(inner)
    if origin is list:
        (element,) = (bare(each) for each in get_args(inner))
        if get_origin(element) is Literal:
            return "days", get_args(element)
        if isinstance(element, type) and issubclass(element, BaseModel):
            return "table", element
        return "lines", element
    if origin is dict:
        return "pairs", bare(get_args(inner)[1])
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


def default_of(info: FieldInfo) -> str:
    """What a choice shows where nothing was chosen; nothing if it has to be chosen."""
    return "" if info.is_required() or info.default is None else str(info.default)


def bare(annotation: Any) -> Any:
    """A type without what is said about it, and without being optional."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [each for each in get_args(annotation) if each is not types.NoneType]
        if len(rest) == 1:
            return bare(rest[0])
    return annotation
