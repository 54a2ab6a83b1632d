"""What should have left the house and didn't: letters, reminders, payments, files and events, with
their errors; and the verbs that send many of them again, all or none.

What is retried goes out with the next delivery. A charge without an answer needs nobody: the next
delivery asks the gateway by the charge's own key.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import handles, pages
from dunwell.domain.errors import BadInput
from dunwell.domain.handles import Handle
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.letters import retrying

_UNDELIVERED = statements.load(__package__, "undelivered.sql")

_ORDER = "undelivered"

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Message:
    """A letter or a reminder that is in error, or a letter that is uncertain."""

    kind: str
    handle: Handle
    bill_unit_no: str
    name: str
    made_on: dt.date
    template: str
    status: str
    channel: str | None
    message: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Payment:
    """A charge of which the gateway hasn't said what became of it."""

    handle: Handle
    bill_unit_no: str
    name: str
    made_on: dt.date
    status: str
    amount: Decimal
    currency: str
    gateway: str | None
    charging_since: dt.datetime | None
    code: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class File:
    """A file that is recorded and in no folder yet."""

    id: int
    kind: str
    name: str
    made_on: dt.date


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who doesn't take its events."""

    name: str
    status: str
    failures: int
    failing_since: dt.datetime | None
    last_error: str | None
    waiting: int
    parked: int


@dataclass(frozen=True, slots=True)
class Others:
    """What isn't a letter or a reminder, up to as many as a page has of each."""

    payments: tuple[Payment, ...]
    files: tuple[File, ...]
    subscribers: tuple[Subscriber, ...]


def messages(
    operation: Operation, *, limit: int = pages.DEFAULT_LIMIT, cursor: str | None = None
) -> Page[Message]:
    """Letters and reminders that are stuck, by kind and account. Raises BadInput."""
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    kind, account_id, number = (
        ("", 0, 0) if cursor is None else pages.decode(_ORDER, cursor, str, int, int)
    )
    rows = _fetch(
        operation,
        "messages",
        limit=limit + 1,
        after_kind=kind,
        after_account=account_id,
        after_id=number,
    )
    found = [Message(handle=_handle(row), **row) for row in rows]
    return pages.page(
        found, limit, lambda each: (each.kind, each.handle.account_id, each.handle.id), _ORDER
    )


def others(operation: Operation, *, limit: int = pages.DEFAULT_LIMIT) -> Others:
    """Payments without an answer, files in no folder, and subscribers that take nothing."""
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    payments = _fetch(operation, "payments", limit=limit)
    return Others(
        tuple(Payment(handle=_handle(row), **row) for row in payments),
        tuple(File(**row) for row in _fetch(operation, "files", limit=limit)),
        tuple(Subscriber(**row) for row in _fetch(operation, "subscribers")),
    )


def retry(
    operation: Operation,
    *,
    letters: Sequence[str] = (),
    reminders: Sequence[str] = (),
    reason: str,
    note: str | None = None,
) -> int:
    """Send letters and reminders in error again, by their handles: all or none; how many.

    Raises NotFound, RuleViolation, BadInput.
    """
    _few(operation, len(letters) + len(reminders))
    return retrying.retry(
        operation,
        "letter",
        [handles.parse(each, "letter") for each in letters],
        reason=reason,
        note=note,
    ) + retrying.retry(
        operation,
        "reminder_message",
        [handles.parse(each, "reminder") for each in reminders],
        reason=reason,
        note=note,
    )


def settle(operation: Operation, letters: Sequence[str], *, sent: bool) -> int:
    """Say of uncertain letters that the mail server has them, or that they go out again: all or
    none; how many. Raises NotFound, RuleViolation, BadInput.
    """
    _few(operation, len(letters))
    found = [handles.parse(each, "letter") for each in letters]
    return retrying.settle(operation, found, sent=sent)


def _few(operation: Operation, number: int) -> None:
    operation.actor.require(Permission.DELIVER)
    if not 1 <= number <= MOST:
        raise BadInput(f"Give 1 to {MOST:,} letters and reminders, not {number:,}.")


def _handle(row: dict[str, Any]) -> Handle:
    return Handle(row.pop("account_id"), row.pop("id"))


def _fetch(operation: Operation, name: str, **given: Any) -> list[dict[str, Any]]:
    given["brands"] = operation.actor.brand_ids
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_UNDELIVERED[name].render(), given).fetchall()
