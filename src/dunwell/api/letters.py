"""Letters of a bill unit: when they were made, how they went out or why not, and their documents as
they were sent, however long ago.
"""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Response

from dunwell.api import documents
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Flag, Given, PathId, PathNumber, Shown
from dunwell.domain.pages import START
from dunwell.domain.statuses import LetterStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.letters import service

router = APIRouter(prefix="/bill-units/{bill_unit_no}/letters", tags=["letters"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Deliverer = Annotated[Caller, may(Permission.DELIVER)]


class Letter(Shown):
    """One letter; `sha256` is its document's hash, `batch` the print shop's."""

    id: int
    bill_unit_no: str
    made_on: dt.date
    template: str
    locale: str | None
    status: str
    channel: str | None
    message: str | None
    attempts: int
    next_attempt_at: dt.datetime | None
    sent_at: dt.datetime | None
    batch: str | None
    media_type: str | None
    sha256: str | None
    message_id: str | None


class Settlement(Given):
    """What is known of an uncertain letter."""

    sent: Flag
    """Whether the mail server has it; if not, it goes out again."""


@router.get("")
def list_letters(
    bill_unit_no: PathNumber,
    caller: Viewer,
    limit: Limit = 100,
    after: After = None,
    status: Annotated[LetterStatus | None, Query()] = None,
) -> Page[Letter]:
    """The letters of a bill unit, or those of one status, oldest first."""
    start = key_of(after, dt.date, int, first=START)
    with caller.look() as operation:
        found = service.listed(operation, bill_unit_no, status=status, after=start, limit=limit + 1)
    shown, following = page(found, limit, lambda row: (row["made_on"], row["id"]))
    return Page(items=[Letter.model_validate(row) for row in shown], next=following)


@router.get("/{letter_id}/document", response_class=Response, responses=documents.RESPONSES)
def show_document(bill_unit_no: PathNumber, letter_id: PathId, caller: Viewer) -> Response:
    """A letter's document as it was rendered."""
    with caller.look() as operation:
        return documents.answer(service.document(operation, bill_unit_no, letter_id))


@router.post("/{letter_id}/settle", response_model=Letter)
def settle_letter(
    bill_unit_no: PathNumber,
    letter_id: PathId,
    given: Settlement,
    caller: Deliverer,
    _key: IdempotencyKey = None,
) -> Response:
    """Say whether the mail server has a letter of which nobody knows."""

    def verb(operation: Operation) -> Letter:
        service.settle(operation, bill_unit_no, letter_id, sent=given.sent)
        return Letter.model_validate(service.find(operation, bill_unit_no, letter_id))

    return caller.once(verb, given, status=200)
