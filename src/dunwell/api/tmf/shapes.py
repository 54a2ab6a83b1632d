"""What all of TM Forum's APIs have in common (TMF630): `@type` and `href`, `fields`, pages by
`offset` and `limit`, money as a number with its unit, references to other resources.

Numbers are written digit by digit from decimals, so that no amount passes through a float.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urlencode

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel
from pydantic.json_schema import WithJsonSchema

from dunwell.domain import pages
from dunwell.domain.pages import Page

BASE = "/api/tmf"
FARTHEST = 1_000
"""The largest offset; farther on, a list goes by the address of its next page."""

_MARK = "\0"
_NUMBER = re.compile(r'"\\u0000(-?[0-9]+(?:[.][0-9]+)?)"')

T = TypeVar("T")

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
        return _written(_attributes(self, None))


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


class GivenReference(BaseModel):
    """Another resource as somebody names it; what else is said of it is passed over."""

    model_config = ConfigDict(extra="ignore")

    id: Annotated[str, Field(min_length=1, max_length=800, pattern=r"^[^\x00-\x1f\x7f]+$")]


def _exact(value: Any) -> Any:
    """A whole number is no boolean."""
    if isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004 - Pydantic wants ValueError
    return value


class GivenMoney(BaseModel):
    """An amount as somebody sends it: at most 15 digits, which a number keeps exactly."""

    model_config = ConfigDict(extra="ignore")

    unit: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    value: Annotated[
        Decimal,
        BeforeValidator(_exact),
        Field(max_digits=15, decimal_places=4, allow_inf_nan=False),
        WithJsonSchema({"type": "number"}),
    ]


class Given(BaseModel):
    """What somebody sends; attributes that we don't keep are passed over, as TMF630 has it."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


def href(api: str, noun: str, number: str) -> str:
    """The address of a resource."""
    return f"{BASE}/{api}/v4/{noun}/{quote(number, safe='')}"


Fields = Annotated[
    str | None,
    Query(max_length=1_000, description="The attributes to show, by commas; all if none."),
]
ByAccount = Annotated[
    str,
    Query(
        alias="billingAccount.id",
        min_length=1,
        max_length=800,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        examples=["100158-1"],
        description="Whose: a bill unit's number.",
    ),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a list is asked for, and which attributes."""

    request: Request
    offset: int
    limit: int
    fields: str | None

    @property
    def needed(self) -> int:
        """How many rows tell what is shown and whether there are more."""
        return self.offset + self.limit + 1

    def answer(
        self, found: Sequence[Any], *, following: Callable[[Any], str] | None = None
    ) -> Response:
        """The part of `found` that was asked for. `following` makes the cursor after a resource,
        of a list that may be long.
        """
        shown = list(found[self.offset : self.offset + self.limit])
        if len(found) <= self.offset + self.limit:
            total = (
                {} if "after" in self.request.query_params else {"X-Total-Count": str(len(found))}
            )
            return self._told(shown, total, status=200)
        return self._told(shown, self._next(following(shown[-1])) if following else {}, status=206)

    def page(self, shown: Sequence[Any], following: str | None) -> Response:
        """What was fetched for just this part, and the cursor to the next one."""
        if following is not None:
            return self._told(shown, self._next(following), status=206)
        known = {} if "after" in self.request.query_params else self._total(len(shown))
        return self._told(shown, known, status=200)

    def beyond(self, total: int) -> Response:
        """Nothing: the list ends before the offset."""
        return self._told([], {"X-Total-Count": str(total)}, status=200)

    def _total(self, shown: int) -> dict[str, str]:
        return {"X-Total-Count": str(self.offset + shown)}

    def _next(self, cursor: str) -> dict[str, str]:
        query = {**dict(self.request.query_params), "after": cursor, "limit": str(self.limit)}
        query.pop("offset", None)
        return {"Link": f'<{self.request.url.path}?{urlencode(query)}>; rel="next"'}

    def _told(self, shown: Sequence[Any], headers: dict[str, str], *, status: int) -> Response:
        told = [_attributes(each, self.fields) for each in shown]
        return written(told, status=status, headers={"X-Result-Count": str(len(told)), **headers})


def _asked(
    request: Request,
    offset: Annotated[int, Query(ge=0, le=FARTHEST, description="How many to pass over.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="How many at most.")] = 100,
    fields: Fields = None,
) -> Asked:
    return Asked(request, offset, limit, fields)


Part = Annotated[Asked, Depends(_asked)]


def gathered(fetch: Callable[[int, str | None], Page[T]], needed: int) -> list[T]:
    """So many rows of a list that goes by cursors: `fetch(limit, cursor)`."""
    found: list[T] = []
    cursor: str | None = None
    while len(found) < needed:
        page = fetch(min(pages.MOST, needed - len(found)), cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def one(resource: BaseModel, fields: str | None = None, *, status: int = 200) -> Response:
    """One resource."""
    told = _attributes(resource, fields)
    headers = {"Location": told["href"]} if status == 201 and "href" in told else {}  # noqa: PLR2004
    return written(told, status=status, headers=headers)


def written(told: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The answer as JSON, its amounts digit by digit."""
    return Response(_written(told), status, headers or {}, "application/json")


def _written(told: Any) -> str:
    return _NUMBER.sub(r"\1", json.dumps(told))


def _attributes(resource: BaseModel, fields: str | None) -> dict[str, Any]:
    told = resource.model_dump(mode="json", by_alias=True, exclude_none=True)
    if not fields:
        return told
    wanted = {name.strip() for name in fields.split(",")} | {"id", "href", "@type"}
    return {name: value for name, value in told.items() if name in wanted}


def described(model: Any) -> dict[str, Any]:
    """How a list is described: all of it, or a part."""
    return {
        "response_model": list[model],
        "responses": {206: {"model": list[model], "description": "A part of the list."}},
    }


def first(values: Iterable[T]) -> T | None:
    """The first, if there is one."""
    return next(iter(values), None)
