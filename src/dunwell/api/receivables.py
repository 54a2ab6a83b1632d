"""Loading receivables in bulk: JSON lines in, the same checks, rejects and report as
`dunwell load`.
"""

import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from dunwell.api import problems
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.values import Shown
from dunwell.domain.errors import BadFile
from dunwell.engine.loading import load
from dunwell.features.access.actor import Permission
from dunwell.features.receivables.kinds import KINDS
from dunwell.features.receivables.load import LoadReport

Loader = Annotated[Caller, may(Permission.LOAD_RECEIVABLES, everywhere=True)]

Kind = Literal[
    "accounts",
    "contact_details",
    "addresses",
    "bill_units",
    "service_agreements",
    "bills",
    "payments",
    "adjustments",
    "budgets",
    "exchange_rates",
    "credit_alerts",
]
assert set(Kind.__args__) == {kind.name for kind in KINDS}  # type: ignore[attr-defined]


class Reject(Shown):
    """One thing that is wrong with one row."""

    line: int
    column: str
    value: str
    reason: str


class OutdatedRow(Shown):
    """A row that was ignored because something newer was taken before."""

    line: int
    outside_id: str
    version: str
    known_version: str


class Loaded(Shown):
    """What became of the rows."""

    kind: str
    rows: int
    created: int
    changed: int
    unchanged: int
    rejected: int
    outdated: Annotated[
        int, Field(description="Rows that were ignored because something newer is known.")
    ]
    applied: bool
    seconds: float
    rejects: Annotated[list[Reject], Field(description="The first twenty.")]
    outdated_rows: Annotated[list[OutdatedRow], Field(description="The first twenty.")]


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent, in a file, and its hash."""

    folder: Path
    path: Path
    fingerprint: bytes


async def _received(request: Request, kind: Kind) -> AsyncIterator[Body]:
    """The body as a file: it may be larger than memory."""
    folder = Path(tempfile.mkdtemp(prefix="dunwell-load-"))
    try:
        path, digest = folder / f"{kind}.jsonl", hashlib.sha256()
        with path.open("wb") as file:
            async for piece in request.stream():
                digest.update(piece)
                file.write(piece)
        yield Body(folder, path, digest.digest())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_DESCRIPTION = {
    "requestBody": {
        "required": True,
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    }
}


def sized(limit: int) -> APIRouter:
    """The router, with room for a body of so many bytes."""
    sized_router = APIRouter(prefix="/receivables", tags=["receivables"])
    sized_router.post(
        "/{kind}",
        status_code=200,
        response_model=Loaded,
        openapi_extra=_DESCRIPTION,
        max_body_size=limit,
    )(load_receivables)
    return sized_router


def load_receivables(
    kind: Kind,
    caller: Loader,
    body: Annotated[Body, Depends(_received)],
    keep_good: Annotated[
        bool, Query(description="Apply the good rows of a load that has bad ones.")
    ] = False,
    _key: IdempotencyKey = None,
) -> Response:
    """Load rows of one kind, one JSON object a line, all with the same names. With a bad row
    nothing is applied, unless `keep_good`; loading the same rows again changes nothing.
    """
    try:
        return _load(caller, kind, body, keep_good=keep_good)
    except _Refused as refused:
        return problems.answer(
            caller.request,
            422,
            "Can't be done so",
            "rejected_rows",
            f"{refused.report.rejected} of {refused.report.rows} rows are bad, so nothing was"
            " applied. Correct them, or take the good ones with keep_good=true.",
            report=refused.report.model_dump(mode="json"),
        )


def _load(caller: Caller, kind: str, body: Body, *, keep_good: bool) -> Response:
    def verb(operation: Any) -> BaseModel:
        settings = caller.request.app.state.application.settings
        try:
            # one transaction of its own, without walls: the loader writes for every brand
            report = load(
                caller.request.app.state.application.database,
                caller.request.app.state.application.plugins,
                [body.path],
                date=operation.date,
                keep_good=keep_good,
                slice_width=settings.slice_width,
            )
        except BadFile as failure:
            raise BadFile(failure.message.replace(f"{body.folder}/", "")) from failure
        shown = _shown(report)
        if not shown.applied:
            raise _Refused(shown)
        return shown

    given = kind.encode() + body.fingerprint + str(keep_good).encode()
    return caller.once(verb, given, status=200, walled=False)


class _Refused(Exception):
    """Nothing was applied because of bad rows."""

    def __init__(self, report: Loaded) -> None:
        super().__init__()
        self.report = report


def _shown(report: LoadReport) -> Loaded:
    (file,) = report.files
    told = asdict(file)
    return Loaded.model_validate(told)
