"""Importing bank statements: every entry becomes a payment, takes one back, or waits in suspense.

A file is one transaction. What came before, in this file or another, is recognized and left alone.
Money is given to a bill unit only if the entry names it beyond doubt; else a person decides
(`dunwell.features.payments.suspense`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import locks, statements
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.events import log as event_log
from dunwell.features.payments import camt, matching, posting, recording
from dunwell.features.payments.camt import Booking, Statement, Transaction
from dunwell.features.payments.gateways.base import Returned, Succeeded
from dunwell.features.payments.gateways.sepa import RETRYABLE
from dunwell.features.payments.matching import Known, Match
from dunwell.features.payments.recording import COLLECTING, Unit

IMPORTING = statements.load(__package__, "importing.sql")


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


@dataclass(frozen=True, slots=True)
class _Fate:
    """What an entry becomes."""

    status: str
    reason: str | None = None
    payment_no: str | None = None
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A transaction of a booking that is new."""

    booking: Booking
    transaction: Transaction
    key: str

    @property
    def text(self) -> str:
        """What the customer wrote, references first."""
        return " ".join((*self.transaction.structured, self.transaction.text)).strip()


def import_file(operation: Operation, path: Path) -> Import:
    """Import a camt.053 or camt.054 file; the surface commits. Settle the `paid` bill units after.

    Raises BadFile, and then nothing of the file is imported.
    """
    operation.actor.require(Permission.TAKE_PAYMENT)
    found, sha256 = camt.read(path)
    IMPORTING["one_importer"].run(operation.connection)
    event_log.ensure_month(operation.connection, operation.date)
    result = Import(statements=len(found))
    for statement in found:
        _import(operation, statement, sha256, result)
    return result


def _import(operation: Operation, statement: Statement, sha256: str, result: Import) -> None:
    new = _new_bookings(operation, statement, result)
    entries = [
        _Entry(booking, transaction, f"{booking.key}/{'sum' if booking.is_sum else place}")
        for booking in new
        for place, transaction in enumerate(booking.transactions, start=1)
    ]
    result.entries["not_booked"] += statement.not_booked
    if not entries:
        return
    lookup = _Lookup(operation, entries)
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
    row = IMPORTING["add_statement"].run(operation.connection, given).fetchone()
    assert row is not None
    for entry in entries:
        for part, fate in _fates(operation, lookup, entry):
            _keep(operation, row[0], part, fate)
            _count(result, part, fate)


def _new_bookings(operation: Operation, statement: Statement, result: Import) -> list[Booking]:
    """The bookings that no other file has told; a sum that is now told in full gives way."""
    keys = [booking.key for booking in statement.bookings]
    rows = IMPORTING["known_bookings"].run(operation.connection, {"keys": keys}).fetchall()
    known: dict[str, bool] = dict(rows)
    new = []
    for booking in statement.bookings:
        if booking.key not in known:
            new.append(booking)
        elif known[booking.key] and not booking.is_sum:
            IMPORTING["detailed"].run(operation.connection, {"booking_key": booking.key})
            new.append(booking)
        else:
            result.entries["duplicate"] += len(booking.transactions)
    return new


