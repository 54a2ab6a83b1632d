"""Pure rules of matching: which numbers a payment names, and whose payment it is then.

Customers write numbers in many ways; whatever stands in the text is compared, also in pieces and
joined. Money is given to a bill unit only if everything that is found points at that one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

SHORTEST_NUMERIC = 5
"""Digits; shorter numbers in free text may be a date, a flat or a quantity."""

MOST_WORDS = 120
LONGEST_JOIN = 4


@dataclass(frozen=True, slots=True)
class Known:
    """What a number belongs to: a bill of a bill unit, or a bill unit."""

    account_id: int
    bill_unit_id: int
    bill_unit_no: str
    currency: str
    brand_id: int
    bill_id: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """The one bill unit, the bill if it is one, and the numbers that told so."""

    known: Known
    bill_id: int | None
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Why nobody gets it, as a sentence that helps the person who looks into it."""

    reason: str


def numbers(structured: Iterable[str], text: str) -> list[str]:
    """All that may be a bill's or a bill unit's number, what was meant as a reference first."""
    found: dict[str, None] = {}
    for reference in structured:
        for form in _references(reference):
            found[form] = None
    whole = text.strip()
    if whole:
        found[whole] = None
    words = [word for word in re.split(r"[\s,;]+", text) if word][:MOST_WORDS]
    for word in _joined(words):
        if not word.isdigit() or len(word) >= SHORTEST_NUMERIC:
            found[word] = None
    return [form for known in found for form in dict.fromkeys((known, known.upper()))]


def _references(reference: str) -> Iterator[str]:
    """A structured reference, also without its blanks, and what an ISO 11649 one holds."""
    compact = re.sub(r"\s+", "", reference)
    yield from (reference, compact)
    if re.fullmatch(r"RF[0-9]{2}[A-Za-z0-9]{1,21}", compact) and _is_iso_11649(compact):
        yield compact[4:]
        yield compact[4:].lstrip("0")


def _is_iso_11649(reference: str) -> bool:
    turned = reference[4:] + reference[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _joined(words: Sequence[str]) -> Iterator[str]:
    """Each word, bare of punctuation and in its pieces; and neighbours put together."""
    bare = [word.strip(".,;:#()[]\"'*+?!") for word in words]
    for place, word in enumerate(bare):
        if word:
            yield word
        yield from filter(None, re.split(r"[:/#=+|]", word))
        for last in range(place + 2, min(place + LONGEST_JOIN, len(bare)) + 1):
            some = bare[place:last]
            yield from ("".join(some), "-".join(some), "/".join(some), " ".join(some))


def decide(
    found: Sequence[str], known: Mapping[str, Sequence[Known]], currency: str
) -> Match | NoMatch:
    """Whose payment it is, given what each number belongs to."""
    hits = {number: known[number] for number in found if number in known}
    units = {(one.account_id, one.bill_unit_id): one for ones in hits.values() for one in ones}
    if not units:
        return NoMatch("names no known bill or bill unit")
    if len(units) > 1:
        names = ", ".join(sorted(one.bill_unit_no for one in units.values()))
        return NoMatch(f"names several bill units: {names}")
    (unit,) = units.values()
    if unit.currency != currency:
        return NoMatch(
            f"is in {currency}, and the bill unit {unit.bill_unit_no} in {unit.currency}"
        )
    bills = {one.bill_id for ones in hits.values() for one in ones if one.bill_id is not None}
    return Match(unit, bills.pop() if len(bills) == 1 else None, tuple(hits))
