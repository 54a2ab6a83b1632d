"""What would come of a verb: it is done, the case is looked at, and all of it is taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dunwell.domain.errors import DunwellError
from dunwell.features.cases import queries
from dunwell.features.cases.states import ActionState, CaseState
from dunwell.web.caller import Caller
from dunwell.web.refusals import told
from dunwell.web.verbs.verb import Asked, Of, Verb


@dataclass(frozen=True, slots=True)
class Moved:
    """What would become of an action: from where, to where."""

    action: ActionState
    was: ActionState | None


@dataclass(frozen=True, slots=True)
class Foresight:
    """What would change, or what forbids it; nothing is known while the form says too little."""

    moved: list[Moved] | None = None
    hindrance: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def foresee(caller: Caller, verb: Verb, given: Any, **pointed_at: Any) -> Foresight:
    """Do it and take it back."""
    try:
        with caller.preview() as operation:
            asked = Asked(operation, **pointed_at)
            before = asked.case
            verb.do(asked, given)
            after = queries.case_state(operation, str(before.handle))
            more = verb.outcome(asked)
    except DunwellError as failure:
        return Foresight(hindrance=told(failure.message))
    found = moves(before, after)
    if verb.of is Of.ACTION:
        found = [each for each in found if not _is_itself(each, asked.action)]
    return Foresight(found, None, more)


def _is_itself(moved: Moved, action: ActionState) -> bool:
    """What becomes of the action itself is what the form is about, unless it is its day."""
    return moved.action.handle == action.handle and moved.action.due_on == action.due_on


def moves(before: CaseState, after: CaseState) -> list[Moved]:
    """The actions of a case whose day or status isn't what it was; new instalments are shown as a
    schedule.
    """
    was = {each.handle: each for each in before.actions}
    return [
        Moved(each, was.get(each.handle))
        for each in after.actions
        if _differs(each, was.get(each.handle))
        and not (each.is_instalment and each.handle not in was)
    ]


def _differs(now: ActionState, was: ActionState | None) -> bool:
    return was is None or (now.due_on, now.status) != (was.due_on, was.status)
