"""Customers in step: what another system says about one of its customers, by its own identifier.

Sent twice it changes nothing, and what is older than what was taken before is acknowledged and
ignored. Many at once go to `/receivables/{kind}`, with the same columns, checks and rejects.
"""

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from pydantic import Field

from dunwell.api import problems
from dunwell.api.caller import Caller, may
from dunwell.api.receivables import Reject
from dunwell.api.values import PathNumber, Shown, Text, Whole
from dunwell.domain.errors import BadInput
from dunwell.engine.loading import load_rows
from dunwell.features.access.actor import Permission
from dunwell.features.receivables import outside
from dunwell.features.receivables.load import FileReport

router = APIRouter(prefix="/systems", tags=["customers in step"])

Integrator = Annotated[Caller, may(Permission.LOAD_RECEIVABLES, everywhere=True)]

Record = Literal["accounts", "contact-details", "addresses", "bill-units"]
System = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", examples=["crm"], description="Yours.")
]

Row = Annotated[
    dict[str, Text | Whole | bool | None],
    Field(
        description="The columns of a load file of that kind, without `system` and `outside_id`;"
        " those that are left out stay as they are.",
        examples=[{"version": 7, "name": "Ada Okafor", "email": "ada@example.org"}],
        max_length=200,
    ),
]


class Known(Shown):
    """What a system means by its identifier, and the version that was taken last."""

    system: str
    outside_id: str
    account_no: str
    bill_unit_no: str | None
    version: str | None
    taken_at: dt.datetime


class Taken(Known):
    """The same, and what became of the news; `outdated`: something newer was known."""

    outcome: Literal["created", "changed", "unchanged", "outdated"]


class Refusal(Shown):
    """What is wrong with the row, as in a load."""

    rejects: list[Reject]


@router.get("/{system}/{record}/{outside_id}")
def show_known(system: System, record: Record, outside_id: PathNumber, caller: Integrator) -> Known:
    """Which account or bill unit of ours a system means."""
    with caller.look() as operation:
        return Known.model_validate(outside.find(operation, system, _kind(record), outside_id))


@router.put("/{system}/{record}/{outside_id}", response_model=Taken)
def put_in_step(
    system: System, record: Record, outside_id: PathNumber, given: Row, caller: Integrator
) -> Any:
    """Create or update one of a system's customers, or a part of one."""
    doubled = sorted({"system", "outside_id"} & given.keys())
    if doubled:
        raise BadInput(f"{' and '.join(doubled)} stands in the address; leave it out of the body.")
    report = take(caller, _kind(record), {"system": system, "outside_id": outside_id, **given})
    if not report.applied:
        return refused(caller, report)
    with caller.look() as operation:
        known = outside.find(operation, system, _kind(record), outside_id)
    return Taken(**Known.model_validate(known).model_dump(), outcome=outcome(report))


def take(caller: Caller, kind: str, row: dict[str, Any]) -> FileReport:
    """Load one row, in a transaction of its own and without walls: the loader's."""
    with caller.oversee() as operation:
        date = operation.date
    application = caller.request.app.state.application
    return load_rows(
        application.database,
        application.plugins,
        kind,
        [row],
        date=date,
        slice_width=application.settings.slice_width,
    )


def refused(caller: Caller, report: FileReport) -> Response:
    """The answer to a row that can't be taken."""
    reasons = "; ".join(f"{each.column} {each.reason}" for each in report.rejects)
    return problems.answer(
        caller.request,
        422,
        "Can't be done so",
        "rejected_rows",
        f"Nothing was applied: {reasons}.",
        report=Refusal.model_validate(report, from_attributes=True).model_dump(mode="json"),
    )


def outcome(report: FileReport) -> Literal["created", "changed", "unchanged", "outdated"]:
    """What became of the one row of a load."""
    if report.outdated:
        return "outdated"
    if report.created:
        return "created"
    return "changed" if report.changed else "unchanged"


def _kind(noun: str) -> str:
    return noun.replace("-", "_")
