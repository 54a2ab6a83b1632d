"""What people work with: reasons, types of contacts, pay plans and to-dos, what customer care is
shown, agencies, agents.
"""

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from dunwell.domain.statuses import ActionType
from dunwell.features.policy.criteria import Condition, Form
from dunwell.features.policy.values import DEFAULT_BRAND, LONGEST, LocaleName, Name, Words


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
    leads_to: Literal[
        "account", "bill_unit", "case", "severance", "pay_plan", "payments", "contacts"
    ] = Field(default="bill_unit", description="What a click on it shows.")
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
