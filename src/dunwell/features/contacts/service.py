"""Recording contacts with customers: by class and type, who began it and how, in which words, and
what it was about. Actions record theirs themselves (`dunwell.actions.customer_contact`).
"""

import datetime as dt
from typing import Final

from dunwell.db import statements
from dunwell.domain import handles
from dunwell.domain.errors import BadInput, NotFound
from dunwell.domain.statuses import ContactChannel, Direction
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.contacts.queries import Contact, contact
from dunwell.features.receivables.bill_units import BillUnit, own

_SERVICE = statements.load(__package__, "service.sql")

LONGEST = 10_000
LONGEST_NAME = 200

COMPLAINT: Final = "complaint"
"""The class of complaints; experiments count them."""

PAY_PLAN: Final = "pay plan"
DENIED: Final = "denied"
"""Class and type of the contact that a denied pay plan leaves; alerts count them."""

PREDEFINED = {(COMPLAINT, "complaint"), (PAY_PLAN, DENIED)}
"""Class and type of the contacts that every policy knows."""


def record(
    operation: Operation,
    bill_unit_no: str,
    text: str,
    *,
    contact_class: str,
    contact_type: str,
    direction: Direction = Direction.INBOUND,
    channel: ContactChannel = ContactChannel.PHONE,
    contacted_on: dt.date | None = None,
    case: str | None = None,
    letter_id: int | None = None,
    about_account: bool = False,
) -> Contact:
    """Record a contact with a bill unit's customer; today unless it was on an earlier day.

    Raises NotFound, BadInput.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    _check(operation, text, contact_class, contact_type, contacted_on)
    bill_unit = own(operation, bill_unit_no)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": None if about_account else bill_unit.id,
        "case_id": _case_of(operation, bill_unit, case),
        "letter_id": _letter_of(operation, bill_unit, letter_id),
        "contacted_on": contacted_on or operation.date,
        "contact_class": contact_class,
        "contact_type": contact_type,
        "direction": str(direction),
        "channel": str(channel),
        "text": text,
        "actor": operation.actor.name,
        "business_date": operation.date,
    }
    row = _SERVICE["record"].run(operation.connection, given).fetchone()
    assert row is not None
    return contact(operation, bill_unit.account_id, row[0])


def _check(
    operation: Operation,
    text: str,
    contact_class: str,
    contact_type: str,
    contacted_on: dt.date | None,
) -> None:
    if len(text) > LONGEST or "\0" in text:
        raise BadInput(
            f"A contact's text has at most {LONGEST:,} characters and no NUL, not {len(text):,}."
        )
    for name in (contact_class, contact_type):
        if not name.strip() or len(name) > LONGEST_NAME or "\0" in name:
            raise BadInput(
                f"A contact's class and type have 1 to {LONGEST_NAME} characters, unlike {name!r}."
            )
    if contacted_on is not None and contacted_on > operation.date:
        raise BadInput(f"A contact can't be on {contacted_on}, after today, {operation.date}.")
    rows = _SERVICE["types"].run(operation.connection).fetchall()
    known = {(row[0], row[1]) for row in rows}
    if known and (contact_class, contact_type) not in known | PREDEFINED:
        names = ", ".join(sorted(f"{each} / {name}" for each, name in known | PREDEFINED))
        raise BadInput(
            f"The policy has no contact type {contact_class} / {contact_type}; it has {names}."
        )


def _case_of(operation: Operation, bill_unit: BillUnit, case: str | None) -> int | None:
    if case is None:
        return None
    handle = handles.parse(case, "case")
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id, "id": handle.id}
    found = _SERVICE["case_of"].run(operation.connection, given).fetchone()
    if handle.account_id != bill_unit.account_id or found is None:
        raise NotFound(f"The bill unit has no case {case}.")
    return handle.id


def _letter_of(operation: Operation, bill_unit: BillUnit, letter_id: int | None) -> int | None:
    if letter_id is None:
        return None
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id, "id": letter_id}
    if _SERVICE["letter_of"].run(operation.connection, given).fetchone() is None:
        raise NotFound(f"The bill unit has no letter {letter_id}.")
    return letter_id
