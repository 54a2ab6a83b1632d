"""The whole policy as a Pydantic model. Its parts are the `forms`, conditions and criteria stand in
`criteria`; rules that look at several parts together stand in `checks`.
"""

import datetime as dt
from typing import Annotated

from pydantic import Field

from dunwell.domain.statuses import (
    TemplateKind,
)
from dunwell.features.policy.criteria import Criterion, Form
from dunwell.features.policy.eligibility import Eligibility
from dunwell.features.policy.experiments import Experiment
from dunwell.features.policy.forms.actions import Action
from dunwell.features.policy.forms.brands import Brand
from dunwell.features.policy.forms.calendars import Calendar
from dunwell.features.policy.forms.people import (
    Agency,
    Agent,
    CollectionSubstatus,
    ContactType,
    PayPlanType,
    ReasonCode,
    ToDoType,
)
from dunwell.features.policy.forms.scenarios import DebtClass, Profile, Scenario
from dunwell.features.policy.forms.severance import Moratorium, SeveranceTemplate
from dunwell.features.policy.settings import PolicySettings
from dunwell.features.policy.values import (
    DEFAULT_BRAND,
    LONGEST,
    CurrencyCode,
    Name,
    Rate,
)


class ExchangeRate(Form):
    """What one unit of a currency is worth in another, from a day on."""

    source_currency: CurrencyCode = Field(description="One unit of this …")
    target_currency: CurrencyCode = Field(description="… is worth `rate` units of this.")
    valid_from: dt.date = Field(description="The first day; it holds until the next one's.")
    rate: Rate = Field(description="Units of the target for one of the source.")


class LetterTemplate(Form):
    """A template of letters or messages, with the hash of its words: `wordings` keeps the words."""

    brand: Name | None = Field(default=None, description="Only for this brand; none: for all.")
    kind: TemplateKind = Field(description="What it is for.")
    name: Name = Field(description="The name that actions use.")
    locale: Name = Field(description="Language and country.")
    engine: Name = Field(description="What makes documents of it.")
    format: Name = Field(description="What it makes.")
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] = Field(description="Of its words.")


class Policy(Form):
    """The whole policy of an installation."""

    aging_buckets: list[Annotated[int, Field(ge=1, le=LONGEST)]] = Field(
        default=[30, 60, 90],
        min_length=1,
        description="Upper ends of the buckets in days overdue, ascending, at most 10; what is"
        " older falls into a last one.",
    )
    settings: PolicySettings = Field(
        default_factory=PolicySettings, description="System-wide switches."
    )
    calendars: list[Calendar] = Field(default_factory=list)
    brands: list[Brand] = Field(default_factory=list)
    debt_classes: list[DebtClass] = Field(default_factory=list)
    criteria: list[Criterion] = Field(default_factory=list)
    profiles: list[Profile] = Field(default_factory=list)
    actions: list[Action] = Field(default_factory=list)
    scenarios: list[Scenario] = Field(default_factory=list)
    severance_templates: list[SeveranceTemplate] = Field(default_factory=list)
    moratoria: list[Moratorium] = Field(default_factory=list)
    eligibility: list[Eligibility] = Field(default_factory=list)
    experiments: list[Experiment] = Field(default_factory=list)
    reason_codes: list[ReasonCode] = Field(default_factory=list)
    contact_types: list[ContactType] = Field(default_factory=list)
    pay_plan_types: list[PayPlanType] = Field(default_factory=list)
    to_do_types: list[ToDoType] = Field(default_factory=list)
    collection_substatuses: list[CollectionSubstatus] = Field(default_factory=list)
    agencies: list[Agency] = Field(default_factory=list)
    agents: list[Agent] = Field(default_factory=list)
    exchange_rates: list[ExchangeRate] = Field(default_factory=list)
    # not in policy files: a policy that doesn't speak of them leaves them as they are
    templates: list[LetterTemplate] = Field(default_factory=list)

    def brand_names(self) -> set[str]:
        """The brands there are, with the default one."""
        return {DEFAULT_BRAND, *(brand.name for brand in self.brands)}

    def criteria_by_name(self) -> dict[str, Criterion]:
        """The criteria that conditions may refer to."""
        return {criterion.name: criterion for criterion in self.criteria}
