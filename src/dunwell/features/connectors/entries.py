"""Entries of `DUNWELL_CONNECTORS`, checked by a model for each type."""

import datetime as dt
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dunwell.domain.errors import BadInput


class Entry(BaseModel):
    """What every connector has."""

    model_config = ConfigDict(extra="forbid")

    every_minutes: Annotated[int, Field(ge=1, le=10_080)] = 15

    @property
    def every(self) -> dt.timedelta:
        """How often the worker fetches."""
        return dt.timedelta(minutes=self.every_minutes)


Model = TypeVar("Model", bound=Entry)


def read(model: type[Model], name: str, given: dict[str, object]) -> Model:
    """The entry of a connector. Raises BadInput, without the value: it may be a secret."""
    try:
        return model.model_validate(given)
    except ValidationError as failure:
        problem = failure.errors(include_input=False)[0]
        place = ".".join(map(str, problem["loc"]))
        raise BadInput(f"DUNWELL_CONNECTORS: {name}: {place}: {problem['msg']}.") from failure
