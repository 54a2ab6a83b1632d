"""Reading bank statements: camt.053 (statements) and camt.054 (notifications), every version.

Only what collecting needs is taken, by local names, so that the versions of ISO 20022 and the
habits of banks matter little. A file is untrusted: no entities, no network, no documents in it.
"""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lxml import etree

from dunwell.domain.errors import BadFile
from dunwell.features.policy import values

LARGEST = 100 * 1024 * 1024
"""Bytes; a day's statement of the largest companies is smaller."""

LONGEST_TEXT = 1_000
YEARS = range(1900, 2200)
"""What a bank doesn't book outside of."""

_KINDS = {"BkToCstmrStmt": "Stmt", "BkToCstmrDbtCdtNtfctn": "Ntfctn"}
_NOTHING = frozenset({"", "NOTPROVIDED", "NONREF", "NONE"})


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement of money; in is positive. `instructed` is what the original order said."""

    amount: Decimal
    currency: str
    structured: tuple[str, ...] = ()
    text: str = ""
    end_to_end_id: str | None = None
    name: str | None = None
    last_four: str | None = None
    return_code: str | None = None
    batch_no: str | None = None
    instructed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """One entry of a statement. `key` recognizes it in another file."""

    key: str
    booked_on: dt.date
    valued_on: dt.date
    transactions: tuple[Transaction, ...]
    is_reversal: bool = False
    is_sum: bool = False
    """The bank booked several transactions at once and doesn't list them."""
    detail_differs: bool = False
    """The transactions that it lists don't make up the booking."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of one account. `not_booked` entries may still change and don't count."""

    number: str
    account: str
    bookings: tuple[Booking, ...]
    not_booked: int


def read(path: Path) -> tuple[list[Statement], str]:
    """The statements of a file, and the file's SHA-256. Raises BadFile, which names the place."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise BadFile(
                f"{path}: the file has {size:,} bytes; no statement has over {LARGEST:,}."
            )
        content = path.read_bytes()
    except OSError as failure:
        raise BadFile(f"{path}: the file can't be read: {failure.strerror}.") from failure
    return parse(content, str(path)), hashlib.sha256(content).hexdigest()


def parse(content: bytes, file: str = "statement") -> list[Statement]:
    """The statements in a document."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as failure:
        raise BadFile(f"{file}: not well-formed XML: {failure.msg}.") from failure
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadFile(f"{file}: has a document type, which no bank sends; it was not read further.")
    body = next((_local(child) for child in root if _local(child) in _KINDS), None)
    if _local(root) != "Document" or body is None:
        raise BadFile(
            f"{file}: is neither a camt.053 nor a camt.054 document; ask the bank for one of these."
        )
    try:
        return [
            _statement(found, body) for found in root.iterfind(f"{{*}}{body}/{{*}}{_KINDS[body]}")
        ]
    except _Misfit as failure:
        raise BadFile(f"{file}: {failure}") from failure


class _Misfit(Exception):
    """Something in the document isn't as the standard says."""


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _text(element: etree._Element | None, path: str) -> str:
    """The text at the end of a path of local names; empty if it isn't there."""
    if element is None:
        return ""
    found = next(iter(_all(element, path)), None)
    return _own_text(found) if found is not None else ""


def _own_text(element: etree._Element) -> str:
    return " ".join((element.text or "").split())[:LONGEST_TEXT]


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return list(element.findall("/".join(f"{{*}}{name}" for name in path.split("/"))))


def _reference(text: str) -> str | None:
    return None if text.upper() in _NOTHING else text


def _statement(element: etree._Element, body: str) -> Statement:
    number = _text(element, "Id")
    account = _text(element, "Acct/Id/IBAN") or _text(element, "Acct/Id/Othr/Id")
    if not number or not account:
        raise _Misfit("a statement has no number (Id) or no account (Acct).")
    made_on = _text(element, "CreDtTm")
    bookings: list[Booking] = []
    seen: Counter[str] = Counter()
    not_booked = 0
    for place, entry in enumerate(_all(element, "Ntry"), start=1):
        state = _text(entry, "Sts/Cd") or _text(entry, "Sts") or "BOOK"
        amount, currency = _amount(entry, "Amt", place)
        if state != "BOOK":
            not_booked += 1
        elif amount:
            reference = _reference(_text(entry, "AcctSvcrRef"))
            booked_on = _date(entry, "BookgDt", made_on, place)
            sign = _sign(entry, place)
            # without a reference of the bank's, a booking is known by its place
            place_or_reference = ("is", reference) if reference else (body, number, str(place))
            facts = (*place_or_reference, account, str(sign * amount), currency, str(booked_on))
            key = hashlib.sha256("\0".join(facts).encode()).hexdigest()[:24]
            # a bank may use a reference twice in one statement
            seen[key] += 1
            bookings.append(
                _booking(
                    entry,
                    f"{key}-{seen[key]}" if seen[key] > 1 else key,
                    (sign * amount, currency),
                    booked_on,
                    place,
                )
            )
    return Statement(number, account, tuple(bookings), not_booked)


