"""Bank statements: a camt file in, its entries posted or waiting in suspense, where a person finds
their place. What isn't assigned belongs to no brand, so all of this takes somebody who sees every
brand.
"""

import datetime as dt
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Amount, Given, Line, Money, PathId, Shown, Text
from dunwell.domain.errors import BadFile
from dunwell.engine.settling import Unit, settle
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.payments import importing, suspense

router = APIRouter(tags=["bank statements"])

Teller = Annotated[Caller, may(Permission.TAKE_PAYMENT)]

LARGEST = 50_000_000
"""Bytes of a statement; it is read as a whole."""


class Imported(Shown):
    """What became of a file's entries: how many were posted, wait in suspense, were known already
    (`duplicate`), went out or aren't booked yet; and the sums by currency.
    """

    statements: int
    entries: dict[str, int]
    posted: dict[str, Amount]
    suspense: dict[str, Amount]


class Entry(Shown):
    """What a statement said and nobody could be given."""

    id: int
    booked_on: dt.date
    money: Money
    name: str | None
    last_four: str | None
    reference: str
    end_to_end_id: str | None
    return_code: str | None
    reason: str | None
    statement_no: str


class Settled(Shown):
    """An entry that is dealt with."""

    id: int
    status: str


class Assignment(Given):
    """Whose an entry is."""

    bill_unit_no: Line


class Dismissal(Given):
    """Why an entry is no business of collections."""

    reason: Text


class Body(BaseModel):
    """What was sent, in a file, and its hash."""

    path: Path
    fingerprint: bytes


async def _received(request: Request) -> AsyncIterator[Body]:
    folder = Path(tempfile.mkdtemp(prefix="dunwell-statement-"))
    try:
        path, digest = folder / "statement.xml", hashlib.sha256()
        with path.open("wb") as file:
            async for piece in request.stream():
                digest.update(piece)
                file.write(piece)
        yield Body(path=path, fingerprint=digest.digest())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_DESCRIPTION = {
    "requestBody": {
        "required": True,
        "content": {"application/xml": {"schema": {"type": "string"}}},
    }
}


def sized(limit: int) -> APIRouter:
    """The route that takes files, with room for a body of so many bytes."""
    sized_router = APIRouter(tags=["bank statements"])
    sized_router.post(
        "/bank-statements",
        status_code=200,
        response_model=Imported,
        openapi_extra=_DESCRIPTION,
        max_body_size=min(limit, LARGEST),
    )(import_statement)
    return sized_router


def import_statement(
    caller: Teller, body: Annotated[Body, Depends(_received)], _key: IdempotencyKey = None
) -> Response:
    """Post a bank's statement (camt.053 or camt.054); who has paid leaves collections. All of the
    file or nothing; importing it again changes nothing.
    """
    paid: set[Unit] = set()

    def verb(operation: Operation) -> BaseModel:
        suspense.require_every_brand(operation)
        try:
            result = importing.import_file(operation, body.path)
        except BadFile as failure:
            raise BadFile(failure.message.replace(f"{body.path.parent}/", "")) from failure
        paid.update(result.paid)
        return Imported.model_validate(result, from_attributes=True)

    response = caller.once(verb, body.fingerprint, status=200)
    settle_for(caller.request, caller.transactions, paid)
    return response


def settle_for(request: Request, transactions: Any, paid: Collection[Unit]) -> None:
    """Measure who has paid again, and let them leave; the next night does it where this fails."""
    if not paid:
        return
    application = request.app.state.application
    with transactions.connection() as connection:
        today = transactions.today(connection)
    width = application.settings.slice_width
    settle(application.database, application.plugins, today, paid, slice_width=width)


@router.get("/suspense")
def list_suspense(caller: Teller, limit: Limit = 100, after: After = None) -> Page[Entry]:
    """What waits for somebody to find its place, oldest first."""
    booked_on, number = key_of(after, dt.date, int, first=[dt.date.min, 0])
    with caller.look() as operation:
        found = suspense.listed(operation, after=(booked_on, number), most=limit + 1)
    shown, following = page(found, limit, lambda row: [row["booked_on"], row["id"]])
    return Page(items=[_entry(row) for row in shown], next=following)


def _entry(row: dict[str, Any]) -> Entry:
    money = Money(amount=row["amount"], currency=row["currency"])
    return Entry.model_validate({**row, "money": money})


@router.post("/suspense/{entry_id}/assign", response_model=Settled)
def assign_entry(
    entry_id: PathId, given: Assignment, caller: Teller, _key: IdempotencyKey = None
) -> Response:
    """Give an entry to a bill unit: money in becomes its payment, money out takes one back."""
    paid: set[Unit] = set()

    def verb(operation: Operation) -> Settled:
        paid.add(suspense.assign(operation, entry_id, given.bill_unit_no))
        return Settled(id=entry_id, status="posted")

    response = caller.once(verb, given, status=200)
    settle_for(caller.request, caller.transactions, paid)
    return response


@router.post("/suspense/{entry_id}/dismiss", response_model=Settled)
def dismiss_entry(
    entry_id: PathId, given: Dismissal, caller: Teller, _key: IdempotencyKey = None
) -> Response:
    """Say why an entry is no business of collections."""

    def verb(operation: Operation) -> Settled:
        suspense.dismiss(operation, entry_id, given.reason)
        return Settled(id=entry_id, status="dismissed")

    return caller.once(verb, given, status=200)