class _Lookup:
    """All that the entries' numbers and end-to-end ids belong to, asked for at once."""

    def __init__(self, operation: Operation, entries: Sequence[_Entry]) -> None:
        self.numbers = {
            entry.key: matching.numbers(entry.transaction.structured, entry.transaction.text)
            for entry in entries
        }
        wanted = sorted({number for found in self.numbers.values() for number in found})
        self.known: defaultdict[str, list[Known]] = defaultdict(list)
        for name in ("bills", "bill_units"):
            found = IMPORTING[name].run(operation.connection, {"numbers": wanted})
            for number, *place in found:
                known = Known(*place)
                if operation.actor.sees(known.brand_id):
                    self.known[number].append(known)
        keys = sorted({entry.transaction.end_to_end_id or "" for entry in entries} - {""})
        with operation.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(IMPORTING["own_charges"].render(), {"keys": keys}).fetchall()
        self.own: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for row in rows:
            # the attempt's row comes first; the payment's adds its number
            self.own[row["key"]] |= {
                name: value for name, value in row.items() if value is not None
            }
        self._batch_accounts: set[int] = set()
        self.batches: dict[str, list[dict[str, Any]]] = {}
        for entry in entries:
            self._find_batch(operation, entry)

    def _find_batch(self, operation: Operation, entry: _Entry) -> None:
        number = entry.transaction.batch_no
        if entry.booking.is_sum and number and number not in self.batches:
            with operation.connection.cursor(row_factory=dict_row) as cursor:
                given = {"message_no": number}
                rows = cursor.execute(COLLECTING["of_file"].render(), given).fetchall()
            self.batches[number] = rows
            self._batch_accounts |= {row["account_id"] for row in rows}

    def accounts(self) -> set[int]:
        """All accounts that may be written to."""
        matched = {known.account_id for ones in self.known.values() for known in ones}
        own = {row["account_id"] for row in self.own.values()}
        return matched | own | self._batch_accounts


def _fates(operation: Operation, lookup: _Lookup, entry: _Entry) -> Iterator[tuple[_Entry, _Fate]]:
    """What becomes of an entry; a return with the bank's fee in it is two."""
    transaction = entry.transaction
    if entry.booking.detail_differs:
        yield entry, _Fate("suspense", "its transactions don't make up its amount")
    elif transaction.amount > 0:
        yield entry, _money_in(operation, lookup, entry)
    else:
        yield from _money_out(operation, lookup, entry)


def _money_in(operation: Operation, lookup: _Lookup, entry: _Entry) -> _Fate:
    transaction = entry.transaction
    own = lookup.own.get(transaction.end_to_end_id or "")
    if own is not None:
        return _collected(operation, own, entry)
    if entry.booking.is_sum and lookup.batches.get(transaction.batch_no or ""):
        return _batch(operation, lookup.batches[transaction.batch_no or ""], entry)
    if entry.booking.is_sum:
        return _Fate("suspense", "is a sum of transactions that the bank didn't list")
    if entry.booking.is_reversal:
        return _Fate("suspense", "takes back money that was paid out")
    match = matching.decide(lookup.numbers[entry.key], lookup.known, transaction.currency)
    if not isinstance(match, Match):
        return _Fate("suspense", match.reason)
    number = posting.post_entry(
        operation,
        (match.known.account_id, match.known.bill_unit_id),
        bill_id=match.bill_id,
        entry_key=entry.key,
        amount=transaction.amount,
        currency=transaction.currency,
        booked_on=entry.booking.booked_on,
        numbers=match.numbers,
    )
    return _Fate("posted", None, number, (match.known.account_id, match.known.bill_unit_id))


def _collected(operation: Operation, own: Mapping[str, Any], entry: _Entry) -> _Fate:
    """A direct debit of ours has been paid."""
    transaction = entry.transaction
    number = recording.payment_number(own["key"])
    if (transaction.amount, transaction.currency) != (own["charged_amount"], own["currency"]):
        return _Fate(
            "suspense",
            f"pays a direct debit of {own['charged_amount'].normalize():f} {own['currency']},"
            " a different amount",
        )
    claimed = IMPORTING["is_claimed"].run(operation.connection, {"payment_no": number}).fetchone()
    if claimed == (True,):
        return _Fate("suspense", "pays a direct debit that was paid already")
    unit = own["account_id"], own["bill_unit_id"]
    if own.get("payment_no"):
        # its return was told before; the payment is there
        return _Fate("posted", None, number, unit)
    recorded = recording.record(
        operation,
        own["account_id"],
        own["id"],
        own["key"],
        Succeeded(transaction.amount, on=entry.booking.booked_on),
    )
    if recorded is None:
        return _Fate("suspense", "pays a direct debit that was paid already")
    return _Fate("posted", None, number, unit)


