"""Notes: what people write down about an account or one of its bill units, by category and date."""

import datetime as dt
from dataclasses import dataclass

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import pages
from dunwell.domain.errors import BadInput
from dunwell.domain.handles import Handle
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import find, own

_NOTES = statements.load(__package__, "notes.sql")

LONGEST = 10_000
LONGEST_CATEGORY = 100
GENERAL = "general"

_ORDER = "noted_on"


@dataclass(frozen=True, slots=True)
class Note:
    """One note; `bill_unit_no` is none for one about the account as a whole."""

    handle: Handle
    account_no: str
    bill_unit_no: str | None
    category: str
    noted_on: dt.date
    recorded_at: dt.datetime
    text: str
    author: str


def write_note(
    operation: Operation,
    bill_unit_no: str,
    text: str,
    *,
    category: str = GENERAL,
    noted_on: dt.date | None = None,
    about_account: bool = False,
) -> Note:
    """Write a note about a bill unit, or `about_account` about its account as a whole; dated today
    unless another day is given. Raises NotFound, BadInput.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    if not 1 <= _length(text) <= LONGEST:
        raise BadInput(f"A note has 1 to {LONGEST:,} characters, not {_length(text):,}.")
    if not 1 <= _length(category) <= LONGEST_CATEGORY:
        raise BadInput(
            f"A category has 1 to {LONGEST_CATEGORY} characters, not {_length(category):,}."
        )
    if "\0" in text + category:
        raise BadInput("A note can't hold the character NUL; leave it out.")
    bill_unit = own(operation, bill_unit_no)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": None if about_account else bill_unit.id,
        "noted_on": noted_on or operation.date,
        "category": category,
        "text": text,
        "actor": operation.actor.name,
        "business_date": operation.date,
    }
    row = _NOTES["write"].run(operation.connection, given).fetchone()
    assert row is not None
    (note,) = _notes(operation, bill_unit.account_id, None, note_id=row[0], limit=1)
    return note


def _length(text: str) -> int:
    """How many characters were written; blanks alone say nothing."""
    return len(text) if text.strip() else 0


def notes(
    operation: Operation,
    bill_unit_no: str,
    *,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Note]:
    """The notes about a bill unit and about its account, the newest first. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    bill_unit = find(operation, bill_unit_no)
    after = pages.decode(_ORDER, cursor, dt.date, int)
    found = _notes(operation, bill_unit.account_id, bill_unit.id, limit=limit + 1, after=after)
    return pages.page(found, limit, lambda note: (note.noted_on, note.handle.id), _ORDER)


def _notes(
    operation: Operation,
    account_id: int,
    bill_unit_id: int | None,
    *,
    limit: int,
    note_id: int | None = None,
    after: pages.Key = pages.START,
) -> list[Note]:
    after_day, after_id = after
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            _NOTES["notes"].render(),
            {
                "account_id": account_id,
                "bill_unit_id": bill_unit_id,
                "note_id": note_id,
                "limit": limit,
                "after_day": after_day,
                "after_id": after_id,
            },
        ).fetchall()
    return [Note(handle=Handle(account_id, row.pop("id")), **row) for row in rows]
