"""Importing bank statements: every entry becomes a payment, takes one back, or waits in suspense.

A file is one transaction. What came before, in this file or another, is recognized and left alone.
What becomes of an entry is decided in `dunwell.features.payments.fates`.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from dunwell.db import locks, statements
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.events import log as event_log
from dunwell.features.payments import camt, fates
from dunwell.features.payments.camt import Booking, Statement
from dunwell.features.payments.recording import Unit

_IMPORTING = statements.load(__package__, "importing.sql")


@dataclass(slots=True)
class Import:
    """What became of a file's entries; `paid` are the bill units whose balances changed."""

    statements: int = 0
    entries: Counter[str] = field(default_factory=Counter)
    """Entries by what they became: posted, suspense, outgoing, duplicate, not_booked."""
    posted: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    suspense: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    paid: set[Unit] = field(default_factory=set)

    def as_json(self) -> dict[str, Any]:
        """The numbers for machines."""
        return {
            "statements": self.statements,
            "entries": dict(self.entries),
            "posted": {code: str(amount) for code, amount in self.posted.items()},
            "suspense": {code: str(amount) for code, amount in self.suspense.items()},
        }


def import_file(operation: Operation, path: Path) -> Import:
    """Import a camt.053 or camt.054 file; the surface commits. Settle the `paid` bill units after.

    Raises BadFile, and then nothing of the file is imported.
    """
    operation.actor.require(Permission.TAKE_PAYMENT)
    found, sha256 = camt.read(path)
    _IMPORTING["one_importer"].run(operation.connection)
    event_log.ensure_month(operation.connection, operation.date)
    result = Import(statements=len(found))
    for statement in found:
        _import(operation, statement, sha256, result)
    return result


def _import(operation: Operation, statement: Statement, sha256: str, result: Import) -> None:
    new = _new_bookings(operation, statement, result)
    entries = [
        fates.Entry(booking, transaction, f"{booking.key}/{'sum' if booking.is_sum else place}")
        for booking in new
        for place, transaction in enumerate(booking.transactions, start=1)
    ]
    result.entries["not_booked"] += statement.not_booked
    if not entries:
        return
    lookup = fates.Lookup(operation, entries)
    # every slice that may be written to, in ascending order, before anything is written
    for slice_no in sorted({account // operation.slice_width for account in lookup.accounts()}):
        locks.share_slice(
            operation.connection, slice_no * operation.slice_width, operation.slice_width
        )
    given = {
        "date": operation.date,
        "statement_no": statement.number,
        "account": statement.account,
        "digest": sha256,
    }
    row = _IMPORTING["add_statement"].run(operation.connection, given).fetchone()
    assert row is not None
    for entry in entries:
        for part, fate in fates.of(operation, lookup, entry):
            _keep(operation, row[0], part, fate)
            _count(result, part, fate)


def _new_bookings(operation: Operation, statement: Statement, result: Import) -> list[Booking]:
    """The bookings that no other file has told; a sum that is now told in full gives way."""
    keys = [booking.key for booking in statement.bookings]
    rows = _IMPORTING["known_bookings"].run(operation.connection, {"keys": keys}).fetchall()
    known: dict[str, bool] = dict(rows)
    new = []
    for booking in statement.bookings:
        if booking.key not in known:
            new.append(booking)
        elif known[booking.key] and not booking.is_sum:
            _IMPORTING["detailed"].run(operation.connection, {"booking_key": booking.key})
            new.append(booking)
        else:
            result.entries["duplicate"] += len(booking.transactions)
    return new


def _keep(operation: Operation, statement_id: int, entry: fates.Entry, fate: fates.Fate) -> None:
    transaction, booking = entry.transaction, entry.booking
    _IMPORTING["add_entry"].run(
        operation.connection,
        {
            "bank_statement_id": statement_id,
            "booked_on": booking.booked_on,
            "valued_on": booking.valued_on,
            "amount": transaction.amount,
            "currency": transaction.currency,
            "status": fate.status,
            "booking_key": booking.key,
            "entry_key": entry.key,
            "is_sum": booking.is_sum,
            "end_to_end_id": transaction.end_to_end_id,
            "reference": entry.text,
            "name": transaction.name,
            "last_four": transaction.last_four,
            "return_code": transaction.return_code,
            "reason": fate.reason,
            "payment_no": fate.payment_no,
        },
    )


def _count(result: Import, entry: fates.Entry, fate: fates.Fate) -> None:
    result.entries[fate.status] += 1
    if fate.status in ("posted", "suspense"):
        sums = result.posted if fate.status == "posted" else result.suspense
        sums[entry.transaction.currency] += entry.transaction.amount
    if fate.unit is not None:
        result.paid.add(fate.unit)