def _batch(operation: Operation, awaited: list[dict[str, Any]], entry: _Entry) -> _Fate:
    """The bank booked a file of direct debits as one sum."""
    transaction = entry.transaction
    total = sum((row["charged_amount"] for row in awaited), Decimal(0))
    if total != transaction.amount or transaction.currency != "EUR":
        return _Fate(
            "suspense",
            f"books a file of direct debits in one sum, but {total.normalize():f} EUR is awaited",
        )
    for row in awaited:
        recording.record(
            operation,
            row["account_id"],
            row["id"],
            row["idempotency_key"],
            Succeeded(row["charged_amount"], on=entry.booking.booked_on),
        )
    awaited.clear()
    return _Fate("posted", None, f"batch-{transaction.batch_no}")


def _money_out(
    operation: Operation, lookup: _Lookup, entry: _Entry
) -> Iterator[tuple[_Entry, _Fate]]:
    transaction = entry.transaction
    own = lookup.own.get(transaction.end_to_end_id or "")
    if own is not None:
        yield from _bounced(operation, own, entry)
        return
    if not entry.booking.is_reversal and transaction.return_code is None:
        yield entry, _Fate("outgoing")
        return
    given = {
        "amount": -transaction.amount,
        "currency": transaction.currency,
        "end_to_end_id": transaction.end_to_end_id,
        "reference": entry.text,
    }
    originals = IMPORTING["originals"].run(operation.connection, given).fetchall()
    if len(originals) != 1:
        yield entry, _Fate("suspense", "takes back a payment that can't be told for certain")
        return
    number = posting.reverse_entry(
        operation,
        originals[0],
        entry_key=entry.key,
        amount=-transaction.amount,
        booked_on=entry.booking.booked_on,
        reason=transaction.return_code or "reversed",
    )
    yield entry, _Fate("posted", None, number, (originals[0][0], originals[0][1]))


def _bounced(
    operation: Operation, own: Mapping[str, Any], entry: _Entry
) -> Iterator[tuple[_Entry, _Fate]]:
    """A direct debit of ours came back, perhaps with the bank's fee."""
    transaction = entry.transaction
    collected: Decimal = own["charged_amount"]
    fee = -transaction.amount - collected
    if fee and not (fee > 0 and transaction.instructed == collected):
        yield entry, _Fate("suspense", "takes back a direct debit in a different amount")
        return
    unit = own["account_id"], own["bill_unit_id"]
    outcome = Returned(
        transaction.return_code or "returned",
        transaction.return_code in RETRYABLE,
        collected,
        entry.booking.booked_on,
    )
    if not _take_back(operation, own, outcome, entry):
        yield entry, _Fate("suspense", "takes back a direct debit that isn't there any more")
        return
    returned = replace(entry, transaction=replace(transaction, amount=-collected))
    yield returned, _Fate("posted", None, f"returned-{own['key']}", unit)
    if fee:
        charged = replace(transaction, amount=-fee)
        yield (
            replace(entry, transaction=charged, key=f"{entry.key}/fee"),
            _Fate("outgoing", "the bank's fee for a returned direct debit"),
        )


def _take_back(
    operation: Operation, own: Mapping[str, Any], outcome: Returned, entry: _Entry
) -> bool:
    if own.get("id") is None:
        # the charge was tried again since, under another key
        unit = own["account_id"], own["bill_unit_id"]
        return recording.reverse_earlier(operation, *unit, own["key"], outcome) is not None
    place = own["account_id"], own["id"], own["key"]
    if own["status"] == "pending":
        # what came back must have come: its booking stands in another statement
        paid = Succeeded(own["charged_amount"], on=entry.booking.booked_on)
        recording.record(operation, *place, paid)
    return recording.record(operation, *place, outcome) is not None


def _keep(operation: Operation, statement_id: int, entry: _Entry, fate: _Fate) -> None:
    transaction, booking = entry.transaction, entry.booking
    IMPORTING["add_entry"].run(
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


def _count(result: Import, entry: _Entry, fate: _Fate) -> None:
    result.entries[fate.status] += 1
    if fate.status in ("posted", "suspense"):
        sums = result.posted if fate.status == "posted" else result.suspense
        sums[entry.transaction.currency] += entry.transaction.amount
    if fate.unit is not None:
        result.paid.add(fate.unit)
