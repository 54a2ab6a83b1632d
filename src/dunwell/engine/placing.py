"""Placing a bill unit into a scenario by hand, and replacing the scenario of its case.

The night's statements open, close and schedule; only the choice is a person's. A scenario that a
person named stays: the night doesn't replace it by one that it would have chosen.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.handles import Handle
from dunwell.domain.statuses import ActionType, DayUnit
from dunwell.engine import one_bill_unit
from dunwell.engine.explain import explain_to
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import desk, entering, states
from dunwell.features.cases.desk import Desk
from dunwell.features.cases.states import CaseState
from dunwell.features.policy import reasons, values
from dunwell.features.policy.forms.scenarios import DEFAULT_DEBT_CLASS, LONGEST_SCENARIO
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables import measuring
from dunwell.features.receivables.bill_units import find, own
from dunwell.features.receivables.work import Work

_PLACING = statements.load(__package__, "placing.sql")

MOST_STEPS = 500


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scenario as a person edited it."""

    day: int | None
    """After today, in the scenario's days; none: the date is given instead."""
    action: str
    mandatory: bool = True
    due_on: dt.date | None = None
    """The day itself, in a scenario of calendar days."""


@dataclass(frozen=True, slots=True)
class ScenarioOffer:
    """A scenario of a bill unit's profile, and whether it would fit today."""

    scenario: str
    debt_class: str
    severity: int
    valid: bool
    chosen: bool
    """The night would choose it."""
    criteria: tuple[Mapping[str, Any], ...]
    """Why: each criterion with `value`, `threshold` and whether it `holds`."""


def scenario_offers(operation: Operation, bill_unit_no: str) -> tuple[ScenarioOffer, ...]:
    """Every scenario of the bill unit's profile in the order of choice, with what speaks for and
    against it; the valid ones are `valid`. Raises NotFound.
    Manual: PCM_OP_COLLECTIONS_GET_VALID_SCENARIOS.
    """
    operation.actor.require(Permission.VIEW)
    find(operation, bill_unit_no)
    told = explain_to(operation.connection, operation.hooks, bill_unit_no, operation.date)
    return tuple(
        ScenarioOffer(**{**offer, "criteria": tuple(offer["criteria"])})
        for offer in told.as_json()["scenarios"]
    )


def replace_scenario(
    operation: Operation,
    case: str,
    scenario: str | None = None,
    *,
    reason: str,
    note: str | None = None,
    expected_version: int | None = None,
) -> CaseState:
    """Close a case as replaced and open one in another scenario today: the given one, or the best
    valid one. Its agent stays. The new case is the answer.

    Raises NotFound, RuleViolation, Conflict. Manual: PCM_OP_COLLECTIONS_REPLACE_SCENARIO.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    at = Desk.at_case(
        operation,
        case,
        category=Category.REPLACE,
        reason=reason,
        note=note,
        expected_version=expected_version,
    )
    account_id, before = at.before.handle.account_id, at.before
    work = _measured(operation, account_id, before.bill_unit_id, before.handle.id)
    work.run(_PLACING["keep_own_debt"], debt_class=before.debt_class)
    if scenario is None:
        # the best one is asked for also where a person's choice would keep its case
        work.run(_PLACING["free_to_choose"], case_id=before.handle.id)
        if not entering.choose(work):
            raise RuleViolation(
                "no_other_scenario",
                f"No other scenario fits the bill unit {before.bill_unit_no!r} better today; name"
                f" one to put it there anyway.",
            )
    else:
        row = _scenario(work, before.brand_id, scenario, before.debt_class)
        if scenario == before.scenario:
            raise RuleViolation("same_scenario", f"The case is in {scenario!r} already.")
        _place(work, row, before.bill_unit_no)
    entering.replace(work)
    opened = _open(operation, work, entering.SCENARIO_STEPS)
    desk.log(
        _at(work, opened),
        "scenario_replaced",
        **{"from": before.scenario, "to": opened.scenario},
        reason=reason,
        **({"note": note} if note else {}),
    )
    return opened


def place_in_scenario(
    operation: Operation,
    bill_unit_no: str,
    scenario: str,
    *,
    reason: str,
    note: str | None = None,
    steps: Sequence[Step] | None = None,
    debt_class: str = DEFAULT_DEBT_CLASS,
    agreements: Sequence[str] | None = None,
) -> CaseState:
    """Put a bill unit that isn't in collections into a scenario today, whether its criteria hold
    or not; with `steps`, these are done instead of the scenario's; with `agreements`, the case is
    about these service agreements alone.

    Raises NotFound, BadInput, RuleViolation.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    bill_unit = own(operation, bill_unit_no)
    reasons.check(operation, bill_unit.brand_id, Category.PLACE, reason)
    work = _measured(operation, bill_unit.account_id, bill_unit.id, None)
    row = _scenario(work, bill_unit.brand_id, scenario, debt_class)
    work.run(_PLACING["keep_own_debt"], debt_class=debt_class)
    ((cases,),) = work.run(_PLACING["open_cases"], debt_class=debt_class).fetchall()
    if cases:
        raise RuleViolation(
            "in_collections",
            f"The bill unit {bill_unit_no!r} is in collections already; replace its scenario.",
        )
    _place(work, row, bill_unit_no)
    edited = entering.SCENARIO_STEPS
    if steps is not None:
        work.parameters = {
            **work.parameters,
            "scenario_id": row["id"],
            "steps": Jsonb(_checked(work, bill_unit.brand_id, _dated(operation, row, steps))),
        }
        edited = entering.EDITED_STEPS
    if agreements is not None:
        _choose_agreements(work, agreements)
    opened = _open(operation, work, edited)
    if agreements is not None:
        _check_agreements(work, opened, agreements)
    desk.log(
        _at(work, opened),
        "placed_in_scenario",
        scenario=opened.scenario,
        edited=steps is not None,
        reason=reason,
        **({"note": note} if note else {}),
    )
    return opened


