"""Forms: what somebody typed, checked by a Pydantic model, with a message beside each wrong field.

A handler takes `Fields`, asks `read` for a form, and shows the form again (422) when `given` is
none. What a service refuses goes above the form, by `refusing`. An empty field counts as not sent.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from babel.numbers import NumberFormatError, parse_decimal
from fastapi import Depends, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError
from pydantic import Field as Bounds

from dunwell.domain.errors import DunwellError, Forbidden
from dunwell.web.languages import _, locale
from dunwell.web.refusals import told

MOST_FIELDS = 1_000


class Given(BaseModel):
    """What a form sends; blanks around texts are dropped, unknown fields ignored."""

    model_config = ConfigDict(str_strip_whitespace=True)


Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class Form(Generic[Model]):
    """A form as it was sent, and what is wrong with it."""

    values: dict[str, Any] = field(default_factory=dict)
    """As typed, to be shown again."""
    errors: dict[str, str] = field(default_factory=dict)
    """By field."""
    problem: str | None = None
    """What is wrong with the whole."""
    given: Model | None = None

    def refuse(self, error: DunwellError) -> None:
        """A service has refused it."""
        self.problem = told(error.message)
        self.given = None

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """What a service refuses in here goes above the form, and nothing is `given` any more. What
        somebody may not do is a denial as everywhere, and logged as one.
        """
        try:
            yield
        except Forbidden:
            raise
        except DunwellError as failure:
            self.refuse(failure)

    @property
    def status(self) -> int:
        """Of the answer that shows it."""
        return 422 if self.errors or self.problem else 200


async def _fields(request: Request) -> dict[str, Any]:
    async with request.form(max_files=10, max_fields=MOST_FIELDS) as sent:
        found: dict[str, Any] = {}
        for name in sent:
            values = [each for each in sent.getlist(name) if each != ""]
            if values:
                found[name] = values[0] if len(values) == 1 else values
        return found


Fields = Annotated[dict[str, Any], Depends(_fields)]
"""What the form sends: a text, or a list where a field is there several times."""


def read(model: type[Model], fields: dict[str, Any]) -> Form[Model]:
    """The form, with `given` if nothing is wrong."""
    try:
        return Form(fields, given=model.model_validate(fields))
    except ValidationError as failure:
        form = Form[Model](fields)
        for each in failure.errors():
            name = str(each["loc"][0]) if each["loc"] else ""
            message = _message(each["type"], each["msg"])
            if name:
                form.errors.setdefault(name, message)
            else:
                form.problem = message
        return form


def _message(kind: str, said: str) -> str:
    if kind in ("missing", "string_too_short"):
        return _("This is needed.")
    if kind.startswith("date"):
        return _("This isn't a date.")
    if kind.startswith(("int", "decimal", "greater_than", "less_than")):
        return _("This isn't a number that is possible here.")
    if kind == "string_too_long":
        return _("This is too long.")
    return said.removeprefix("Value error, ")


_AMOUNT = re.compile(r"[-+]?[\d.,]+")


def _typed(value: Any) -> Any:
    """An amount as people write it here: 1,234.50 or 1.234,50."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    # an exponent and underscores, which Python reads too, are a slip of the hand
    if _AMOUNT.fullmatch(text):
        with suppress(NumberFormatError):
            return parse_decimal(text, locale=locale(), strict=True)
    raise ValueError(
        _("This isn't an amount; write it like %(example)s.")
        % {"example": "1.234,50" if locale().language == "de" else "1,234.50"}
    )


Amount = Annotated[
    Decimal,
    BeforeValidator(_typed),
    Bounds(max_digits=19, decimal_places=4, allow_inf_nan=False),
]

Line = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]

Text = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")]


class Reasoned(Given):
    """A change by hand: why, and perhaps a note."""

    reason: Line
    note: Text | None = None
