"""The policy file as Pydantic models: what may stand in it, and what each key means.

The descriptions are the reference documentation (`reference.render`). Rules that look at several
parts together stand in `checks`; conditions and criteria in `criteria`.
"""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt

from dunwell.domain.statuses import (
    ActionTarget,
    ActionType,
    ContactChannel,
    DayUnit,
    DemeritKind,
    Direction,
    TemplateKind,
)
from dunwell.features.policy.criteria import Condition, Criterion, Form
from dunwell.features.policy.eligibility import Eligibility
from dunwell.features.policy.experiments import Experiment
from dunwell.features.policy.settings import PolicySettings
from dunwell.features.policy.severance_forms import Moratorium, SeveranceTemplate
from dunwell.features.policy.values import (
    Amount,
    Bic,
    CurrencyCode,
    EmailAddress,
    Iban,
    LocaleName,
    Name,
    Percentage,
    Rate,
    TimeZone,
    Words,
)

DEFAULT_BRAND = "default"
DEFAULT_CALENDAR = "every day"
DEFAULT_DEBT_CLASS = "standard"
LONGEST = 36_500
LONGEST_SCENARIO = 3 * 366
"""Days; no night is run so late that a step of this day would lie beyond the calendars."""

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


class Sender(Form):
    """Who writes a brand's letters, and where its customers pay."""

    name: Words = Field(default="", description="The company's name; the brand's name if empty.")
    address: list[Words] = Field(
        default_factory=list, max_length=6, description="Its address, line by line."
    )
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        default=None,
        description="ISO 3166 code; letters to other countries name the country they go to.",
    )
    phone: Words = Field(default="", description="Where customers call.")
    email: EmailAddress | None = Field(default=None, description="Where customers write to.")
    website: Words = Field(default="", description="Its site.")
    bank: Words = Field(default="", description="Name of the bank that customers pay to.")
    account_holder: Words = Field(
        default="", description="Whose account it is; the company's name if empty."
    )
    iban: Iban | None = Field(
        default=None,
        description="Its IBAN. Letters in euros then carry a code that banking apps scan.",
    )
    bic: Bic | None = Field(default=None, description="Its BIC, if the bank asks for it.")
    payment_details: Words = Field(
        default="", description="Where to pay to without an IBAN, such as routing and account no."
    )
    creditor_identifier: Words = Field(
        default="", description="The company's identifier for SEPA direct debits."
    )
    legal: Words = Field(
        default="", description="What the law wants at the foot: register, directors, tax number."
    )


class Brand(Form):
    """A brand: configuration and customers that are kept apart from those of other brands."""

    name: Name = Field(description="The name by which everything else refers to it; unique.")
    locale: LocaleName = Field(
        default="en_US", description="Language and country for its customers without their own."
    )
    time_zone: TimeZone = Field(default="UTC", description="Where its day begins.")
    calendar: Name = Field(default=DEFAULT_CALENDAR, description="The calendar of its actions.")
    sender: Sender = Field(
        default_factory=Sender, description="Who writes its letters, and where customers pay."
    )


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


class ActionForm(Form):
    """What every type of action has."""

    name: Name = Field(description="The name that steps use; unique.")
    brand: Name | None = Field(
        default=None, description="The brand that it belongs to; none: all brands."
    )
    description: Words = Field(default="", description="What is done, for people.")
    target: ActionTarget = Field(
        default=ActionTarget.SELF,
        description="Which bill units of a sharing group it reaches, in every scenario.",
    )


class ManualAction(ActionForm):
    """A task for the case's agent, such as a call."""

    type: Literal["manual"] = Field(description="Always so.")


class LateFee(ActionForm):
    """A fee, posted as an item due at once."""

    type: Literal["late_fee"] = Field(description="Always so.")
    currency: CurrencyCode = Field(
        description="The currency of amount and cap; others are converted at the exchange rates."
    )
    amount: Amount | None = Field(default=None, description="A fixed amount.")
    percentage: Percentage | None = Field(
        default=None, description="Percent of the overdue balance."
    )
    combine: Literal["sum", "minimum", "maximum"] = Field(
        default="sum",
        description="What counts when both are given: their sum, the smaller or the larger.",
    )
    cap: Amount | None = Field(default=None, description="The fee is never more than this.")


class FinanceCharge(ActionForm):
    """Interest, posted as an item due at once."""

    type: Literal["finance_charge"] = Field(description="Always so.")
    percentage: Percentage = Field(description="Percent of the overdue balance.")