def _measured(
    operation: Operation, account_id: int, bill_unit_id: int, case_id: int | None
) -> Work:
    return one_bill_unit.measured(
        operation,
        account_id,
        bill_unit_id,
        case_id=case_id,
        cases_replaced=True,
        # a person may place what no scenario's amounts and days would let in
        least_entry_amount=0,
        least_entry_days=0,
    )


def _scenario(work: Work, brand_id: int, name: str, debt_class: str) -> dict[str, Any]:
    given = {**work.parameters, "brand_id": brand_id, "scenario": name, "debt_class": debt_class}
    with work.connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_PLACING["scenario"].render(), given).fetchone()
    if row is None:
        raise NotFound(
            f"There is no scenario {name!r} for debt class {debt_class!r} in this brand and in the"
            f" bill unit's currency."
        )
    return row


def _place(work: Work, scenario: Mapping[str, Any], bill_unit_no: str) -> None:
    facts = work.run(_PLACING["facts"]).fetchone()
    overdue, exempt, held, member = facts or (Decimal(0), False, False, False)
    if overdue <= scenario["exit_amount"]:
        currency = values.currency(scenario["currency"])
        owed, left_at = currency.text(overdue), currency.text(scenario["exit_amount"])
        raise RuleViolation(
            "nothing_to_collect",
            f"The bill unit {bill_unit_no!r} owes {owed} {currency.code} overdue, and"
            f" {scenario['name']!r} is left at {left_at} or less.",
        )
    for stands_in_the_way, rule, remedy in (
        (exempt, "exempt", "is exempt from collections; lift the exemption first"),
        (held, "on_hold", "is on hold; lift the hold first"),
        (member, "member", "is a member of a sharing group, whose parent is chased for it"),
    ):
        if stands_in_the_way:
            raise RuleViolation(rule, f"The bill unit {bill_unit_no!r} {remedy}.")
    work.run(_PLACING["place"], scenario_id=scenario["id"])


def _choose_agreements(work: Work, numbers: Sequence[str]) -> None:
    """The case that will open is about these agreements."""
    rows = work.run(_PLACING["agreements"], numbers=list(numbers)).fetchall()
    work.parameters = {**work.parameters, "chosen_agreements": [number for (number,) in rows]}


def _check_agreements(work: Work, opened: CaseState, numbers: Sequence[str]) -> None:
    """Refuse agreements that the opened case couldn't take. Raises RuleViolation."""
    rows = work.run(_PLACING["taken_agreements"], case_id=opened.handle.id).fetchall()
    missing = sorted(set(numbers) - {number for (number,) in rows})
    if missing or not numbers:
        raise RuleViolation(
            "nothing_to_collect",
            f"{', '.join(map(repr, missing)) or 'No agreement'} can't be in a case for"
            f" {opened.debt_class!r}: it must be an agreement of the bill unit that owes more than"
            " its threshold overdue in this debt class, and the class be chased by agreement.",
        )


def _dated(operation: Operation, scenario: Mapping[str, Any], steps: Sequence[Step]) -> list[Step]:
    """The steps with their days counted, where the day itself was given. Raises BadInput."""
    counted = []
    for step in steps:
        if (step.day is None) == (step.due_on is None):
            raise BadInput(f"{step.action!r} needs either a day or a date, not both or neither.")
        if step.due_on is not None and scenario["day_unit"] != DayUnit.CALENDAR:
            raise BadInput(
                f"{step.action!r} has a date, but {scenario['name']!r} counts working days; give"
                " the number of days."
            )
        day = step.day if step.due_on is None else (step.due_on - operation.date).days
        counted.append(replace(step, day=day))
    return counted


def _checked(work: Work, brand_id: int, steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The edited steps by number, with their definitions. Raises BadInput, NotFound."""
    if not 1 <= len(steps) <= MOST_STEPS:
        raise BadInput(f"A case has 1 to {MOST_STEPS} steps, not {len(steps)}.")
    found = {
        name: (number, kind)
        for name, number, kind in work.run(
            _PLACING["definitions"], brand_id=brand_id, names=[step.action for step in steps]
        )
    }
    for step in steps:
        if step.action not in found:
            raise NotFound(f"The policy has no action {step.action!r} for this brand.")
        if not 1 <= (step.day or 0) <= LONGEST_SCENARIO:
            raise BadInput(
                f"{step.action!r} is on day {step.day}; days count from 1 to {LONGEST_SCENARIO}."
            )
    ordered = sorted(steps, key=lambda step: step.day or 0)
    kinds = [found[step.action][1] for step in ordered]
    inactivate, write_off = ActionType.INACTIVATE, ActionType.WRITE_OFF
    if inactivate in kinds and write_off in kinds[kinds.index(inactivate) :]:
        raise RuleViolation(
            "write_off_first",
            "The write-off comes after the inactivation; put the write-off first.",
        )
    return [
        {
            "step": number,
            "offset_days": step.day,
            "mandatory": step.mandatory,
            "action_definition_id": found[step.action][0],
        }
        for number, step in enumerate(ordered, start=1)
    ]


def _open(operation: Operation, work: Work, steps: str) -> CaseState:
    entering.enter(work, steps)
    measuring.store(work)
    ((account_id, case_id),) = work.run(_PLACING["opened"]).fetchall()
    one_bill_unit.forget(work)
    opened = states.read(operation.connection, Handle(account_id, case_id))
    assert opened is not None
    return opened


def _at(work: Work, opened: CaseState) -> Work:
    work.parameters = {**work.parameters, "case_id": opened.handle.id}
    return work
