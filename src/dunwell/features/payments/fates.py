"""What becomes of the entries of a bank statement: a payment, the return of one, or suspense.

Money is given to a bill unit only if the entry names it beyond doubt; else a person decides
(`dunwell.features.payments.suspense`).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.features.access.actor import Operation
from dunwell.features.payments import matching, posting, recording
from dunwell.features.payments.camt import Booking, Transaction
from dunwell.features.payments.gateways.base import Returned, Succeeded
from dunwell.features.payments.gateways.sepa import RETRYABLE
from dunwell.features.payments.matching import Known, Match
from dunwell.features.payments.recording import COLLECTING, Unit

_IMPORTING = statements.load(__package__, "importing.sql")


@dataclass(frozen=True, slots=True)
class Fate:
    """What an entry becomes."""

    status: str
    reason: str | None = None
    payment_no: str | None = None
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A transaction of a booking that is new."""

    booking: Booking
    transaction: Transaction
    key: str

    @property
    def text(self) -> str:
        """What the customer wrote, references first."""
        return " ".join((*self.transaction.structured, self.transaction.text)).strip()


class Lookup:
    """All that the entries' numbers and end-to-end ids belong to, asked for at once."""

    def __init__(self, operation: Operation, entries: Sequence[Entry]) -> None:
        self.numbers = {
            entry.key: matching.numbers(entry.transaction.structured, entry.transaction.text)
            for entry in entries
        }
        wanted = sorted({number for found in self.numbers.values() for number in found})
        self.known: defaultdict[str, list[Known]] = defaultdict(list)
        for name in ("bills", "bill_units"):
            found = _IMPORTING[name].run(operation.connection, {"numbers": wanted})
            for number, *place in found:
                known = Known(*place)
                if operation.actor.sees(known.brand_id):
                    self.known[number].append(known)
        keys = sorted({entry.transaction.end_to_end_id or "" for entry in entries} - {""})
        with operation.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(_IMPORTING["own_charges"].render(), {"keys": keys}).fetchall()
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

    def _find_batch(self, operation: Operation, entry: Entry) -> None:
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


def of(operation: Operation, lookup: Lookup, entry: Entry) -> Iterator[tuple[Entry, Fate]]:
    """What becomes of an entry; a return with the bank's fee in it is two."""
    transaction = entry.transaction
    if entry.booking.detail_differs:
        yield entry, Fate("suspense", "its transactions don't make up its amount")
    elif transaction.amount > 0:
        yield entry, _money_in(operation, lookup, entry)
    else:
        yield from _money_out(operation, lookup, entry)


def _money_in(operation: Operation, lookup: Lookup, entry: Entry) -> Fate:
    transaction = entry.transaction
    own = lookup.own.get(transaction.end_to_end_id or "")
    if own is not None:
        return _collected(operation, own, entry)
    if entry.booking.is_sum and lookup.batches.get(transaction.batch_no or ""):
        return _batch(operation, lookup.batches[transaction.batch_no or ""], entry)
    if entry.booking.is_sum:
        return Fate("suspense", "is a sum of transactions that the bank didn't list")
    if entry.booking.is_reversal:
        return Fate("suspense", "takes back money that was paid out")
    match = matching.decide(lookup.numbers[entry.key], lookup.known, transaction.currency)
    if not isinstance(match, Match):
        return Fate("suspense", match.reason)
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
    return Fate("posted", None, number, (match.known.account_id, match.known.bill_unit_id))


def _collected(operation: Operation, own: Mapping[str, Any], entry: Entry) -> Fate:
    """A direct debit of ours has been paid."""
    transaction = entry.transaction
    number = recording.payment_number(own["key"])
    if (transaction.amount, transaction.currency) != (own["charged_amount"], own["currency"]):
        return Fate(
            "suspense",
            f"pays a direct debit of {own['charged_amount'].normalize():f} {own['currency']},"
            " a different amount",
        )
    claimed = _IMPORTING["is_claimed"].run(operation.connection, {"payment_no": number}).fetchone()
    if claimed == (True,):
        return Fate("suspense", "pays a direct debit that was paid already")
    unit = own["account_id"], own["bill_unit_id"]
    if own.get("payment_no"):
        # its return was told before; the payment is there
        return Fate("posted", None, number, unit)
    recorded = recording.record(
        operation,
        own["account_id"],
        own["id"],
        own["key"],
        Succeeded(transaction.amount, on=entry.booking.booked_on),
    )
    if recorded is None:
        return Fate("suspense", "pays a direct debit that was paid already")
    return Fate("posted", None, number, unit)


def _batch(operation: Operation, awaited: list[dict[str, Any]], entry: Entry) -> Fate:
    """The bank booked a file of direct debits as one sum."""
    transaction = entry.transaction
    total = sum((row["charged_amount"] for row in awaited), Decimal(0))
    if total != transaction.amount or transaction.currency != "EUR":
        return Fate(
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
    return Fate("posted", None, f"batch-{transaction.batch_no}")


def _money_out(operation: Operation, lookup: Lookup, entry: Entry) -> Iterator[tuple[Entry, Fate]]:
    transaction = entry.transaction
    own = lookup.own.get(transaction.end_to_end_id or "")
    if own is not None:
        yield from _bounced(operation, own, entry)
        return
    if not entry.booking.is_reversal and transaction.return_code is None:
        yield entry, Fate("outgoing")
        return
    given = {
        "amount": -transaction.amount,
        "currency": transaction.currency,
        "end_to_end_id": transaction.end_to_end_id,
        "reference": entry.text,
    }
    originals = _IMPORTING["originals"].run(operation.connection, given).fetchall()
    if len(originals) != 1:
        yield entry, Fate("suspense", "takes back a payment that can't be told for certain")
        return
    number = posting.reverse_entry(
        operation,
        originals[0],
        entry_key=entry.key,
        amount=-transaction.amount,
        booked_on=entry.booking.booked_on,
        reason=transaction.return_code or "reversed",
    )
    yield entry, Fate("posted", None, number, (originals[0][0], originals[0][1]))


def _bounced(
    operation: Operation, own: Mapping[str, Any], entry: Entry
) -> Iterator[tuple[Entry, Fate]]:
    """A direct debit of ours came back, perhaps with the bank's fee."""
    transaction = entry.transaction
    collected: Decimal = own["charged_amount"]
    fee = -transaction.amount - collected
    if fee and not (fee > 0 and transaction.instructed == collected):
        yield entry, Fate("suspense", "takes back a direct debit in a different amount")
        return
    unit = own["account_id"], own["bill_unit_id"]
    outcome = Returned(
        transaction.return_code or "returned",
        transaction.return_code in RETRYABLE,
        collected,
        entry.booking.booked_on,
    )
    if not _take_back(operation, own, outcome, entry):
        yield entry, Fate("suspense", "takes back a direct debit that isn't there any more")
        return
    returned = replace(entry, transaction=replace(transaction, amount=-collected))
    yield returned, Fate("posted", None, f"returned-{own['key']}", unit)
    if fee:
        charged = replace(transaction, amount=-fee)
        yield (
            replace(entry, transaction=charged, key=f"{entry.key}/fee"),
            Fate("outgoing", "the bank's fee for a returned direct debit"),
        )


def _take_back(
    operation: Operation, own: Mapping[str, Any], outcome: Returned, entry: Entry
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
