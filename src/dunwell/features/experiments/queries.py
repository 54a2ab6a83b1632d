"""How the arms of an experiment compare, and whether one has won yet. Looking every day is allowed:
see `rules`.
"""

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.experiments import rules
from dunwell.features.experiments.rules import Interval
from dunwell.features.receivables.bill_units import find

_QUERIES = statements.load(__package__, "queries.sql")


@dataclass(frozen=True, slots=True)
class Experiment:
    """A champion with its challengers; `in_policy` is false for one that is gone from the policy.

    `challengers` are shares in percent by scenario; the champion has the rest.
    """

    name: str
    brand: str
    champion: str
    challengers: dict[str, str]
    starts_on: dt.date | None
    ends_on: dt.date
    days: int
    in_policy: bool

    @property
    def arms(self) -> tuple[str, ...]:
        """The champion first."""
        return (self.champion, *self.challengers)


@dataclass(frozen=True, slots=True)
class Arm:
    """What became of an arm's customers, each by their first case in the experiment. Shares are
    between 0 and 1; each interval holds on whatever day one looks.
    """

    scenario: str
    is_champion: bool
    entries: int
    chosen_by_hand: int
    judged: int
    """Those that have had their days, and a night after: what became of them stays."""
    cured: int
    cure_rate: float | None
    cure_rate_interval: Interval
    days_to_cure: float | None
    days_to_cure_interval: Interval
    recovered_share: float | None
    """How much of what was overdue at entry was paid within the days."""
    recovered_share_interval: Interval
    cost: str
    """Of the actions that were done, in the policy's figures."""
    cost_per_customer: float | None
    """Within the days of who has had them, and no more than the dearest arm's steps cost."""
    cost_per_customer_interval: Interval
    complaints: int
    complaint_share: float | None
    """How many of who has had their days complained within them."""
    complaint_share_interval: Interval


@dataclass(frozen=True, slots=True)
class Comparison:
    """All arms, and which has won by cure rate, if one has."""

    experiment: Experiment
    date: dt.date
    arms: tuple[Arm, ...]
    winner: str | None
    verdict: str

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Treatment:
    """An experiment that hasn't ended, and its arm that somebody chose for an account: which, why
    and who; none: it is drawn.
    """

    experiment: str
    profile: str
    """Of the champion, and so of all arms: who has another profile comes into none of them."""
    arms: list[str]
    chosen: str | None
    reason: str | None
    actor: str | None


Found = tuple[int, int, Experiment, dict[str, str]]
"""An experiment's id, its brand's, itself, and the costs of its actions."""


def experiments(operation: Operation) -> tuple[Experiment, ...]:
    """The experiments of the brands that the actor sees, the newest first."""
    operation.actor.require(Permission.VIEW)
    return tuple(experiment for _, _, experiment, _ in _found(operation, None))


def treatments(operation: Operation, bill_unit_no: str) -> tuple[Treatment, ...]:
    """The experiments that may give a bill unit's account its treatment. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    given = {
        "account_id": find(operation, bill_unit_no).account_id,
        "business_date": operation.date,
    }
    with operation.connection.cursor(row_factory=class_row(Treatment)) as cursor:
        return tuple(cursor.execute(_QUERIES["treatments"].render(), given))


def compare(operation: Operation, name: str, brand: str | None = None) -> Comparison:
    """An experiment's arms as of the operation's date. Of several brands' of one name, that of the
    brand, or else the newest. Raises NotFound.
    """
    operation.actor.require(Permission.VIEW)
    number, brand_id, experiment, costs = _one(operation, name, brand)
    priced = {"costs": Jsonb(costs), "arms": list(experiment.arms), "brand_id": brand_id}
    ((dearest,),) = _QUERIES["dearest"].run(operation.connection, priced).fetchall()
    given = {
        "experiment_id": number,
        "business_date": operation.date,
        "days": experiment.days,
        "costs": Jsonb(costs),
        "dearest": dearest,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_QUERIES["arms"].render(), given).fetchall()
    found = {row["arm"]: row for row in rows}
    names = list(dict.fromkeys([*experiment.arms, *found]))
    arms = tuple(
        _arm(name, experiment, found.get(name), len(names), float(dearest)) for name in names
    )
    won = rules.winner({arm.scenario: arm.cure_rate_interval for arm in arms})
    return Comparison(experiment, operation.date, arms, won, _verdict(experiment, arms, won))


def _one(operation: Operation, name: str, brand: str | None) -> Found:
    for found in _found(operation, name):
        if brand in (None, found[2].brand):
            return found
    raise NotFound(f"There is no experiment {name!r}.")


def of_brand(operation: Operation, name: str, brand_id: int) -> tuple[int, Experiment] | None:
    """A brand's experiment of that name, and its id."""
    for number, whose, experiment, _ in _found(operation, name):
        if whose == brand_id:
            return number, experiment
    return None


def _found(operation: Operation, name: str | None) -> list[Found]:
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_QUERIES["experiments"].render(), {"name": name}).fetchall()
    found = []
    for row in rows:
        number, brand_id, costs = row.pop("id"), row.pop("brand_id"), row.pop("costs")
        if operation.actor.sees(brand_id):
            challengers = {each["scenario"]: each["share"] for each in row.pop("challengers")}
            found.append((number, brand_id, Experiment(challengers=challengers, **row), costs))
    return found


def _arm(
    name: str, experiment: Experiment, row: dict[str, Any] | None, arms: int, dearest: float
) -> Arm:
    row = row or {
        **dict.fromkeys(("entries", "chosen_by_hand", "judged", "cured"), 0),
        **dict.fromkeys(("complaints", "complainers"), 0),
        **dict.fromkeys(("days_to_cure", "recovered", "costs"), 0.0),
        "cost": Decimal(0),
    }
    judged, cured = row["judged"], row["cured"]
    return Arm(
        scenario=name,
        is_champion=name == experiment.champion,
        entries=row["entries"],
        chosen_by_hand=row["chosen_by_hand"],
        judged=judged,
        cured=cured,
        cure_rate=cured / judged if judged else None,
        cure_rate_interval=rules.interval(judged, cured, arms),
        days_to_cure=row["days_to_cure"] / cured if cured else None,
        days_to_cure_interval=rules.interval(
            cured, row["days_to_cure"], arms, float(experiment.days)
        ),
        recovered_share=row["recovered"] / judged if judged else None,
        recovered_share_interval=rules.interval(judged, row["recovered"], arms),
        cost=format(row["cost"], "f"),
        cost_per_customer=row["costs"] / judged if judged else None,
        cost_per_customer_interval=rules.interval(judged, row["costs"], arms, dearest),
        complaints=row["complaints"],
        complaint_share=row["complainers"] / judged if judged else None,
        complaint_share_interval=rules.interval(judged, row["complainers"], arms),
    )


def _verdict(experiment: Experiment, arms: tuple[Arm, ...], won: str | None) -> str:
    if won is None:
        judged = sum(arm.judged for arm in arms)
        return (
            f"Undecided after {judged:,} judged customers: the intervals of the cure rates still"
            " overlap."
        )
    who = "The champion" if won == experiment.champion else "The challenger"
    return f"{who} {won!r} has won: its cure rate is above every other's, on any day one looks."
