"""Eligibility: conditions asked in the order of their priority; the first that holds decides which
scenarios a bill unit is eligible for.

The night knows nothing of it: `demand` turns it into extra criteria of the scenarios, so that it
costs what criteria cost and `explain` shows it line by line.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from dunwell.domain import conditions
from dunwell.domain.conditions import All, AnyOf, Comparison, Holds, Not, Operand, Operator
from dunwell.features.policy import criteria
from dunwell.features.policy.criteria import Condition, Criterion, Form
from dunwell.features.policy.values import Name

Shipped = Literal[
    "billed_for_others", "on_budget", "low_credit_rating", "broken_pay_plan", "always"
]
SHIPPED: tuple[str, ...] = get_args(Shipped)

_FLAGS = {
    "billed_for_others": "bill_unit.bills_for_others",
    "on_budget": "bill_unit.on_budget",
    "broken_pay_plan": "bill_unit.broken_pay_plan",
}


class Eligibility(Form):
    """One condition, and the scenarios of those for whom it is the first that holds."""

    name: Name = Field(description="Unique.")
    brand: Name = Field(default="default", description="The brand whose scenarios it governs.")
    priority: int = Field(
        ge=10, le=90, description="10 is asked first, 90 last; among equals the order of the file."
    )
    when: Shipped | None = Field(
        default=None,
        description="One of the conditions that come with Dunwell: a third party's service is"
        " billed, a budget is active, the credit rating is below `credit_rating_threshold`, a pay"
        " plan was broken, always.",
    )
    condition: Condition | None = Field(
        default=None, description="Instead of `when`: a condition of your own."
    )
    jurisdiction: Name | None = Field(
        default=None, description="Asked only for accounts of this jurisdiction."
    )
    customer_class: Name | None = Field(
        default=None, description="Asked only for accounts of this customer class."
    )
    debt_class: Name | None = Field(
        default=None, description="Asked only for this debt; none: for all debt classes."
    )
    scenarios: list[Name] = Field(
        default_factory=list,
        description="The scenarios that are tried then. A scenario that is named by any"
        " eligibility is for nobody else; one that none names is for everybody. Empty: nobody"
        " for whom this holds enters a scenario that another eligibility names.",
    )

    @model_validator(mode="after")
    def _asks_one_question(self) -> Self:
        if (self.when is None) == (self.condition is None):
            raise ValueError("give either `when` or a condition")
        return self


def in_order(entries: Iterable[Eligibility]) -> list[Eligibility]:
    """In the order in which they are asked."""
    return sorted(entries, key=lambda entry: entry.priority)


def demand(
    entries: Sequence[Eligibility],
    scenario: tuple[str, str, str],
    known: Mapping[str, Criterion],
    credit_rating_threshold: int,
) -> conditions.Condition | None:
    """What a scenario (its brand, name and debt class) demands because of eligibility; nothing, if
    no entry names it. Raises ValueError for a condition that means nothing.
    """
    brand, name, debt_class = scenario
    asked = [
        (entry, _holds(entry, known, credit_rating_threshold))
        for entry in in_order(entries)
        if entry.brand == brand and entry.debt_class in {None, debt_class}
    ]
    if not any(entry.brand == brand and name in entry.scenarios for entry in entries):
        return None
    branches: list[conditions.Condition] = []
    before: list[conditions.Condition] = []
    for entry, holds in asked:
        if name in entry.scenarios:
            branches.append(All((holds, *(Not(each) for each in before))))
        before.append(holds)
    return branches[0] if len(branches) == 1 else AnyOf(tuple(branches))


def _holds(
    entry: Eligibility, known: Mapping[str, Criterion], credit_rating_threshold: int
) -> Holds:
    """Whether the entry applies: its control group and its condition. What is unknown doesn't."""
    parts = [
        Comparison(Operand(f"account.{field}"), Operator.EQUAL, value)
        for field, value in (
            ("jurisdiction", entry.jurisdiction),
            ("customer_class", entry.customer_class),
        )
        if value is not None
    ]
    asked = (
        criteria.resolve(entry.condition, known)
        if entry.condition is not None
        else _shipped(entry.when or "always", credit_rating_threshold)
    )
    return Holds(All((*parts, asked)))


def _shipped(name: str, credit_rating_threshold: int) -> conditions.Condition:
    if name in _FLAGS:
        field = _FLAGS[name]
        return Comparison(Operand(field, conditions.COLUMNS[field]), Operator.EQUAL, "true")
    if name == "low_credit_rating":
        rating = Operand("account.credit_rating", conditions.ValueType.INTEGER)
        return Comparison(rating, Operator.LESS, Decimal(credit_rating_threshold))
    return All(())
