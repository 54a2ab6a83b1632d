"""What is done to the actions of a case by hand: complete, cancel, reschedule, retry, execute, add;
an instalment of a promise is such an action, too, though another service keeps it.
"""

import datetime as dt
from typing import Annotated, Any

from pydantic import Field as Bounds

from dunwell.domain.statuses import ActionStatus, ActionType
from dunwell.engine import executing
from dunwell.features.access.actor import Actor, Permission
from dunwell.features.cases import closing, scheduling
from dunwell.features.cases.rules import LONGEST_POSTPONEMENT
from dunwell.features.policy import queries as policies
from dunwell.features.policy import settings
from dunwell.features.policy.installation import PREDEFINED_ACTIONS
from dunwell.features.policy.queries import ConfigurationObject
from dunwell.features.policy.reasons import Category
from dunwell.features.promises import instalments
from dunwell.features.receivables.bill_units import find
from dunwell.web import formats, forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs import collecting
from dunwell.web.verbs.collecting import Collecting
from dunwell.web.verbs.verb import Asked, Done, Field, Of, Verb, day, entry

MAY = (Permission.WORK_ACTIONS,)
MAY_EVEN = (Permission.WORK_ACTIONS, Permission.PROMISE_TO_PAY)
"""Who promises may also look after instalments."""

Followers = Annotated[int, Bounds(ge=-1, le=LONGEST_POSTPONEMENT)]
"""0: they stay; a number: so many days later; -1: they are cancelled."""


class Ending(forms.Reasoned):
    """Complete, or cancel; with dependencies, what remains may move along."""

    reschedule: bool = False
    with_following: bool = False


class NewDate(forms.Reasoned):
    """Another day, and what becomes of the actions behind."""

    due_on: dt.date
    followers: Followers = 0
    days: Annotated[int | None, Bounds(ge=1, le=LONGEST_POSTPONEMENT)] = None

    @property
    def shift(self) -> int:
        """What the service takes."""
        return self.days or 1 if self.followers > 0 else self.followers


class Adding(NewDate, Collecting):
    """An action of the policy that is added to the case; what is collected, if it does that."""

    definition: forms.Line
    mandatory: bool = False


def _complete(asked: Asked, given: Ending) -> str:
    if asked.action.is_instalment:
        instalments.complete(
            asked.operation, asked.number, asked.action.step, **of_instalment(asked, given.reason)
        )
    else:
        closing.complete_action(
            asked.operation,
            str(asked.action.handle),
            reschedule=given.reschedule,
            **_by_hand(asked, given),
        )
    return _("Completed.")


def _cancel(asked: Asked, given: Ending) -> str:
    if asked.action.is_instalment:
        instalments.cancel(
            asked.operation, asked.number, asked.action.step, **of_instalment(asked, given.reason)
        )
    else:
        closing.cancel_action(
            asked.operation,
            str(asked.action.handle),
            with_following=given.with_following,
            reschedule=given.reschedule,
            **_by_hand(asked, given),
        )
    return _("Cancelled.")


def _reschedule(asked: Asked, given: NewDate) -> str:
    if asked.action.is_instalment:
        instalments.reschedule(
            asked.operation,
            asked.number,
            {asked.action.step: given.due_on},
            **of_instalment(asked, given.reason),
        )
        due_on = given.due_on
    else:
        change = scheduling.reschedule_action(
            asked.operation,
            str(asked.action.handle),
            given.due_on,
            followers=given.shift,
            **_by_hand(asked, given),
        )
        due_on = change.action.due_on
    return _("Rescheduled: it is due on %(date)s.") % {"date": formats.date(due_on)}


def _retry(asked: Asked, given: forms.Reasoned) -> str:
    closing.retry_action(asked.operation, str(asked.action.handle), **_by_hand(asked, given))
    return _("The next night tries it again.")


def _execute(asked: Asked, given: forms.Reasoned) -> Done:
    change = executing.execute_action(
        asked.operation, str(asked.action.handle), **_by_hand(asked, given)
    )
    if change.failure:
        said = _("It failed and stays to be done: %(message)s") % {"message": change.failure}
        return Done(said, "bad")
    return Done(_("Executed."))


def _add(asked: Asked, given: Adding) -> str:
    collects = given.definition in collecting.among(_known(asked))
    scheduling.add_action(
        asked.operation,
        str(asked.case.handle),
        given.definition,
        given.due_on,
        mandatory=given.mandatory,
        followers=given.shift,
        payment=collecting.details(asked, given) if collects else None,
        **_by_hand(asked, given),
    )
    return _("%(action)s is part of the case now.") % {"action": given.definition}


def _by_hand(asked: Asked, given: forms.Reasoned) -> dict[str, Any]:
    """What the services of actions need to know beside the action or the case."""
    return {"reason": given.reason, "note": given.note, "expected_version": asked.version}


def of_instalment(asked: Asked, reason: str) -> dict[str, Any]:
    """What the services of promises need to know beside the step."""
    return {"version": asked.version, "debt_class": asked.case.debt_class, "reason": reason}