class DunningLetter(ActionForm):
    """A letter to the customer."""

    type: Literal["dunning_letter"] = Field(description="Always so.")
    template: Name = Field(description="The template's name.")


class InvoiceReminder(ActionForm):
    """A message on the next invoice."""

    type: Literal["invoice_reminder"] = Field(description="Always so.")
    template: Name = Field(description="The template's name.")


class CollectPayment(ActionForm):
    """Collects the overdue balance through the customer's payment method."""

    type: Literal["collect_payment"] = Field(description="Always so.")


class CustomerContact(ActionForm):
    """Records a contact with the customer, and writes a letter if it has a template."""

    type: Literal["customer_contact"] = Field(description="Always so.")
    contact_class: Name = Field(default="collections", description="The contact's class.")
    contact_type: Name = Field(description="The contact's type, within its class.")
    direction: Direction = Field(default=Direction.OUTBOUND, description="Who began it.")
    channel: ContactChannel = Field(default=ContactChannel.LETTER, description="How.")
    text: Words = Field(default="", description="What the contact says.")
    template: Name | None = Field(
        default=None, description="The template of the letter that it makes; none: no letter."
    )


class AffectRating(ActionForm):
    """Adds a demerit to the customer's credit rating or cash-only score."""

    type: Literal["affect_rating"] = Field(description="Always so.")
    rating: DemeritKind = Field(description="What it counts towards.")
    points: Annotated[StrictInt, Field(ge=-1_000_000, le=1_000_000)] = Field(
        description="What is added, not 0: less than 0 lowers a credit rating; a cash-only score"
        " rises."
    )
    days: Annotated[StrictInt, Field(ge=1, le=LONGEST)] | None = Field(
        default=None, description="For how many days it counts; none: for good."
    )
    reason: Words = Field(default="", description="Why; the action's name if empty.")


class StartSeverance(ActionForm):
    """Starts to sever the service: of one service agreement, or of all of the debt class."""

    type: Literal["start_severance"] = Field(description="Always so.")
    nominate: Literal["all", "highest_arrears", "oldest", "type_order"] = Field(
        default="all",
        description="Which one agreement is severed: that with the highest arrears, that with the"
        " oldest debt, or the first type of `type_order` (all, if there is none of those types);"
        " `all`: each of them.",
    )
    type_order: list[Name] = Field(
        default_factory=list, max_length=100, description="Types of agreements, first one first."
    )


class CancelPayPlan(ActionForm):
    """Cancels the active pay plans that cover the case's debt; third parties' plans stay."""

    type: Literal["cancel_pay_plan"] = Field(description="Always so.")


class CancelBudget(ActionForm):
    """Cancels the bill unit's active budget and settles its difference."""

    type: Literal["cancel_budget"] = Field(description="Always so.")


class ToDoEntry(ActionForm):
    """Makes a to-do for the case's agent, or for whoever has the role."""

    type: Literal["to_do_entry"] = Field(description="Always so.")
    to_do_type: Name = Field(description="One of the policy's to-do types.")
    message: Words = Field(default="", description="What is to be looked at.")


class CustomAction(ActionForm):
    """Carried out by a plug-in."""

    type: Literal["custom"] = Field(description="Always so.")
    parameters: dict[Name, Words | StrictInt | StrictBool] = Field(
        default_factory=dict,
        description="Values of your own for the plug-in: texts, whole numbers, true or false.",
    )


Action = Annotated[
    ManualAction
    | LateFee
    | FinanceCharge
    | DunningLetter
    | InvoiceReminder
    | CollectPayment
    | CustomerContact
    | AffectRating
    | StartSeverance
    | CancelPayPlan
    | CancelBudget
    | ToDoEntry
    | CustomAction,
    Field(discriminator="type"),
]

ACTION_FORMS: dict[ActionType, type[ActionForm]] = {
    ActionType.MANUAL: ManualAction,
    ActionType.LATE_FEE: LateFee,
    ActionType.FINANCE_CHARGE: FinanceCharge,
    ActionType.DUNNING_LETTER: DunningLetter,
    ActionType.INVOICE_REMINDER: InvoiceReminder,
    ActionType.COLLECT_PAYMENT: CollectPayment,
    ActionType.CUSTOMER_CONTACT: CustomerContact,
    ActionType.AFFECT_RATING: AffectRating,
    ActionType.START_SEVERANCE: StartSeverance,
    ActionType.CANCEL_PAY_PLAN: CancelPayPlan,
    ActionType.CANCEL_BUDGET: CancelBudget,
    ActionType.TO_DO_ENTRY: ToDoEntry,
    ActionType.CUSTOM: CustomAction,
}
"""The types that a policy can define; the others exist as predefined actions only."""


