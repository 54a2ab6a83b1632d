"""Experiments: a scenario as champion and others that challenge it, each with a share of the
entries. `dunwell.features.experiments` assigns the arms and compares them.
"""

import datetime as dt
from decimal import Decimal

from pydantic import Field

from dunwell.features.policy.criteria import Form
from dunwell.features.policy.values import Amount, Name, Percentage


class Challenger(Form):
    """A scenario that challenges the champion."""

    scenario: Name = Field(
        description="It has the champion's profile, debt class, entry and exit rule; only its"
        " steps differ. Nobody enters it on their own merits."
    )
    share: Percentage = Field(description="The percentage of the entries that it gets.")


class Experiment(Form):
    """A champion and its challengers: whose customers pay sooner."""

    name: Name = Field(
        description="Unique in its brand. With the account's number it decides who gets which"
        " treatment; another name shuffles anew."
    )
    brand: Name = Field(default="default", description="The brand that it belongs to.")
    champion: Name = Field(description="The scenario whose entries are shared out.")
    challengers: list[Challenger] = Field(
        min_length=1, max_length=10, description="Each with a `scenario` and a `share`."
    )
    starts_on: dt.date | None = Field(default=None, description="The first day; none: at once.")
    ends_on: dt.date = Field(description="The last day on which entries are shared out.")
    days: int = Field(
        default=60,
        ge=1,
        le=1000,
        description="How many days after its entry a case is judged: cured by then or not.",
    )
    costs: dict[Name, Amount] = Field(
        default_factory=dict,
        description="What an action costs the company once it is done, by the action's name.",
    )

    @property
    def challenged(self) -> Decimal:
        """The percentage of the entries that challengers get."""
        return sum((each.share for each in self.challengers), Decimal(0))