def _moves_along(asked: Asked) -> list[Field]:
    """Whether what follows moves along is only a question while actions depend on each other."""
    if (
        asked.action.is_instalment
        or not settings.read(asked.operation.connection).action_dependencies
    ):
        return []
    return [entry("reschedule", _("What follows moves along"), "true", type="checkbox")]


def _all_that_follow(asked: Asked) -> list[Field]:
    if asked.action.is_instalment:
        return []
    return [entry("with_following", _("And all that follow it"), type="checkbox")]


def _what_follows() -> list[Field]:
    return [
        entry(
            "followers",
            _("What follows"),
            choices=[
                ("0", _("keeps its dates")),
                ("1", _("is postponed")),
                ("-1", _("is cancelled")),
            ],
        ),
        entry("days", _("… by days"), type="number", min=1, max=LONGEST_POSTPONEMENT),
    ]


def _new_day(asked: Asked) -> list[Field]:
    tomorrow = asked.today + dt.timedelta(days=1)
    behind = [] if asked.action.is_instalment else _what_follows()
    return [day(asked, _("New day"), tomorrow), *behind]


def _known(asked: Asked) -> list[ConfigurationObject]:
    """The actions that the policy has for the brand of the bill unit."""
    own = find(asked.operation, asked.number).brand_id
    return policies.objects(asked.operation.connection, "action", lambda brand: brand == own)


def _definitions(asked: Asked) -> list[Field]:
    known = _known(asked)
    collections = collecting.among(known)
    choices = [
        (name, name, collecting.SHOWN if name in collections else "")
        for name in sorted({*PREDEFINED_ACTIONS.values(), *(each.name for each in known)})
    ]
    return [
        entry("definition", _("Action"), choices=[("", _("choose …")), *choices], required=True),
        day(asked, _("Day"), asked.today + dt.timedelta(days=1)),
        *(collecting.fields(asked, shown_with=collecting.SHOWN) if collections else ()),
        *_what_follows(),
        entry("mandatory", _("Mandatory"), type="checkbox"),
    ]


COMPLETE = Verb(
    "complete",
    N_("Complete"),
    MAY_EVEN,
    Ending,
    _complete,
    of=Of.ACTION,
    fields=_moves_along,
    category=Category.COMPLETE,
    reason=N_("done"),
    why=N_("Outcome"),
    foreseen=True,
    key="c",
)
RETRY = Verb(
    "retry",
    N_("Retry"),
    MAY,
    forms.Reasoned,
    _retry,
    of=Of.ACTION,
    category=Category.RETRY,
    key="t",
)
RESCHEDULE = Verb(
    "reschedule",
    N_("Reschedule"),
    MAY_EVEN,
    NewDate,
    _reschedule,
    of=Of.ACTION,
    fields=_new_day,
    category=Category.RESCHEDULE,
    foreseen=True,
    key="r",
)
CANCEL = Verb(
    "cancel",
    N_("Cancel the task"),
    MAY_EVEN,
    Ending,
    _cancel,
    of=Of.ACTION,
    fields=lambda asked: [*_all_that_follow(asked), *_moves_along(asked)],
    category=Category.CANCEL,
    foreseen=True,
    grave=True,
    key="x",
)
EXECUTE = Verb(
    "execute",
    N_("Execute now"),
    MAY,
    forms.Reasoned,
    _execute,
    of=Of.ACTION,
    category=Category.EXECUTE,
    key="e",
)
ADD = Verb(
    "add",
    N_("Add an action"),
    MAY,
    Adding,
    _add,
    of=Of.CASE,
    fields=_definitions,
    category=Category.ADD,
    foreseen=True,
    key="a",
)

VERBS = (ADD,)
OF_ACTION = (COMPLETE, RETRY, RESCHEDULE, collecting.CHANGE, CANCEL, EXECUTE)


def offered(
    actor: Actor,
    *,
    kind: str,
    status: str,
    due_on: dt.date,
    mandatory: bool,
    today: dt.date,
) -> list[Verb]:
    """What the actor can do to an open action of an open case; the rules look closer."""
    instalment = kind == ActionType.PROMISE
    needed = Permission.PROMISE_TO_PAY if instalment else Permission.WORK_ACTIONS
    if needed not in actor.permissions:
        return []
    waits, failed = status == ActionStatus.WAITING, status == ActionStatus.ERROR
    by_hand = kind in (ActionType.MANUAL, ActionType.CUSTOM)
    offers = {
        COMPLETE: not waits and not failed and (by_hand or instalment or not mandatory),
        RETRY: failed,
        RESCHEDULE: True,
        collecting.CHANGE: kind == ActionType.COLLECT_PAYMENT
        and Permission.UPDATE_PAYMENT in actor.permissions,
        CANCEL: not waits,
        EXECUTE: not by_hand
        and not instalment
        and status == ActionStatus.PENDING
        and due_on <= today,
    }
    return [verb for verb, sensible in offers.items() if sensible]
