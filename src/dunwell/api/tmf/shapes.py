"""What is asked of all of TM Forum's APIs (TMF630): `fields`, pages by `offset` and `limit`, money
and references as somebody sends them. `features/tmf` has what is answered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.json_schema import WithJsonSchema

from dunwell.domain import pages
from dunwell.domain.pages import Page
from dunwell.features.tmf.shapes import attributes, digits

FARTHEST = 1_000
"""The largest offset; farther on, a list goes by the address of its next page."""


T = TypeVar("T")


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
        told = [attributes(each, self.fields) for each in shown]
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
    told = attributes(resource, fields)
    headers = {"Location": told["href"]} if status == 201 and "href" in told else {}  # noqa: PLR2004
    return written(told, status=status, headers=headers)


def written(told: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The answer as JSON, its amounts digit by digit."""
    return Response(digits(told), status, headers or {}, "application/json")


def described(model: Any) -> dict[str, Any]:
    """How a list is described: all of it, or a part."""
    return {
        "response_model": list[model],
        "responses": {206: {"model": list[model], "description": "A part of the list."}},
    }
