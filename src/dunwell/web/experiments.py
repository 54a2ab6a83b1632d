"""Experiments: champions and challengers, and how what became of their customers compares. Who gets
which treatment is chosen by hand on the page of a bill unit (`verbs/treatments.py`).
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from dunwell.features.access.actor import Permission
from dunwell.features.experiments import queries
from dunwell.web.caller import Caller, may

router = APIRouter(prefix="/experiments")

Viewer = Annotated[Caller, may(Permission.VIEW)]
Name = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


@router.get("")
def show_experiments(caller: Viewer) -> Response:
    """Those of the policy and those that were, the newest first."""
    with caller.look() as operation:
        found = queries.experiments(operation)
        today = operation.date
    return caller.page("experiments/list.html", experiments=found, today=today)


@router.get("/{name}")
def compare_arms(
    name: Name, caller: Viewer, brand: Annotated[str | None, Query(max_length=200)] = None
) -> Response:
    """The arms of one beside each other, and whether one has won; of a brand, if several have one
    of that name.
    """
    with caller.look() as operation:
        told = queries.compare(operation, name, brand)
    return caller.page("experiments/comparison.html", told=told, experiment=told.experiment)
