"""Entering collections, and changing to a scenario that fits better."""

from collections import Counter
from contextlib import nullcontext

from dunwell.db import planner, statements
from dunwell.domain.errors import BadInput
from dunwell.features.cases import by_agreement, leaving
from dunwell.features.receivables.work import Work

_ENTER = statements.load(__package__, "enter.sql")

SCENARIO_STEPS = "scenario_step"
EDITED_STEPS = """(
    select
        %(scenario_id)s::int as scenario_id, given.step, given.offset_days, given.mandatory,
        given.action_definition_id
    from jsonb_to_recordset(%(steps)s::jsonb) as given (
        step smallint, offset_days int, mandatory boolean, action_definition_id int
    )
)"""
"""A schedule's steps: the scenario's own, or those that a person edited."""


def choose(work: Work, *, few: bool = True) -> int:
    """Find the best scenario of every bill unit that may enter or change; how many were chosen.

    Profile by the policy's rules, scenario by amounts, days, extra criteria and rank. Of a `few`
    the customers are looked up one by one; the planner would rather pass over all of the slice's.
    """
    with planner.without(work.connection, "hashjoin", "mergejoin") if few else nullcontext():
        if not work.fill("candidate", _ENTER["candidates"]):
            return 0
        select_profiles(work)
    if not work.fill("offer", _ENTER["offers"]):
        return 0
    for refused in work.hooks.valid_scenarios(batch=work.batch("offer")):
        work.run(_ENTER["refuse_offers"], refused=list(refused))
    chosen = work.fill("entry", _ENTER["choose"])
    if chosen and work.parameters["experiments"] is not None:
        work.run(_ENTER["assign_arms"])
    return chosen


def select_profiles(work: Work) -> None:
    """The profile of each candidate, by the policy's rules and then the plug-ins."""
    for profiles in work.hooks.select_profile(batch=work.batch("candidate")):
        for no, name in profiles.items():
            if not work.count(_ENTER["override_profile"], no=no, profile=name):
                raise BadInput(
                    f"A plug-in chose the profile {name!r}, which the bill unit's brand doesn't"
                    f" have in its currency."
                )


def replace(work: Work) -> Counter[str]:
    """End the cases whose scenario no longer fits best; their successors are among the chosen."""
    return leaving.close(work) if work.fill("closed_case", _ENTER["replace"]) else Counter()


def enter(work: Work, steps: str = SCENARIO_STEPS) -> None:
    """Open the chosen cases with their schedules."""
    work.fragments["steps"] = steps
    for agents in work.hooks.assign_agent(batch=work.batch("entry")):
        for no, name in agents.items():
            if not work.count(_ENTER["assign_agent"], no=no, agent=name):
                raise BadInput(f"A plug-in assigned the agent {name!r}, whom the policy lacks.")
    for name in ("open_cases", "schedule"):
        work.run(_ENTER[name])
    by_agreement.join(work)
