"""Mirroring with a CRM: what it is shown of a bill unit, the changes that it sends, and what each
side calls what.

A CRM hears of changes as every subscriber does (`/subscriptions`, or the feed `/events`), then
looks at the mirror. Its own changes come as messages, one at a time, each answered with how the
object stands by then.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.credit_alerts import CollectionStatus, Note
from dunwell.api.in_step import System
from dunwell.api.values import (
    LARGEST,
    Day,
    Given,
    GivenHandle,
    HandleText,
    Line,
    Moment,
    PathNumber,
    Shown,
    Whole,
)
from dunwell.domain.statuses import AlertActivity
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.crm import mirror, receiving
from dunwell.features.crm.rules import Change, Noun, Outcome

router = APIRouter(prefix="/systems/{system}", tags=["CRM"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Worker = Annotated[Caller, may(Permission.WORK_ACTIONS)]


class Mirrored(Shown):
    """What is mirrored of a bill unit. Every row has `handle`, `their_id` and `version`; a higher
    version is newer, whatever came first.
    """

    bill_unit_no: str
    their_id: Annotated[str | None, Field(description="What the system calls the bill unit.")]
    collection_status: CollectionStatus | None
    cases: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    credit_alerts: list[dict[str, Any]]


class ChangeMessage(Given):
    """One change in the CRM. The object is named by our `handle`, by `their_id`, or by both, which
    teaches us the identifier.
    """

    message_id: Annotated[Line, Field(description="The CRM's number; repeated, it does nothing.")]
    noun: Noun
    change: Change
    handle: GivenHandle | None = None
    their_id: Line | None = None
    version: Annotated[
        Whole | None, Field(ge=1, le=LARGEST, description="The version that the CRM knew.")
    ] = None
    their_time: Annotated[
        Moment | None, Field(description="When it was done, by the CRM's clock.")
    ] = None
    reason: Line | None = None
    note: Note | None = None
    due_on: Annotated[Day | None, Field(description="The new day, if rescheduled.")] = None
    agent: Annotated[Line | None, Field(description="Whose it is, if assigned.")] = None
    activity: Annotated[AlertActivity | None, Field(description="What was done, if recorded.")] = (
        None
    )


class Problem(Shown):
    """Why a change wasn't carried out."""

    code: str
    message: str


class ChangeAnswer(Shown):
    """What became of a change, and how the object stood then. `applied`: done; `agreed`: it was so
    already; `superseded`: the CRM had said something newer; `stale`: made for another version;
    `refused`: a rule forbids it.
    """

    message_id: str
    outcome: Outcome
    problem: Problem | None
    state: dict[str, Any]
    repeated: bool


class NewIdentifier(Given):
    """What the CRM calls one of our rows."""

    noun: Noun
    handle: GivenHandle
    their_id: Line


class Identifier(Shown):
    """What one side calls what the other calls otherwise."""

    noun: Noun
    handle: HandleText
    their_id: str


@router.get("/mirror/{bill_unit_no}")
def show_mirror(system: System, bill_unit_no: PathNumber, caller: Viewer) -> Mirrored:
    """What is mirrored of a bill unit: its collection status, and its newest cases and credit
    alerts with all actions.
    """
    with caller.look() as operation:
        return Mirrored.model_validate(mirror.mirror(operation, system, bill_unit_no))


@router.post("/changes", response_model=ChangeAnswer)
def take_change(
    system: System, given: ChangeMessage, caller: Worker, _key: IdempotencyKey = None
) -> Response:
    """Take a change from the CRM: completed, rescheduled, cancelled, commented; of a credit alert
    also assigned, recorded, closed. The answer is 200 whatever became of it, so that a CRM needn't
    repeat what was understood.
    """

    def verb(operation: Operation) -> ChangeAnswer:
        message = receiving.Message(**given.model_dump())
        return ChangeAnswer.model_validate(receiving.receive(operation, system, message))

    return caller.once(verb, given, status=200)


@router.post("/identifiers", response_model=Identifier)
def learn_identifier(
    system: System, given: NewIdentifier, caller: Worker, _key: IdempotencyKey = None
) -> Response:
    """Learn what the CRM calls one of our actions, cases or credit alerts."""

    def verb(operation: Operation) -> Identifier:
        found = mirror.identify(operation, system, given.noun, given.handle, given.their_id)
        return Identifier.model_validate(found)

    return caller.once(verb, given, status=200)


@router.get("/identifiers")
def find_identifier(
    system: System,
    caller: Viewer,
    noun: Annotated[Noun, Query()],
    handle: Annotated[GivenHandle | None, Query()] = None,
    their_id: Annotated[Line | None, Query()] = None,
) -> Identifier:
    """What the CRM calls one of our rows, or which of ours it calls so."""
    with caller.look() as operation:
        return Identifier.model_validate(
            mirror.identifiers(operation, system, noun, handle=handle, their_id=their_id)
        )
