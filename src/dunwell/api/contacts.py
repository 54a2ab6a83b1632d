"""Customer contacts: a bill unit's history of calls, letters, visits, complaints and denials."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page
from dunwell.api.values import (
    LARGEST,
    Day,
    Flag,
    Given,
    GivenHandle,
    HandleText,
    Line,
    PathNumber,
    Shown,
    Whole,
)
from dunwell.domain.statuses import ContactChannel, Direction
from dunwell.features.access.actor import Permission
from dunwell.features.contacts import queries, service

router = APIRouter(prefix="/bill-units/{bill_unit_no}/contacts", tags=["customer contacts"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Recorder = Annotated[Caller, may(Permission.PROMISE_TO_PAY)]


class NewContact(Given):
    """A contact to be recorded; its class and type are the policy's, if it names some."""

    contact_class: Line
    contact_type: Line
    text: Annotated[str, StringConstraints(max_length=service.LONGEST, pattern=r"^[^\x00]*$")] = ""
    direction: Direction = Direction.INBOUND
    channel: ContactChannel = ContactChannel.PHONE
    contacted_on: Annotated[Day | None, Field(description="Null: today.")] = None
    case: Annotated[GivenHandle | None, Field(description="The case that it is about.")] = None
    letter_id: Annotated[
        Whole | None, Field(ge=1, le=LARGEST, description="The letter that it was.")
    ] = None
    about_account: Flag = False


class Contact(Shown):
    """One contact; its `bill_unit_no` is null if it is about the account as a whole."""

    handle: HandleText
    account_no: str
    bill_unit_no: str | None
    case: HandleText | None
    letter_id: int | None
    contacted_on: dt.date
    recorded_at: dt.datetime
    contact_class: str
    contact_type: str
    direction: str
    channel: str
    text: str
    author: str


class ContactCount(Shown):
    """How many contacts of a class and type there are."""

    contact_class: str
    contact_type: str
    contacts: int
    latest_on: dt.date


class ContactCounts(Shown):
    """By class and type."""

    items: list[ContactCount]


@router.get("")
def list_contacts(
    bill_unit_no: PathNumber,
    caller: Viewer,
    limit: Limit = 100,
    after: After = None,
    contact_class: Annotated[Line | None, Query()] = None,
) -> Page[Contact]:
    """The contacts about a bill unit and about its account, the newest first."""
    with caller.look() as operation:
        found = queries.contacts(
            operation, bill_unit_no, contact_class=contact_class, limit=limit, cursor=after
        )
    return Page(
        items=[Contact.model_validate(each) for each in found.items], next=found.next_cursor
    )


@router.get("/counts")
def count_contacts(bill_unit_no: PathNumber, caller: Viewer) -> ContactCounts:
    """How many contacts there have been, by class and type."""
    with caller.look() as operation:
        found = queries.counts(operation, bill_unit_no)
    return ContactCounts(items=[ContactCount.model_validate(each) for each in found])


@router.post("", status_code=201, response_model=Contact)
def record_contact(
    bill_unit_no: PathNumber, given: NewContact, caller: Recorder, _key: IdempotencyKey = None
) -> Response:
    """Record a contact."""
    return caller.once(
        lambda operation: Contact.model_validate(
            service.record(operation, bill_unit_no, **dict(given))
        ),
        given,
    )
