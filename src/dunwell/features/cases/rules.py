"""What may be done with an action by hand: the manual's rules, as pure functions over its facts.

Each refusal carries the name of its rule. The rules bite only while dependencies between actions
are switched on; without them an open action may be completed or cancelled at will.
"""

from dataclasses import dataclass

from dunwell.domain.errors import RuleViolation
from dunwell.domain.statuses import ActionStatus, ActionType

_OPEN = (ActionStatus.PENDING, ActionStatus.WAITING, ActionStatus.ERROR)


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What the rules ask about an action."""

    name: str
    type: str
    status: str
    mandatory: bool
    dependencies: bool
    """Whether actions wait for each other (the setting `action_dependencies`)."""


def may_complete(action: ActionFacts) -> None:
    """Raise RuleViolation unless a person may complete the action."""
    _must_be_open(action, "completed")
    if not action.dependencies:
        return
    _must_not_wait(action, "completed")
    if action.mandatory and action.type != ActionType.MANUAL:
        raise RuleViolation(
            "mandatory_system_action",
            f"{action.name!r} is a mandatory system action: the night performs it. Retry it if"
            f" it failed.",
        )


def may_cancel(action: ActionFacts) -> None:
    """Raise RuleViolation unless a person may cancel the action."""
    _must_be_open(action, "cancelled")
    if not action.dependencies:
        return
    _must_not_wait(action, "cancelled")
    if action.mandatory:
        raise RuleViolation(
            "mandatory_action",
            f"{action.name!r} is mandatory and can't be cancelled while actions depend on each"
            f" other; complete it instead.",
        )


def _must_be_open(action: ActionFacts, verb: str) -> None:
    if action.status not in _OPEN:
        raise RuleViolation(
            "action_closed",
            f"{action.name!r} is {action.status} and can't be {verb} any more.",
        )


def _must_not_wait(action: ActionFacts, verb: str) -> None:
    if action.status == ActionStatus.WAITING:
        raise RuleViolation(
            "action_waiting",
            f"{action.name!r} waits for the actions before it and can't be {verb}; complete or"
            f" cancel those first.",
        )
