"""What the policy file says about severance: templates with their events, and moratoria."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from dunwell.domain.statuses import DayUnit, FieldActivity, SeveranceEventType
from dunwell.features.policy.criteria import Condition, Form
from dunwell.features.policy.values import DEFAULT_BRAND, Amount, Name, Words

Fact = Literal["life_support", "sensitive_load", "master_meter", "third_party"]

_DAY = r"^([0-9]{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
Day = Annotated[str, Field(pattern=_DAY)]


class SeveranceEventForm(Form):
    """One event of a severance process."""

    name: Name = Field(description="Unique in its template.")
    type: SeveranceEventType = Field(
        description="`letter`: a letter; `credit_rating`: a demerit; `to_do`: somebody is"
        " asked to do something; `field_activity`: the field system is sent; `expire`: the"
        " agreement ends; `generic`: a plug-in."
    )
    after: list[Name] = Field(
        default_factory=list,
        max_length=50,
        description="The events that must be closed before; its date appears when all are. None:"
        " it counts from the start.",
    )
    days: int = Field(
        default=0,
        ge=0,
        le=365,
        description="How many days after the last of them, moved to the next working day.",
    )
    template: Name | None = Field(default=None, description="A letter's template.")
    activity: FieldActivity | None = Field(
        default=None, description="What is done at the premise, for a field activity."
    )
    points: Annotated[StrictInt, Field(ge=-1_000_000, le=1_000_000)] | None = Field(
        default=None,
        description="What is added to the credit rating, not 0; less than 0 lowers it.",
    )
    lasts_days: int | None = Field(
        default=None, ge=1, le=36_500, description="For how many days that counts; none: for good."
    )
    to_do_type: Name | None = Field(
        default=None,
        description="For a to-do, one of the policy's to-do types; none: it is called as the event"
        " and is the agents'.",
    )
    parameters: dict[Name, Words | StrictInt | StrictBool] = Field(
        default_factory=dict,
        description="Values of your own for whoever carries it out.",
    )


class Notice(Form):
    """What must have been done, and for how long, before anybody is cut."""

    event: Name = Field(description="An event of the template.")
    days: int = Field(ge=0, le=365, description="It was completed at least so many days ago.")


class SeveranceTemplate(Form):
    """How the service of agreements is ended, or given back."""

    name: Name = Field(description="Unique in its brand.")
    brand: Name = Field(default=DEFAULT_BRAND, description="The brand that it belongs to.")
    description: Words = Field(default="", description="What it is for.")
    purpose: Literal["sever", "reconnect"] = Field(
        default="sever", description="A `reconnect` template undoes a cut, and is named by others."
    )
    agreement_types: list[Name] = Field(
        default_factory=list,
        max_length=100,
        description="The types of service agreements that it is for; empty: all.",
    )
    priority: int = Field(
        default=50,
        ge=10,
        le=90,
        description="Of the templates that fit an agreement, that with the lowest number is taken.",
    )
    only_with: list[Fact] = Field(
        default_factory=list,
        description="Only where all of these hold: `life_support` and `sensitive_load` (of the"
        " person or the premise), `master_meter`, `third_party`.",
    )
    only_without: list[Fact] = Field(
        default_factory=list, description="Only where none of these holds."
    )
    criteria: Condition | None = Field(
        default=None, description="What else must hold of the account and its bill unit."
    )
    auto_cancel: bool = Field(
        default=True,
        description="Ends at once when the debt falls; a `reconnect` template never does.",
    )
    cancel_amount: Amount | None = Field(
        default=None,
        description="What debt of the class ends it; without it, the exit amount of the case's"
        " scenario.",
    )
    reconnect: Name | None = Field(
        default=None,
        description="The template that starts when a process is cancelled after its cut.",
    )
    day_unit: DayUnit = Field(
        default=DayUnit.CALENDAR, description="How the days of the events are counted."
    )
    notices: list[Notice] = Field(
        default_factory=list,
        max_length=20,
        description="What must have been done before a cut: `event`, `days`.",
    )
    events: list[SeveranceEventForm] = Field(
        default_factory=list,
        max_length=50,
        description="What happens: `name`, `type`, `after`, `days`, and what the type needs. None:"
        " agreements that it fits are never severed.",
    )


class Moratorium(Form):
    """Days on which nobody is cut."""

    name: Name = Field(description="Unique in its brand.")
    brand: Name | None = Field(default=None, description="For one brand; none: all of them.")
    jurisdiction: Name | None = Field(
        default=None, description="Only accounts of this jurisdiction; none: everybody."
    )
    first_day: Day = Field(
        description='The first day: "2026-12-01", or "12-01" for every year, which may pass the'
        " year's end."
    )
    last_day: Day = Field(description="The last day, written in the same way.")