def _booking(
    entry: etree._Element,
    key: str,
    total: tuple[Decimal, str],
    booked_on: dt.date,
    place: int,
) -> Booking:
    amount, currency = total
    details = _all(entry, "NtryDtls/TxDtls")
    batch_no = _reference(_text(entry, "NtryDtls/Btch/PmtInfId")) or _reference(
        _text(entry, "NtryDtls/Btch/MsgId")
    )
    count = _text(entry, "NtryDtls/Btch/NbOfTxs")
    transactions = tuple(
        each for each in _transactions(details, total, batch_no, place) if each.amount
    )
    differs = False
    is_sum = not transactions and (batch_no is not None or count not in ("", "1"))
    if not transactions or sum(each.amount for each in transactions) != amount:
        differs = len(transactions) > 1
        first = details[0] if len(details) == 1 else entry
        # what the account got is what counts, whatever the order said
        transactions = (_transaction(first, amount, currency, batch_no, place),)
    return Booking(
        key=key,
        booked_on=booked_on,
        valued_on=_date(entry, "ValDt", str(booked_on), place),
        transactions=transactions,
        is_reversal=_text(entry, "RvslInd") in ("true", "1"),
        is_sum=is_sum,
        detail_differs=differs,
    )


def _transactions(
    details: list[etree._Element], total: tuple[Decimal, str], batch_no: str | None, place: int
) -> Iterator[Transaction]:
    amount, currency = total
    for detail in details:
        own = _detail_amount(detail, currency, place)
        if own is None:
            own = abs(amount) if len(details) == 1 else Decimal(0)
        direction = _text(detail, "CdtDbtInd")
        sign = {"CRDT": 1, "DBIT": -1}.get(direction, 1 if amount > 0 else -1)
        yield _transaction(detail, sign * own, currency, batch_no, place)


def _detail_amount(detail: etree._Element, currency: str, place: int) -> Decimal | None:
    """The transaction's amount in the account's currency."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        if _all(detail, path):
            amount, found = _amount(detail, path, place)
            if found == currency:
                return amount
    return None


def _transaction(
    detail: etree._Element, amount: Decimal, currency: str, batch_no: str | None, place: int
) -> Transaction:
    structured = [_own_text(found) for found in _all(detail, "RmtInf/Strd/CdtrRefInf/Ref")]
    structured += [_own_text(found) for found in _all(detail, "RmtInf/Strd/RfrdDocInf/Nb")]
    lines = [_own_text(found) for found in _all(detail, "RmtInf/Ustrd")]
    lines += [_own_text(found) for found in _all(detail, "RmtInf/Strd/AddtlRmtInf")]
    parties = next(iter(_all(detail, "RltdPties")), None)
    name = _text(parties, "Dbtr/Nm") or _text(parties, "Dbtr/Pty/Nm")
    name = name or _text(parties, "Cdtr/Nm") or _text(parties, "Cdtr/Pty/Nm")
    iban = _text(parties, "DbtrAcct/Id/IBAN") or _text(parties, "CdtrAcct/Id/IBAN")
    instructed = None
    for path in ("AmtDtls/InstdAmt/Amt", "AmtDtls/TxAmt/Amt"):
        if instructed is None and _all(detail, path):
            ordered, ordered_currency = _amount(detail, path, place)
            instructed = ordered if ordered_currency == currency else None
    return Transaction(
        amount=amount,
        currency=currency,
        structured=tuple(filter(None, structured)),
        text=" ".join(filter(None, lines))[:LONGEST_TEXT] or _text(detail, "AddtlNtryInf"),
        end_to_end_id=_reference(_text(detail, "Refs/EndToEndId")),
        name=name or None,
        last_four=iban[-4:] or None,
        return_code=_text(detail, "RtrInf/Rsn/Cd") or _text(detail, "RtrInf/Rsn/Prtry") or None,
        batch_no=_reference(_text(detail, "Refs/PmtInfId")) or batch_no,
        instructed=instructed,
    )


def _amount(element: etree._Element, path: str, place: int) -> tuple[Decimal, str]:
    found = next(iter(_all(element, path)), None)
    text = _text(element, path)
    currency = found.get("Ccy", "") if found is not None else ""
    if not re.fullmatch(r"[0-9]{1,15}([.][0-9]{0,4}0*)?", text) or not re.fullmatch(
        r"[A-Z]{3}", str(currency)
    ):
        raise _Misfit(f"entry {place} has no amount with a currency, but {text!r} {currency!r}.")
    amount, code = Decimal(text), str(currency)
    if values.is_currency(code) and values.currency(code).round(amount) != amount:
        raise _Misfit(f"entry {place} has {text} {code}, which are more decimals than {code} has.")
    return amount, code


def _sign(entry: etree._Element, place: int) -> int:
    direction = _text(entry, "CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        raise _Misfit(f"entry {place} is neither CRDT nor DBIT, but {direction!r}.")
    return 1 if direction == "CRDT" else -1


def _date(entry: etree._Element, name: str, otherwise: str, place: int) -> dt.date:
    text = _text(entry, f"{name}/Dt") or _text(entry, f"{name}/DtTm") or otherwise
    try:
        day = dt.date.fromisoformat(text[:10])
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise _Misfit(f"entry {place} has no date in {name}, but {text!r}.")
    return day
