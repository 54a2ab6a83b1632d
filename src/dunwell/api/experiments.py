"""Experiments: champion and challengers, how they compare, and who gets which treatment."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.values import Given, Line, Shown
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.experiments import queries, service

router = APIRouter(prefix="/experiments", tags=["experiments"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Manager = Annotated[Caller, may(Permission.MANAGE_CASES)]
Name = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Experiment(Shown):
    """A champion and its challengers with their shares in percent; the champion has the rest."""

    name: str
    brand: str
    champion: str
    challengers: dict[str, str]
    starts_on: dt.date | None
    ends_on: dt.date
    days: int
    in_policy: bool


class Experiments(Shown):
    """The newest first."""

    items: list[Experiment]


class Interval(Shown):
    """Where the true mean lies; it holds on whatever day one looks."""

    low: float
    high: float


class Arm(Shown):
    """What became of an arm's customers; shares are between 0 and 1."""

    scenario: str
    is_champion: bool
    entries: int
    chosen_by_hand: int
    judged: int
    cured: int
    cure_rate: float | None
    cure_rate_interval: Interval
    days_to_cure: float | None
    days_to_cure_interval: Interval
    recovered_share: float | None
    recovered_share_interval: Interval
    cost: str
    cost_per_customer: float | None
    cost_per_customer_interval: Interval
    complaints: int
    complaint_share: float | None
    complaint_share_interval: Interval


class Comparison(Shown):
    """All arms, and which has won by cure rate, if one has."""

    experiment: Experiment
    date: dt.date
    arms: list[Arm]
    winner: str | None
    verdict: str


class Choice(Given):
    """The arm that a bill unit's account gets from its next entry on."""

    bill_unit_no: Line
    arm: Line
    reason: Line


@router.get("")
def list_experiments(caller: Viewer) -> Experiments:
    """The experiments of the caller's brands."""
    with caller.look() as operation:
        found = queries.experiments(operation)
    return Experiments(items=[Experiment.model_validate(each) for each in found])


@router.get("/{name}")
def compare_arms(
    name: Name,
    caller: Viewer,
    brand: Annotated[
        Line | None, Query(description="Whose, if several brands have one of that name.")
    ] = None,
) -> Comparison:
    """How the arms compare today; looking every day doesn't spoil the answer."""
    with caller.look() as operation:
        return Comparison.model_validate(queries.compare(operation, name, brand))


@router.post("/{name}/choices", status_code=201, response_model=Choice)
def choose_arm(name: Name, given: Choice, caller: Manager, _key: IdempotencyKey = None) -> Response:
    """Choose an account's treatment by hand."""

    def verb(operation: Operation) -> Choice:
        service.choose_arm(operation, given.bill_unit_no, name, given.arm, reason=given.reason)
        return given

    return caller.once(verb, given)
