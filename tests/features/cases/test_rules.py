"""What may be done with an action by hand: the manual's rules."""

from itertools import product

import pytest

from dunwell.domain.errors import RuleViolation
from dunwell.domain.statuses import ActionStatus, ActionType
from dunwell.features.cases.rules import ActionFacts, may_cancel, may_complete

OPEN = ("pending", "waiting", "error")


def facts(
    status: str = "pending",
    kind: str = "manual",
    *,
    mandatory: bool = True,
    dependencies: bool = True,
) -> ActionFacts:
    return ActionFacts("the call", kind, status, mandatory, dependencies)


@pytest.mark.parametrize("dependencies", [True, False])
@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_what_is_closed_stays_closed(status: str, dependencies: bool):
    for rule in (may_complete, may_cancel):
        with pytest.raises(RuleViolation, match=f"'the call' is {status}") as refused:
            rule(facts(status, dependencies=dependencies))
        assert refused.value.rule == "action_closed"


def test_a_waiting_action_can_be_neither_completed_nor_cancelled():
    for rule in (may_complete, may_cancel):
        with pytest.raises(RuleViolation) as refused:
            rule(facts("waiting", mandatory=False))
        assert refused.value.rule == "action_waiting"


@pytest.mark.parametrize("status", ["pending", "error"])
def test_a_mandatory_action_cannot_be_cancelled(status: str):
    with pytest.raises(RuleViolation, match="complete it instead") as refused:
        may_cancel(facts(status))
    assert refused.value.rule == "mandatory_action"
    may_cancel(facts(status, mandatory=False))


@pytest.mark.parametrize("kind", [kind for kind in ActionType if kind != ActionType.MANUAL])
def test_a_mandatory_system_action_is_completed_by_the_night_alone(kind: str):
    with pytest.raises(RuleViolation, match="Retry it") as refused:
        may_complete(facts(kind=kind))
    assert refused.value.rule == "mandatory_system_action"
    may_complete(facts(kind=kind, mandatory=False))


def test_a_mandatory_manual_action_is_completed_by_hand():
    may_complete(facts())


def test_without_dependencies_every_open_action_may_be_completed_or_cancelled():
    for status, kind, mandatory in product(OPEN, ActionType, (True, False)):
        found = facts(status, kind, mandatory=mandatory, dependencies=False)
        may_complete(found)
        may_cancel(found)


def test_every_status_is_open_or_closed():
    assert {*OPEN, "completed", "cancelled"} == set(ActionStatus)