def parameters(action: Action) -> dict[str, Any]:
    """What the action's type needs, as JSON data; a custom action's are its own values."""
    if isinstance(action, CustomAction):
        return dict(action.parameters)
    data = action.model_dump(mode="json", exclude_none=True)
    return {
        key: value for key, value in data.items() if key not in {*ActionForm.model_fields, "type"}
    }


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


class ReasonCode(Form):
    """A reason that people choose when they change something by hand."""

    category: Name = Field(description="Where it can be chosen, such as reschedule or exempt.")
    code: Name = Field(description="Unique in its brand and category.")
    brand: Name | None = Field(
        default=None, description="The brand that it belongs to; none: all brands."
    )
    labels: dict[LocaleName, Words] = Field(
        min_length=1, description="What people read, by locale."
    )


class ContactType(Form):
    """A kind of contact that people may record. With none here, they may write any."""

    contact_class: Name = Field(description="Such as collections, complaint or pay plan.")
    name: Name = Field(description="Unique in its class.")
    description: Words = Field(default="", description="When it is to be used.")


class PayPlanType(Form):
    """A kind of pay plan. A plan keeps the terms of its type on the day it was made."""

    name: Name = Field(description="Unique.")
    description: Words = Field(default="", description="What it is for.")
    debt_classes: list[Name] = Field(
        default_factory=list, description="The debt that it insulates; empty: all of it."
    )
    grace_days: Annotated[StrictInt, Field(ge=0, le=365)] = Field(
        default=0,
        description="How many days after its due date a scheduled payment may still be made before"
        " the plan is broken.",
    )
    third_party: bool = Field(
        default=False,
        description="Somebody else pays, such as a welfare office; an action that cancels pay plans"
        " leaves it alone.",
    )
    broken_points: Annotated[StrictInt, Field(ge=-1_000_000, le=1_000_000)] = Field(
        default=0,
        description="What a broken plan adds to the credit rating; less than 0 lowers it.",
    )
    broken_days: Annotated[StrictInt, Field(ge=1, le=LONGEST)] | None = Field(
        default=None, description="For how many days that counts; none: for good."
    )


class ToDoType(Form):
    """A kind of to-do, and the rule that makes it if there is one."""

    name: Name = Field(description="Unique.")
    description: Words = Field(default="", description="What is to be done.")
    role: Name = Field(description="Who works on it, unless an agent is named.")
    priority: Annotated[StrictInt, Field(ge=1, le=99)] = Field(
        default=50, description="1 comes first."
    )
    leads_to: Literal["account", "bill_unit", "case", "pay_plan", "payments", "contacts"] = Field(
        default="bill_unit", description="What a click on it shows."
    )
    events: list[Name] = Field(
        default_factory=list,
        description="Kinds of events of which the night makes one, such as pay_plan_broken,"
        " payment_returned or action_failed; empty: actions and people make it.",
    )
    rule: Condition | None = Field(
        default=None, description="What must hold of the account and bill unit of such an event."
    )


class CollectionSubstatus(Form):
    """A stage of collections that customer care is shown in place of `entered`. All that is given
    must hold; of several that hold, the most severe is shown.
    """

    name: Name = Field(description="What is shown; unique.")
    description: Words = Field(default="", description="What customer care should know about it.")
    severity: Annotated[StrictInt, Field(ge=1, le=99)] = Field(
        description="1 is the most severe; among equals, the name decides."
    )
    from_days: Annotated[StrictInt, Field(ge=0, le=LONGEST)] = Field(
        default=0, description="From this many days after the entry date on."
    )
    scenarios: list[Name] = Field(
        default_factory=list, description="In one of these scenarios; empty: in any."
    )
    actions: list[Name] = Field(
        default_factory=list,
        description="Once one of these actions has been completed, or one of `action_types`.",
    )
    action_types: list[ActionType] = Field(
        default_factory=list,
        description="Once an action of one of these types has been completed, or one of `actions`.",
    )


class Agency(Form):
    """A debt collections agency that cases are referred to."""

    name: Name = Field(description="Unique in its brand.")
    brand: Name = Field(default=DEFAULT_BRAND, description="The brand that it works for.")
    email: Words | None = Field(default=None, description="Where it is written to.")


class Agent(Form):
    """A person who works on cases."""

    name: Name = Field(description="Unique.")
    role: Literal["agent", "manager"] = Field(
        default="agent", description="A manager oversees agents."
    )
    supervisor: Name | None = Field(
        default=None, description="The manager who oversees this agent and sees the tasks."
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
