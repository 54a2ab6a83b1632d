"""Actions: what a step does, and what each type needs to know for it."""

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt

from dunwell.domain.statuses import ActionTarget, ActionType, ContactChannel, DemeritKind, Direction
from dunwell.features.policy.criteria import Form
from dunwell.features.policy.values import LONGEST, Amount, CurrencyCode, Name, Percentage, Words


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
