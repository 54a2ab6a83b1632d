"""Calendars: which days are working days."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from dunwell.features.policy.criteria import Form
from dunwell.features.policy.values import Name, Words

DEFAULT_CALENDAR = "every day"

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


class OwnDay(Form):
    """A day that differs from the calendar's rule."""

    date: dt.date = Field(description="The day.")
    working: bool = Field(description="true: worked in spite of the rule; false: not worked.")
    name: Words = Field(default="", description="Why, for people.")


class Calendar(Form):
    """Which days are working days."""

    name: Name = Field(description="The name by which brands refer to it; unique.")
    country: Annotated[str, Field(pattern=r"^[A-Z]{2,3}$")] | None = Field(
        default=None,
        description="ISO 3166 code of the country whose public holidays are not worked.",
    )
    subdivision: Annotated[str, Field(pattern=r"^[A-Za-z0-9 -]{1,40}$")] | None = Field(
        default=None, description="Its state or province, for regional holidays."
    )
    weekend: list[Weekday] = Field(
        default=["saturday", "sunday"], max_length=6, description="Days of the week not worked."
    )
    days: list[OwnDay] = Field(
        default_factory=list,
        description="Single days that differ: `date`, `working`, and a `name` for people.",
    )


EVERY_DAY = Calendar(name=DEFAULT_CALENDAR, weekend=[])
"""The calendar of a new installation: every day is a working day."""
