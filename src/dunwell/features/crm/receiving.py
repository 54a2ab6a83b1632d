"""Changes that come from a CRM: each is judged (`rules`), carried out by the service that people
use, and answered with the state as it is by then.

The message's own number is claimed in the same transaction, so a repetition gets the first answer
and does nothing. What a rule forbids is an answer, too, and stays answered so.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from psycopg.types.json import Jsonb

from dunwell.domain.errors import BadInput, DunwellError, RuleViolation, Stale
from dunwell.domain.handles import Handle
from dunwell.domain.statuses import AlertActivity
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import closing, scheduling
from dunwell.features.crm import alerts, mirror, rules
from dunwell.features.crm.mirror import MIRROR, Row
from dunwell.features.crm.rules import ALLOWED, Change, Heard, Noun, Outcome, Present, Wish
from dunwell.features.receivables.bill_units import own_accounts
from dunwell.features.receivables.notes import write_note

CATEGORY = "crm"
"""Of the notes that comments become."""


@dataclass(frozen=True, slots=True)
class Message:
    """One change in a CRM. It names its object by our handle, by the CRM's identifier, or by both;
    with both, the identifier is learnt.
    """

    message_id: str
    noun: Noun
    change: Change
    handle: str | None = None
    their_id: str | None = None
    version: int | None = None
    """The version that the CRM knew; none: it doesn't mind."""
    their_time: dt.datetime | None = None
    """When it was done, by the CRM's clock."""
    reason: str | None = None
    note: str | None = None
    due_on: dt.date | None = None
    agent: str | None = None
    activity: AlertActivity | None = None

    @property
    def wish(self) -> Wish:
        """What it wants, for the rules."""
        return Wish(self.change, self.version, self.their_time, self.due_on, self.agent)

    @property
    def fingerprint(self) -> bytes:
        """By which a repetition is told from another message under the same number."""
        return hashlib.sha256(json.dumps(asdict(self), default=str).encode()).digest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a message, and the state as it was then."""

    message_id: str
    outcome: Outcome
    problem: Mapping[str, str] | None
    """Why it was refused: code and message."""
    state: Row
    repeated: bool = False
    """The message had come before; this is the answer it got."""


def receive(operation: Operation, system: str, message: Message) -> Answer:
    """Take one change. Raises NotFound for an object that isn't known, BadInput for a message
    without sense, RuleViolation for a number that was another message's.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    _check(operation, message)
    handle = mirror.resolve(operation, system, message.noun, message.handle, message.their_id)
    own_accounts(operation, [handle.account_id])
    mirror.one(operation, system, message.noun, handle)
    key = {
        "account_id": handle.account_id,
        "system": system,
        "message_id": message.message_id,
        "fingerprint": message.fingerprint,
    }
    MIRROR["forget"].run(operation.connection, key)
    if not MIRROR["claim"].run(operation.connection, key).rowcount:
        return _repeated(operation, key)
    heard = mirror.link(operation, system, message.noun, handle, message.their_id)
    state = mirror.one(operation, system, message.noun, handle)
    outcome, problem = _take(operation, message, handle, state, heard)
    now = mirror.one(operation, system, message.noun, handle)
    if outcome in (Outcome.APPLIED, Outcome.AGREED):
        given = {**key, "object_id": handle.id, "noun": str(message.noun)}
        MIRROR["heard"].run(operation.connection, {**given, **_heard(message, state, now, heard)})
    else:
        _log(operation, system, message, state, outcome, problem, handle)
    answer = Answer(message.message_id, outcome, problem, now)
    kept = {"outcome": str(outcome), "problem": problem, "state": answer.state}
    given = {**key, "outcome": str(outcome), "answer": Jsonb(kept)}
    MIRROR["answer"].run(operation.connection, given)
    return answer


def _check(operation: Operation, message: Message) -> None:
    alerts.check_time(operation, message.their_time)
    if message.change not in ALLOWED[message.noun]:
        raise BadInput(
            f"Of a {message.noun.replace('_', ' ')} a CRM can't say that it was {message.change};"
            f" it can say {', '.join(sorted(ALLOWED[message.noun]))}."
        )
    needs = {
        Change.RESCHEDULED: ("due_on", message.due_on),
        Change.COMMENTED: ("note", message.note),
        Change.RECORDED: ("activity", message.activity),
    }
    name, value = needs.get(message.change, ("", True))
    if not value:
        raise BadInput(f"What was {message.change} needs {name}.")


