"""Reading contacts: the history of a bill unit and its account, and how many of each kind."""

import datetime as dt
from dataclasses import dataclass

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import pages
from dunwell.domain.handles import Handle
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import Whose, find

_QUERIES = statements.load(__package__, "queries.sql")

_ORDER = "contacted_on"


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact; `bill_unit_no` is none for one about the account as a whole."""

    handle: Handle
    account_no: str
    bill_unit_no: str | None
    case: Handle | None
    letter_id: int | None
    contacted_on: dt.date
    recorded_at: dt.datetime
    contact_class: str
    contact_type: str
    direction: str
    channel: str
    text: str
    author: str


@dataclass(frozen=True, slots=True)
class ContactCount:
    """How many contacts of a class and type there are, and when the latest was."""

    contact_class: str
    contact_type: str
    contacts: int
    latest_on: dt.date


def contacts(
    operation: Operation,
    bill_unit_no: str,
    *,
    contact_class: str | None = None,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Contact]:
    """The contacts about a bill unit and about its account, the newest first. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    return contacts_of(
        operation,
        find(operation, bill_unit_no),
        contact_class=contact_class,
        limit=limit,
        cursor=cursor,
    )


def contacts_of(
    operation: Operation,
    whose: Whose,
    *,
    contact_class: str | None = None,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Contact]:
    """The same of whom somebody has found already, also of a whole account. Raises BadInput."""
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    after = pages.decode(_ORDER, cursor, dt.date, int)
    found = _contacts(
        operation,
        whose.account_id,
        bill_unit_id=whose.id,
        contact_class=contact_class,
        limit=limit + 1,
        after=after,
    )
    return pages.page(found, limit, lambda each: (each.contacted_on, each.handle.id), _ORDER)


def counts(operation: Operation, bill_unit_no: str) -> tuple[ContactCount, ...]:
    """How many contacts a bill unit and its account have had, by class and type."""
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id}
    rows = _QUERIES["counts"].run(operation.connection, given).fetchall()
    return tuple(ContactCount(*row) for row in rows)


def contact(operation: Operation, account_id: int, contact_id: int) -> Contact:
    """One contact, as somebody who has just recorded it is shown it."""
    (found,) = _contacts(operation, account_id, contact_id=contact_id, limit=1)
    return found


def _contacts(
    operation: Operation,
    account_id: int,
    *,
    bill_unit_id: int | None = None,
    contact_class: str | None = None,
    contact_id: int | None = None,
    limit: int,
    after: pages.Key = pages.START,
) -> list[Contact]:
    after_day, after_id = after
    given = {
        "account_id": account_id,
        "bill_unit_id": bill_unit_id,
        "contact_class": contact_class,
        "contact_id": contact_id,
        "limit": limit,
        "after_day": after_day,
        "after_id": after_id,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_QUERIES["contacts"].render(), given).fetchall()
    return [
        Contact(
            handle=Handle(account_id, row.pop("id")),
            case=None if (case := row.pop("case_id")) is None else Handle(account_id, case),
            **row,
        )
        for row in rows
    ]
