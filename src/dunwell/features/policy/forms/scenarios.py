"""Who is chased for what, and how: debt classes, profiles, scenarios with their steps."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from dunwell.domain.statuses import DayUnit
from dunwell.features.policy.criteria import Condition, Form
from dunwell.features.policy.values import DEFAULT_BRAND, LONGEST, Amount, CurrencyCode, Name, Words

DEFAULT_DEBT_CLASS = "standard"
LONGEST_SCENARIO = 3 * 366
"""Days; no night is run so late that a step of this day would lie beyond the calendars."""


class DebtClass(Form):
    """A kind of debt that is chased separately."""

    name: Name = Field(description="The name that bills and scenarios use; unique.")
    description: Words = Field(default="", description="What it is for.")
    cancel_threshold: dict[CurrencyCode, Amount] = Field(
        default_factory=dict,
        description="By currency: a case ends when no more than this is overdue. Of this and the"
        " scenario's `exit_amount` the higher one counts.",
    )
    by_agreement: bool = Field(
        default=False,
        description="Cases of this debt list their service agreements: one whose own overdue debt"
        " falls to its threshold leaves the case, and the last one closes it.",
    )
    agreement_threshold: dict[CurrencyCode, Amount] = Field(
        default_factory=dict,
        description="By currency: a service agreement that owes no more than this leaves its"
        " case. 0 where none is given.",
    )
    write_off: bool = Field(
        default=False,
        description="What is written off moves here, where only scenarios of this debt class see"
        " it. One debt class at most.",
    )


class Profile(Form):
    """A group of bill units that are treated alike."""

    name: Name = Field(description="Unique in its brand.")
    brand: Name = Field(default=DEFAULT_BRAND, description="The brand that it belongs to.")
    currency: CurrencyCode = Field(description="It takes bill units in this currency only.")
    description: Words = Field(default="", description="What it is for.")
    default: bool = Field(
        default=False,
        description="Takes the bill units of its brand and currency that no rule selects.",
    )
    rule: Condition | None = Field(
        default=None,
        description="Who belongs to it. Profiles are asked in the order of the file; the first"
        " whose rule holds is taken.",
    )


class Step(Form):
    """One action of a scenario on one day."""

    day: int = Field(ge=1, le=LONGEST_SCENARIO, description="Days after the entry date, 1 or more.")
    action: Name = Field(description="An action of the policy, or a predefined one.")
    mandatory: bool = Field(default=True, description="false: it may be cancelled.")


class Scenario(Form):
    """For one profile and one debt class: who enters, what happens, who leaves."""

    name: Name = Field(description="Unique in its brand.")
    brand: Name = Field(default=DEFAULT_BRAND, description="The brand that it belongs to.")
    profile: Name = Field(description="The one profile that it is for.")
    debt_class: Name = Field(default=DEFAULT_DEBT_CLASS, description="The debt that it chases.")
    description: Words = Field(default="", description="What it is for.")
    entry_amount: Amount = Field(
        description="Enters when at least this much, in the profile's currency, is overdue for"
        " `entry_days` or longer."
    )
    entry_days: int = Field(ge=0, le=LONGEST, description="Days overdue; see `entry_amount`.")
    exit_amount: Amount = Field(
        default=Decimal(0),
        description="Leaves when no more than this is overdue; less than `entry_amount`.",
    )
    severity: int = Field(
        default=1,
        ge=1,
        le=1000,
        description="Among scenarios with the same entry amount and days, the lowest number is"
        " taken: 1 is the most severe.",
    )
    day_unit: DayUnit = Field(
        default=DayUnit.CALENDAR, description="How the days of the steps are counted."
    )
    when_finished: Literal["stay", "close"] = Field(
        default="stay",
        description="When all steps are done and the debt remains: the case stays open, or closes"
        " as exhausted.",
    )
    criteria: Condition | None = Field(
        default=None, description="What else must hold, besides amount and days."
    )
    steps: list[Step] = Field(
        default_factory=list,
        max_length=500,
        description="What happens, in the order of the days: `day`, `action`, `mandatory`.",
    )
