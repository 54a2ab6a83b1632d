"""The current policy as SQL: who belongs to which profile, and whose extra criteria hold.

The night puts these expressions into its statements' fragments, over the aliases `account`,
`bill_unit` and `scenario`; `explain` shows each criterion's value and answer by the same means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements
from dunwell.domain import conditions, stored_conditions
from dunwell.domain.conditions import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Holds,
    Leaf,
    Missing,
    Not,
    OneOf,
)
from dunwell.features.policy import expressions


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion as `explain` shows it: the sentence, its value and whether it holds."""

    # `account.credit_score < 500`; `not: …` where the condition demands the contrary
    text: str
    # text, null when missing, over the aliases `account` and `bill_unit`
    value_expression: str
    # boolean and never null: unknown counts as false
    expression: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """The policy in force, compiled; every expression may hold `%(business_date)s`."""

    version_id: int
    # the id of the bill unit's profile, null if it has none
    profile_expression: str
    # do the extra criteria of the row `scenario` hold? Never null
    criteria_expression: str
    # has any current scenario extra criteria, so that cases may be replaced?
    has_criteria: bool
    # can a rule or criterion change its answer overnight while the data stay the same?
    compares_with_today: bool
    # can a demerit change the answer of a rule or criterion?
    asks_for_ratings: bool
    # do the rules of the row `todo_type` hold? Never null
    to_do_expression: str
    # the kinds of the log that make to-dos
    to_do_kinds: tuple[str, ...]
    scenario_conditions: Mapping[int, Condition]
    profile_conditions: Mapping[int, Condition]

    def criteria(self, scenario_id: int) -> list[CriterionLine]:
        """The scenario's extra criteria, one line for each comparison."""
        tree = self.scenario_conditions.get(scenario_id)
        return [] if tree is None else lines(tree)

    def rule(self, profile_id: int) -> list[CriterionLine]:
        """The profile's rule, one line for each comparison."""
        tree = self.profile_conditions.get(profile_id)
        return [] if tree is None else lines(tree)


def read(connection: psycopg.Connection[TupleRow]) -> Compiled:
    """Compile the policy that is in force."""
    sql = statements.load(__package__, "compiled.sql")
    profiles = sql["profiles"].run(connection).fetchall()
    scenarios = {
        scenario_id: stored_conditions.from_data(criteria)
        for scenario_id, criteria in sql["scenario_criteria"].run(connection)
    }
    rules = {
        profile_id: stored_conditions.from_data(rule)
        for profile_id, _, _, rule in profiles
        if rule is not None
    }
    to_dos = sql["to_do_rules"].run(connection).fetchall()
    to_do_rules = {
        type_id: stored_conditions.from_data(rule)
        for type_id, _, rule in to_dos
        if rule is not None
    }
    row = sql["current_version"].run(connection).fetchone()
    assert row is not None
    return Compiled(
        version_id=row[0],
        profile_expression=_profile_expression(profiles, rules),
        criteria_expression=_criteria_expression(scenarios),
        has_criteria=bool(scenarios),
        compares_with_today=any(
            map(conditions.compares_with_today, [*rules.values(), *scenarios.values()])
        ),
        asks_for_ratings=any(
            map(conditions.asks_for_ratings, [*rules.values(), *scenarios.values()])
        ),
        to_do_expression=_cases("todo_type.id", to_do_rules),
        to_do_kinds=tuple(sorted({kind for _, kinds, _ in to_dos for kind in _logged(kinds)})),
        scenario_conditions=scenarios,
        profile_conditions=rules,
    )


def _profile_expression(profiles: list[Any], rules: Mapping[int, Condition]) -> str:
    branches = []
    for profile_id, brand_id, currency, _ in profiles:
        demands = [
            f"account.brand_id = {brand_id}",
            f"bill_unit.currency = {expressions.quote(currency)}",
        ]
        if profile_id in rules:
            demands.append(expressions.condition(rules[profile_id]))
        branches.append(f"when {' and '.join(demands)} then {profile_id}")
    return f"(case {' '.join(branches)} end)" if branches else "null::integer"


def _criteria_expression(scenarios: Mapping[int, Condition]) -> str:
    return _cases("scenario.id", scenarios)


def _cases(column: str, trees: Mapping[int, Condition]) -> str:
    """Whether the condition of the row holds; a row without one has none to fail."""
    if not trees:
        return "true"
    branches = " ".join(
        f"when {number} then coalesce({expressions.condition(tree)}, false)"
        for number, tree in trees.items()
    )
    return f"(case {column} {branches} else true end)"


def _logged(kinds: list[str]) -> list[str]:
    """A failed action is told by the event of its case."""
    return ["actions_performed" if kind == "action_failed" else kind for kind in kinds]


def lines(tree: Condition) -> list[CriterionLine]:
    """A line for each comparison of the tree; under a `not` its contrary."""
    match tree:
        case All(parts) | AnyOf(parts):
            return [line for part in parts for line in lines(part)]
        case Not(part):
            return _contrary(part)
        case Holds(part):
            return lines(part)
        case _:
            return [_line(tree, tree, str(tree))]


def _contrary(tree: Condition) -> list[CriterionLine]:
    match tree:
        case All(parts) | AnyOf(parts):
            return [line for part in parts for line in _contrary(part)]
        case Not(part):
            return lines(part)
        case Holds(All(parts) | AnyOf(parts)):
            return [line for part in parts for line in _contrary(Holds(part))]
        case Holds(Comparison() | OneOf() | Missing() as part):
            # what is unknown doesn't hold either
            return [_line(part, Not(tree), f"not: {part}")]
        case Holds(part):
            return _contrary(part)
        case _:
            return [_line(tree, Not(tree), f"not: {tree}")]


def _line(leaf: Leaf, asked: Condition, text: str) -> CriterionLine:
    return CriterionLine(
        text,
        f"({expressions.value(leaf.operand)})::text",
        f"coalesce({expressions.condition(asked)}, false)",
    )
