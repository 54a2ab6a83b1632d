"""Resources as all of TM Forum's APIs have them (TMF630): `@type` and `href`, money as a number
with its unit, references to other resources.

Numbers are written digit by digit from decimals, so that no amount passes through a float.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel
from pydantic.json_schema import WithJsonSchema

T = TypeVar("T")

BASE = "/api/tmf"
_MARK = "\0"
_NUMBER = re.compile(r'"\\u0000(-?[0-9]+(?:[.][0-9]+)?)"')


Number = Annotated[
    Decimal,
    Field(max_digits=15, decimal_places=4, allow_inf_nan=False),
    PlainSerializer(lambda value: f"{_MARK}{value:f}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "number"}),
]


class Resource(BaseModel):
    """A resource or a part of one; names in camel case, what isn't known left out."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    def written(self) -> str:
        """As JSON, amounts digit by digit."""
        return digits(attributes(self))


class Entity(Resource):
    """What has an address of its own. With `fields` only some attributes are there."""

    id: str | None = None
    href: str | None = None
    type: str | None = Field(default=None, alias="@type")


class Money(Resource):
    """An amount in a currency."""

    unit: str
    value: Number

    @classmethod
    def of(cls, amount: Decimal | str, currency: str) -> "Money":
        """From an amount of ours, which may have more digits than one that is sent."""
        return cls.model_construct(unit=currency, value=Decimal(amount))


class Period(Resource):
    """From when, and until when."""

    start_date_time: str | None = None
    end_date_time: str | None = None


class Reference(Resource):
    """Another resource."""

    id: str
    href: str | None = None
    name: str | None = None
    role: str | None = None
    type: str | None = Field(default=None, alias="@type")
    referred_type: str | None = Field(default=None, alias="@referredType")


def href(api: str, noun: str, number: str) -> str:
    """The address of a resource."""
    return f"{BASE}/{api}/v4/{noun}/{quote(number, safe='')}"


def digits(told: Any) -> str:
    """As JSON, amounts digit by digit."""
    return _NUMBER.sub(r"\1", json.dumps(told))


def attributes(resource: BaseModel, fields: str | None = None) -> dict[str, Any]:
    """What is told of a resource: all that is known, or these `fields`."""
    told = resource.model_dump(mode="json", by_alias=True, exclude_none=True)
    if not fields:
        return told
    wanted = {name.strip() for name in fields.split(",")} | {"id", "href", "@type"}
    return {name: value for name, value in told.items() if name in wanted}


def first(values: Iterable[T]) -> T | None:
    """The first, if there is one."""
    return next(iter(values), None)


def moment(day: dt.date | str) -> str:
    """A day, as the moment with which it begins."""
    return f"{day if isinstance(day, str) else day.isoformat()}T00:00:00Z"
