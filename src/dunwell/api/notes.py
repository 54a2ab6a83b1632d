"""Notes: what people write down about a bill unit or its account."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page
from dunwell.api.values import Day, Flag, Given, HandleText, PathNumber, Shown
from dunwell.features.access.actor import Permission
from dunwell.features.receivables import notes

router = APIRouter(prefix="/bill-units/{bill_unit_no}/notes", tags=["notes"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Worker = Annotated[Caller, may(Permission.WORK_ACTIONS)]


class NewNote(Given):
    """A note to be written; about the bill unit unless it is `about_account`."""

    text: Annotated[
        str, StringConstraints(min_length=1, max_length=notes.LONGEST, pattern=r"^[^\x00]+$")
    ]
    category: Annotated[
        str,
        StringConstraints(
            min_length=1, max_length=notes.LONGEST_CATEGORY, pattern=r"^[^\x00-\x1f\x7f]+$"
        ),
    ] = notes.GENERAL
    noted_on: Annotated[Day | None, Field(description="Null: today.")] = None
    about_account: Flag = False


class Note(Shown):
    """One note; its `bill_unit_no` is null if it is about the account as a whole."""

    handle: HandleText
    account_no: str
    bill_unit_no: str | None
    category: str
    noted_on: dt.date
    recorded_at: dt.datetime
    text: str
    author: str


@router.get("")
def list_notes(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[Note]:
    """The notes about a bill unit and about its account, the newest first."""
    with caller.look() as operation:
        found = notes.notes(operation, bill_unit_no, limit=limit, cursor=after)
    return Page(items=[Note.model_validate(note) for note in found.items], next=found.next_cursor)


@router.post("", status_code=201, response_model=Note)
def write_note(
    bill_unit_no: PathNumber, given: NewNote, caller: Worker, _key: IdempotencyKey = None
) -> Response:
    """Write a note."""
    return caller.once(
        lambda operation: Note.model_validate(
            notes.write_note(operation, bill_unit_no, **dict(given))
        ),
        given,
    )
