"""Cases: bill units' stays in collections with their actions and events, and what people do with a
case as a whole. They are found in `found_cases`.
"""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.api import repeats
from dunwell.api.actions import Action, ChangedAction, Followers
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.payments import OnTheSpot, handle_of
from dunwell.api.values import (
    Amount,
    Day,
    Flag,
    Given,
    GivenHandle,
    HandleText,
    Line,
    PathHandle,
    PathNumber,
    Reasoned,
    Shown,
    Whole,
)
from dunwell.api.versions import Expected
from dunwell.domain.pages import START
from dunwell.engine import placing
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import closing, queries, scheduling, stopping
from dunwell.features.cases.scheduling import PaymentDetails
from dunwell.features.cases.states import CaseState
from dunwell.features.policy.forms.scenarios import DEFAULT_DEBT_CLASS, LONGEST_SCENARIO

router = APIRouter(tags=["cases"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Worker = Annotated[Caller, may(Permission.WORK_ACTIONS)]
Manager = Annotated[Caller, may(Permission.MANAGE_CASES)]


class Event(Shown):
    """Something that happened, with its reason as data."""

    date: dt.date
    kind: str
    actor: str
    data: dict[str, Any]


class CaseHead(Shown):
    """A stay in a scenario; amounts are in the case's currency."""

    handle: HandleText
    version: int
    bill_unit_no: str
    currency: str
    debt_class: str
    profile: str
    scenario: str
    agent: str | None
    placed_by: Annotated[str | None, Field(description="Who put it there; null: the night.")]
    status: str
    close_reason: str | None
    overdue_date: dt.date
    entry_date: dt.date
    entered_on: dt.date
    closed_on: dt.date | None
    overdue_amount: Annotated[str, Field(description="What the last night measured.")]
    actions: list[Action]

    @classmethod
    def of(cls, state: CaseState) -> "CaseHead":
        """From what a service tells."""
        fields = {name: getattr(state, name) for name in cls.model_fields}
        actions = [Action.of(action) for action in state.actions]
        return cls.model_validate(
            {**fields, "actions": actions, "overdue_amount": format(state.overdue_amount, "f")}
        )


class Case(CaseHead):
    """A case with everything that belongs to it."""

    case_id: int
    account_no: str
    name: str
    policy_version: int
    entry_overdue_amount: str
    bill_no: str | None
    events: list[Event]


class Offer(Shown):
    """A scenario of a bill unit's profile, and whether it would fit today."""

    scenario: str
    debt_class: str
    severity: int
    valid: bool
    chosen: Annotated[bool, Field(description="The night would choose it.")]
    criteria: Annotated[
        list[dict[str, Any]],
        Field(description="Why: each with its value, the threshold and whether it holds."),
    ]


class Offers(Shown):
    """The scenarios in the order of choice."""

    items: list[Offer]


class NewAction(Reasoned):
    """An action of the policy that is added to a case."""

    action: Line
    due_on: Day
    mandatory: Flag = False
    followers: Followers = 0
    amount: Annotated[
        Amount | None, Field(description="For a collect-payment action; null: what is overdue.")
    ] = None
    payment_method: Annotated[
        GivenHandle | None, Field(description="The same; null: the customer's usual one.")
    ] = None
    new_payment_method: OnTheSpot = None


class Replacement(Reasoned):
    """Another scenario for a case."""

    scenario: Annotated[Line | None, Field(description="Null: the best valid one.")] = None


class StepGiven(Given):
    """One step as a person edited it."""

    day: Annotated[
        Whole | None,
        Field(ge=1, le=LONGEST_SCENARIO, description="After today; null: `due_on` is given."),
    ] = None
    due_on: Annotated[
        Day | None, Field(description="The day itself, in a scenario of calendar days.")
    ] = None
    action: Line
    mandatory: Flag = True


class Placement(Reasoned):
    """A scenario that a bill unit is put into by hand."""

    scenario: Line
    debt_class: Line = DEFAULT_DEBT_CLASS
    steps: Annotated[
        list[StepGiven] | None,
        Field(max_length=placing.MOST_STEPS, description="Instead of the scenario's."),
    ] = None
    agreements: Annotated[
        list[Line] | None,
        Field(
            max_length=placing.MOST_STEPS,
            description="The service agreements that the case is about, if its debt class is"
            " chased by agreement; null: all that owe.",
        ),
    ] = None


@router.get("/cases/{case}", response_model=Case)
def show_case(case: PathHandle, caller: Viewer) -> Response:
    """One case with its actions and events, its version as `ETag`."""
    with caller.look() as operation:
        found = queries.case_file(operation, case)
    return repeats.response(Case.model_validate(found.as_json()), 200)


@router.post("/cases/{case}/actions", status_code=201, response_model=ChangedAction)
def add_action(
    case: PathHandle,
    given: NewAction,
    caller: Worker,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Add an action of the policy to a case, due on a day or the next working day."""

    def verb(operation: Operation) -> ChangedAction:
        method = given.payment_method
        if given.new_payment_method is not None:
            found = queries.case_state(operation, case)
            method = handle_of(caller, operation, found, method, given.new_payment_method)
        own = given.amount is not None or method is not None
        return ChangedAction.of(
            scheduling.add_action(
                operation,
                case,
                given.action,
                given.due_on,
                reason=given.reason,
                note=given.note,
                mandatory=given.mandatory,
                followers=given.followers,
                payment=PaymentDetails(given.amount, method) if own else None,
                expected_version=version,
            )
        )

    return caller.once(
        verb, given, location=lambda change: f"/api/v1/actions/{change.action.handle}"
    )


@router.post("/cases/{case}/actions/cancel", response_model=CaseHead)
def cancel_actions(
    case: PathHandle,
    given: Reasoned,
    caller: Manager,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Cancel all open actions of a case; the case itself stays open."""
    return caller.once(
        lambda operation: CaseHead.of(
            closing.cancel_actions(operation, case, expected_version=version, **dict(given))
        ),
        given,
        status=200,
    )


@router.post("/cases/{case}/stop", response_model=CaseHead)
def stop_case(
    case: PathHandle,
    given: Reasoned,
    caller: Manager,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Close a case as stopped, whatever is owed; its open actions are cancelled."""
    return caller.once(
        lambda operation: CaseHead.of(
            stopping.stop_case(operation, case, expected_version=version, **dict(given))
        ),
        given,
        status=200,
    )


@router.post("/cases/{case}/replace", status_code=201, response_model=CaseHead)
def replace_scenario(
    case: PathHandle,
    given: Replacement,
    caller: Manager,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Close a case as replaced and open one, the answer, in another scenario today."""
    return caller.once(
        lambda operation: CaseHead.of(
            placing.replace_scenario(operation, case, expected_version=version, **dict(given))
        ),
        given,
        location=_address,
    )


@router.get("/bill-units/{bill_unit_no}/cases")
def list_cases(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[Case]:
    """The cases of a bill unit, the newest first, each with its actions and events."""
    start = key_of(after, dt.date, int, first=START)
    with caller.look() as operation:
        found = queries.files_of(operation, bill_unit_no, after=start, limit=limit + 1)
    shown, following = page(
        found, limit, lambda file: (file.fields["entered_on"], file.fields["case_id"])
    )
    return Page(items=[Case.model_validate(file.as_json()) for file in shown], next=following)


@router.post("/bill-units/{bill_unit_no}/cases", status_code=201, response_model=CaseHead)
def place_in_scenario(
    bill_unit_no: PathNumber, given: Placement, caller: Manager, _key: IdempotencyKey = None
) -> Response:
    """Put a bill unit that isn't in collections into a scenario today, whether its criteria hold
    or not.
    """
    steps = (
        None
        if given.steps is None
        else [
            placing.Step(step.day, step.action, step.mandatory, step.due_on) for step in given.steps
        ]
    )
    return caller.once(
        lambda operation: CaseHead.of(
            placing.place_in_scenario(
                operation,
                bill_unit_no,
                given.scenario,
                reason=given.reason,
                note=given.note,
                steps=steps,
                debt_class=given.debt_class,
                agreements=given.agreements,
            )
        ),
        given,
        location=_address,
    )


@router.get("/bill-units/{bill_unit_no}/scenarios")
def list_scenarios(bill_unit_no: PathNumber, caller: Viewer) -> Offers:
    """Every scenario of the bill unit's profile, with what speaks for and against it today."""
    with caller.look() as operation:
        found = placing.scenario_offers(operation, bill_unit_no)
    return Offers(items=[Offer.model_validate(offer) for offer in found])


def _address(case: CaseHead) -> str:
    return f"/api/v1/cases/{case.handle}"
