"""What people and the field system do with severance: cancel a process, complete an event, answer
a field activity. Giving a field activity free takes measuring: `dunwell.engine.field_work`.
"""

import datetime as dt
from typing import Literal

from psycopg.types.json import Jsonb

from dunwell.domain import handles
from dunwell.domain.errors import BadInput, RuleViolation
from dunwell.domain.statuses import FieldActivity, SeveranceStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.severance import cancelling, rules
from dunwell.features.severance.desk import SERVICE, Desk

Outcome = Literal["done", "could_not", "rescheduled", "refused"]


def cancel(
    operation: Operation,
    severance: str,
    *,
    reason: str,
    note: str | None = None,
    reconnect: bool = True,
    expected_version: int | None = None,
) -> None:
    """Cancel an active process by hand; after a cut, its reconnection begins unless it isn't
    wanted. Raises NotFound, RuleViolation, Conflict.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    desk = Desk.at_process(operation, severance)
    desk.compare(expected_version)
    status = desk.process["status"]
    if status != SeveranceStatus.ACTIVE:
        raise RuleViolation(
            "not_active", f"The severance {severance!r} isn't active: it is {status}."
        )
    reasons.check(operation, desk.process["brand_id"], Category.SEVERANCE, reason)
    facts = {"note": note} if note else {}
    desk.run(SERVICE["name_cancelled"], reason=reason, reconnect=reconnect, facts=Jsonb(facts))
    cancelling.cancel(desk.work)


def complete_event(
    operation: Operation,
    event: str,
    *,
    reason: str,
    note: str | None = None,
    expected_version: int | None = None,
) -> str:
    """Complete a to-do, a generic event or one in error; those that waited for it get their dates.
    The handle of its process.
    Raises NotFound, RuleViolation, Conflict.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    desk = Desk.at_event(operation, event)
    desk.compare(expected_version)
    reasons.check(operation, desk.process["brand_id"], Category.SEVERANCE, reason)
    return _complete(desk, event, reason, note)


def complete_by_to_do(operation: Operation, event: str, comment: str) -> None:
    """The same as the to-do that an event waited for is completed, whose comment says why."""
    _complete(Desk.at_event(operation, event), event, comment or "to-do completed", None)


def _complete(desk: Desk, event: str, reason: str, note: str | None) -> str:
    _must_be_active(desk)
    rules.may_complete(event, desk.event["type"], desk.event["status"])
    desk.run(SERVICE["close_event"], status="completed", outcome=None, message=None)
    desk.run(SERVICE["close_to_do"], comment=note or reason)
    desk.log("severance_event_completed", reason=reason, note=note)
    _note_cut(desk)
    desk.go_on()
    return desk.handle


def event_of_to_do(operation: Operation, to_do: str) -> str | None:
    """The event of a severance process that waits for a to-do; none: none does."""
    handle = handles.parse(to_do, "to-do")
    given = {"account_id": handle.account_id, "todo_id": handle.id}
    row = SERVICE["event_of_to_do"].run(operation.connection, given).fetchone()
    return None if row is None or row[1] != "sent" else f"{handle.account_id}-{row[0]}"


def answer(
    operation: Operation,
    event: str,
    outcome: Outcome,
    *,
    message: str | None = None,
    due_on: dt.date | None = None,
) -> str:
    """What came of a field activity. Done: it is completed, and a cut is a cut from now on; could
    not, rescheduled: it is due again; refused: a person decides.
    The handle of its process. Raises NotFound, RuleViolation.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    _check(operation, outcome, due_on)
    desk = Desk.at_event(operation, event)
    rules.may_answer(event, desk.event["type"], desk.event["status"])
    if outcome == "done":
        _done(desk, message)
    elif desk.process["status"] != SeveranceStatus.ACTIVE:
        # it was cancelled while the field was at it, and nothing has happened
        desk.run(SERVICE["close_event"], status="cancelled", outcome=outcome, message=message)
        desk.log("severance_event_failed", outcome=outcome, reason=message)
    elif outcome == "refused":
        desk.run(SERVICE["close_event"], status="error", outcome=outcome, message=message)
        desk.log("severance_event_failed", outcome=outcome, reason=message)
    else:
        desk.run(SERVICE["postpone"], outcome=outcome, message=message, due_on=due_on)
        desk.log("field_activity_postponed", outcome=outcome, note=message)
    return desk.handle


def _check(operation: Operation, outcome: str, due_on: dt.date | None) -> None:
    if outcome not in rules.OUTCOMES:
        raise BadInput(f"{outcome!r} is no outcome; give one of {', '.join(rules.OUTCOMES)}.")
    if (outcome == "rescheduled") != (due_on is not None):
        raise BadInput("Give the new day for an activity that is rescheduled, and only then.")
    if due_on is not None and due_on <= operation.date:
        raise BadInput(f"{due_on} is not after {operation.date}; name a later day.")


def _done(desk: Desk, message: str | None) -> None:
    desk.run(SERVICE["close_event"], status="completed", outcome="done", message=message)
    desk.log("severance_event_completed", outcome="done", note=message)
    _note_cut(desk)
    if desk.process["status"] == SeveranceStatus.ACTIVE:
        desk.go_on()
    elif desk.event["activity"] == FieldActivity.CUT:
        # paid while the field was cutting: it is given back
        desk.run(SERVICE["name_cancelled"], reason="cut_after_all", reconnect=True, facts=Jsonb({}))
        cancelling.cancel(desk.work)


def _note_cut(desk: Desk) -> None:
    """A cut that is completed is a cut, whoever says so: what follows it may be a reconnection."""
    if desk.event["activity"] == FieldActivity.CUT:
        desk.run(SERVICE["set_cut"])
        desk.log("service_cut")


def _must_be_active(desk: Desk) -> None:
    status = desk.process["status"]
    if status != SeveranceStatus.ACTIVE:
        raise RuleViolation("not_active", f"Its severance isn't active: it is {status}.")