def _repeated(operation: Operation, key: dict[str, Any]) -> Answer:
    row = MIRROR["answered"].run(operation.connection, key).fetchone()
    assert row is not None, "a claim is there when it can't be made"
    fingerprint, answer = row
    if bytes(fingerprint) != key["fingerprint"]:
        raise RuleViolation(
            "message_id_reused",
            f"The message {key['message_id']!r} said something else before; give a new number.",
        )
    return Answer(
        key["message_id"],
        Outcome(answer["outcome"]),
        answer["problem"],
        answer["state"],
        repeated=True,
    )


def _take(
    operation: Operation,
    message: Message,
    handle: Handle,
    state: Row,
    heard: Heard,
) -> tuple[Outcome, dict[str, str] | None]:
    judged = rules.judge(message.wish, _present(state), heard)
    if judged is not None:
        return judged, None
    try:
        with operation.connection.transaction():
            _carry_out(operation, message, str(handle), state)
    except Stale as failure:
        return Outcome.STALE, {"code": failure.code, "message": failure.message}
    except DunwellError as failure:
        code = failure.rule if isinstance(failure, RuleViolation) else failure.code
        return Outcome.REFUSED, {"code": code, "message": failure.message}
    return Outcome.APPLIED, None


def _present(state: Row) -> Present:
    due = state.get("due_on")
    return Present(
        state["version"],
        state["status"],
        None if due is None else dt.date.fromisoformat(due),
        state.get("agent"),
    )


def _heard(message: Message, before: Row, now: Row, heard: Heard) -> dict[str, Any]:
    """What is kept for its next change. Words say nothing of when something was done."""
    if message.change in rules.WORDS:
        made = now["version"] if heard.made_version == before["version"] else heard.made_version
        return {"their_time": None, "knew_version": heard.knew_version, "made_version": made}
    on = rules.goes_on(message.wish, _present(before), heard)
    return {
        "their_time": message.their_time,
        "knew_version": heard.knew_version if on else before["version"],
        "made_version": now["version"],
    }


def _carry_out(operation: Operation, message: Message, handle: str, state: Row) -> None:
    """By the services that people use; what changed since the judgement makes it stale."""
    why: dict[str, Any] = {
        "reason": message.reason or f"{message.change} in the CRM",
        "note": message.note,
        "expected_version": state["version"],
    }
    match message.noun, message.change:
        case Noun.CREDIT_ALERT, Change.COMMENTED | Change.RECORDED:
            kind = message.activity or AlertActivity.NOTE
            alerts.record(operation, handle, kind, note=message.note or "")
        case Noun.CREDIT_ALERT, Change.ASSIGNED:
            alerts.assign(
                operation,
                handle,
                message.agent,
                note=message.note,
                expected_version=state["version"],
            )
        case Noun.CREDIT_ALERT, _:
            alerts.close(operation, handle, **why)
        case _, Change.COMMENTED:
            write_note(operation, state["bill_unit_no"], message.note or "", category=CATEGORY)
        case _, Change.COMPLETED:
            closing.complete_action(operation, handle, **why)
        case _, Change.CANCELLED:
            closing.cancel_action(operation, handle, **why)
        case _:
            assert message.due_on is not None, "checked"
            scheduling.reschedule_action(operation, handle, message.due_on, **why)


def _log(
    operation: Operation,
    system: str,
    message: Message,
    state: Row,
    outcome: Outcome,
    problem: Mapping[str, str] | None,
    handle: Handle,
) -> None:
    """What wasn't done is told, too, so that a person can see why two systems differ."""
    facts = {
        "system": system,
        "message": message.message_id,
        "noun": str(message.noun),
        "handle": str(handle),
        "change": str(message.change),
        "outcome": str(outcome),
        "knew_version": message.version,
        "version": state["version"],
        "reason": problem and problem["message"],
    }
    MIRROR["log"].run(
        operation.connection,
        {
            "business_date": operation.date,
            "account_id": handle.account_id,
            "bill_unit_no": state["bill_unit_no"],
            "actor": operation.actor.name,
            "facts": Jsonb({name: value for name, value in facts.items() if value is not None}),
        },
    )
