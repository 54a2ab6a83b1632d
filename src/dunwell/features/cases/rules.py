"""What may be done with an action by hand: the manual's rules, as pure functions over its facts.

Each refusal carries the name of its rule. Some rules bite only while dependencies between actions
are switched on; without them an open action may be completed or cancelled at will.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dunwell.domain.errors import BadInput, Forbidden, RuleViolation
from dunwell.domain.statuses import OPEN_ACTIONS, ActionStatus, ActionType

LONGEST_POSTPONEMENT = 3 * 366
"""Days: nothing is moved further into the future than the longest scenario reaches."""


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What the rules ask about an action."""

    name: str
    type: str
    status: str
    mandatory: bool
    dependencies: bool
    """Whether actions wait for each other (the setting `action_dependencies`)."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A completed or cancelled action of the case."""

    status: str
    due_on: dt.date
    closed_on: dt.date

    @property
    def day(self) -> dt.date:
        """Its place in the schedule: what was done stands on the day when it was done, what was
        cancelled on the day when it would have been due.
        """
        return self.closed_on if self.status == ActionStatus.COMPLETED else self.due_on


def may_complete(action: ActionFacts) -> None:
    """Raise RuleViolation unless a person may complete the action."""
    must_be_open(action, "completed")
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
    must_be_open(action, "cancelled")
    if not action.dependencies:
        return
    _must_not_wait(action, "cancelled")
    if action.mandatory:
        raise RuleViolation(
            "mandatory_action",
            f"{action.name!r} is mandatory and can't be cancelled while actions depend on each"
            f" other; complete it instead.",
        )


def may_retry(action: ActionFacts) -> None:
    """Raise RuleViolation unless the action failed."""
    if action.status != ActionStatus.ERROR:
        raise RuleViolation(
            "action_not_failed",
            f"{action.name!r} is {action.status}; only an action in error can be retried.",
        )


def may_execute(
    action: ActionFacts, due_on: dt.date, *, today: dt.date, in_hold: bool, on_list: bool
) -> None:
    """Raise RuleViolation unless the action can be performed now: due, pending, the system's."""
    must_be_open(action, "executed")
    if action.type == ActionType.MANUAL:
        raise RuleViolation(
            "manual_action",
            f"{action.name!r} is a person's work; complete it when it is done.",
        )
    if action.status == ActionStatus.ERROR:
        raise RuleViolation("action_failed", f"{action.name!r} failed; retry it, then execute it.")
    _must_not_wait(action, "executed")
    if due_on > today or on_list:
        raise RuleViolation(
            "action_not_due",
            f"{action.name!r} is due on {due_on}; reschedule it to {today} to execute it now.",
        )
    if in_hold:
        raise RuleViolation(
            "on_hold", f"{action.name!r} can't be executed while its bill unit is on hold."
        )


def may_reschedule(
    name: str,
    made_by: str | None,
    assigned: str | None,
    *,
    actor: str,
    agent: str | None,
    is_manager: bool,
) -> None:
    """Only the assigned agent, whoever made the action, or a manager. Raises Forbidden."""
    if is_manager or made_by == actor or (agent is not None and agent == assigned):
        return
    raise Forbidden(
        f"{name!r} can be rescheduled only by the agent it is assigned to ({assigned or 'nobody'}),"
        f" by whoever made it ({made_by or 'the scenario'}), or by a manager; {actor} is neither."
    )


def may_be_due(
    name: str,
    due_on: dt.date,
    *,
    today: dt.date,
    dependencies: bool,
    closed: Iterable[Closed],
    pending_dates: Sequence[dt.date],
) -> None:
    """Where a person may put an action: not in the past and, under dependencies, not before,
    between or on the day of completed or cancelled actions; the date of what is pending will do.
    Raises RuleViolation.
    """
    if due_on < today:
        raise RuleViolation("date_in_past", f"{name!r} can't be due on {due_on}: today is {today}.")
    if (due_on - today).days > LONGEST_POSTPONEMENT:
        raise BadInput(
            f"{due_on} is too far away for {name!r}: at most {LONGEST_POSTPONEMENT} days from"
            f" today, {today}."
        )
    if not dependencies or due_on in pending_dates:
        return
    last = max((action.day for action in closed), default=None)
    if last is not None and due_on <= last:
        raise RuleViolation(
            "before_closed_action",
            f"{name!r} can't be due on {due_on}: while actions depend on each other, nothing is put"
            f" before, between or on the day of completed or cancelled actions, the last of which"
            f" is on {last}. Give a later day.",
        )


def check_followers(days: int) -> None:
    """How actions that follow move: 0 not at all, n by n days, negative: cancelled."""
    if days > LONGEST_POSTPONEMENT:
        raise BadInput(
            f"Actions can be postponed by at most {LONGEST_POSTPONEMENT} days, not {days}."
        )


def must_be_open(action: ActionFacts, verb: str) -> None:
    """Raise RuleViolation if the action is completed or cancelled."""
    if action.status not in OPEN_ACTIONS:
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
