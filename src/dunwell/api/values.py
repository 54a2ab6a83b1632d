"""The types that all nouns share: whole numbers, texts, amounts, and what a request may hold.

A request with an unknown name is refused, so that a misspelt one isn't silently ignored.
"""

import datetime as dt
import re
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Self, get_args

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.json_schema import WithJsonSchema

LARGEST = 2**31 - 1


class Given(BaseModel):
    """What somebody sends."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """What somebody gets; made from a row, a dataclass or a dictionary."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def told(cls, row: Any, currency: str | None = None, /, **more: Any) -> Self:
        """Made from what a service tells, with `more` in place of what it says otherwise. Its
        amounts stand beside their currency, which is the row's own unless it is given.
        """
        fields = {name: getattr(row, name) for name in cls.model_fields if name not in more}
        for name in _amounts(cls):
            if isinstance(value := fields.get(name), Decimal):
                fields[name] = Money(amount=value, currency=currency or row.currency)
        return cls.model_validate({**fields, **more})


@cache
def _amounts(shown: type[Shown]) -> tuple[str, ...]:
    """The fields that are amounts beside their currency; looked for once, not for each row."""
    kinds = {name: field.annotation for name, field in shown.model_fields.items()}
    return tuple(name for name, kind in kinds.items() if Money in (kind, *get_args(kind)))


def _whole(value: Any) -> Any:
    """52 and 52.0 are whole numbers; true and "52" (in JSON) are not."""
    if isinstance(value, bool):
        raise ValueError("must be a whole number")  # noqa: TRY004 - Pydantic wants ValueError
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number of JSON; bound it with `Field(ge=…, le=…)`."""

Flag = Annotated[bool, Field(strict=True)]

Line = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]
"""A text of one line: a name, a login, a number."""

Text = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")]
"""A text that may have several lines."""

PathNumber = Annotated[
    str, Path(min_length=1, max_length=800, pattern=r"^[^\x00-\x1f\x7f]+$", examples=["100158-1"])
]
"""The number of an account or a bill unit in an address."""

PathId = Annotated[int, Path(ge=1, le=LARGEST)]

_HANDLE = r"^[0-9]{1,18}-[0-9]{1,18}$"

PathHandle = Annotated[str, Path(pattern=_HANDLE, examples=["12-3456"])]
"""A case or an action in an address."""

HandleText = Annotated[
    str, BeforeValidator(str), WithJsonSchema({"type": "string", "examples": ["12-3456"]})
]
"""How a case, an action or another row of a customer's is named, as it is shown."""

GivenHandle = Annotated[str, StringConstraints(pattern=_HANDLE)]
"""The same, as somebody sends it."""


class Reasoned(Given):
    """A change by hand: why, as one of the policy's reason codes if it has some for the verb."""

    reason: Line
    note: Text | None = None


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: Any) -> Any:
    """No time, and no number of seconds, which Pydantic would take."""
    if not (isinstance(value, dt.date) or (isinstance(value, str) and _DAY.fullmatch(value))):
        raise ValueError("must be a day such as 2026-02-28")
    return value


Day = Annotated[
    dt.date, BeforeValidator(_day), Field(ge=dt.date(1900, 1, 1), le=dt.date(2199, 12, 31))
]
"""A day of the calendar, as somebody sends it; what lies farther is a mistake."""

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].+")


def _moment(value: Any) -> Any:
    """No day without a time, and no number of seconds or milliseconds, between which Pydantic
    would choose.
    """
    if not (isinstance(value, dt.datetime) or (isinstance(value, str) and _MOMENT.match(value))):
        raise ValueError("must be a time with its zone, such as 2026-02-28T12:00:00Z")
    return value


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_moment),
    Field(
        ge=dt.datetime(1900, 1, 1, tzinfo=dt.UTC),
        lt=dt.datetime(2200, 1, 1, tzinfo=dt.UTC),
    ),
]
"""A moment, as somebody sends it."""

_DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


def _exact(value: Any) -> Any:
    """Digits and a point: no exponent, no blanks, no digits of other scripts."""
    if not (isinstance(value, Decimal) or (isinstance(value, str) and _DECIMAL.fullmatch(value))):
        raise ValueError("must be a decimal number as a text, such as '12.50'")
    return value


Amount = Annotated[
    Decimal,
    # the bounds come first, so that they are the type's own: several times as fast
    Field(max_digits=19, decimal_places=4, allow_inf_nan=False),
    BeforeValidator(_exact),
    WithJsonSchema(
        {"type": "string", "pattern": r"^-?\d{1,15}(\.\d{1,4})?$", "examples": ["12.50"]}
    ),
]
"""An amount as a decimal text; never a JSON number, which other systems read as a float."""


class Money(BaseModel):
    """An amount beside its ISO 4217 currency."""

    model_config = ConfigDict(extra="forbid")

    amount: Amount
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


def in_currency(currency: str, **amounts: Decimal | None) -> dict[str, Money | None]:
    """Amounts by other names than the row's, each beside the row's currency."""
    return {
        name: None if amount is None else Money(amount=amount, currency=currency)
        for name, amount in amounts.items()
    }
