"""The search box: a customer or a bill unit by whatever somebody has at hand.

A number of an account, a bill unit or a bill; the beginning of any words of the name or the
company, in any letters, with or without accents; an e-mail address; a telephone number. Numbers are
looked up by their own indexes, the rest in `search_word`, which the loader keeps (decision 0095).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Operation, Permission

_SEARCHING = statements.load(__package__, "searching.sql")

LONGEST = 100
"""How many characters a search may have."""

BILL_UNITS = 5
"""How many bill units of an account found by name are shown."""

_BEGINNING = 3
"""From how many characters on the numbers that begin so are looked for."""

_COUNTED = (200, 5_000, 100_000)
"""How far entries are counted to find a rare word."""

_PHONE = re.compile(r"[-+0-9 ()/.]*")
_PHONE_DIGITS = 4
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


class Match(StrEnum):
    """By what a customer was found."""

    BILL_UNIT_NO = "bill_unit_no"
    ACCOUNT_NO = "account_no"
    BILL_NO = "bill_no"
    PHONE = "phone"
    EMAIL = "email"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class BillUnit:
    """A bill unit of a customer who was found."""

    bill_unit_no: str
    account_id: int
    id: int
    status: str
    currency: str
    overdue: str
    in_collections: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A customer, by what they were found, and their bill units (found by the number of one or of
    its bill: that one alone).
    """

    match: Match
    account_no: str
    name: str
    company: str | None
    status: str
    bill_units: tuple[BillUnit, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    match: Match
    account_id: int
    bill_unit_id: int | None = None


def search(operation: Operation, query: str, *, limit: int = 10) -> tuple[Found, ...]:
    """The customers that fit best, numbers first; none for an empty query. Raises BadInput for a
    query longer than `LONGEST`.
    """
    operation.actor.require(Permission.VIEW)
    text = " ".join(query.split())
    if len(text) > LONGEST:
        raise BadInput(
            f"The search has {len(text)} characters; at most {LONGEST} are looked for. Shorten it."
        )
    if not text or "\0" in text:
        return ()
    hits: dict[tuple[int, int | None], _Hit] = {}
    for hit in _hits(_Asked(operation, text, limit)):
        if (hit.account_id, None) not in hits:
            hits.setdefault((hit.account_id, hit.bill_unit_id), hit)
        if len(hits) >= limit:
            break
    return _shown(operation, list(hits.values()))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search on its way."""

    operation: Operation
    text: str
    limit: int

    @property
    def brand_ids(self) -> list[int] | None:
        return self.operation.actor.brand_ids

    def run(self, name: str, **given: Any) -> Iterator[tuple[Any, ...]]:
        yield from _SEARCHING[name].run(
            self.operation.connection, {"limit": self.limit, "brand_ids": self.brand_ids, **given}
        )


def _hits(asked: _Asked) -> Iterator[_Hit]:
    """All that fits, the surest first; what isn't asked for isn't looked up."""
    yield from _by_number(asked)
    ((terms, folded),) = asked.run("terms", query=asked.text)
    if "@" in asked.text:
        for account_id in _by_words(asked, [[folded]]):
            yield _Hit(Match.EMAIL, account_id)
        return
    if _PHONE.fullmatch(asked.text):
        digits = re.sub("[^0-9]", "", asked.text)
        significant = digits.lstrip("0")
        if len(significant) >= _PHONE_DIGITS:
            for account_id in _by_words(asked, [[digits], [f"~{significant[::-1]}"]]):
                yield _Hit(Match.PHONE, account_id)
    for account_id in _by_words(asked, _variants(terms)):
        yield _Hit(Match.NAME, account_id)


def _by_number(asked: _Asked) -> Iterator[_Hit]:
    given = {
        "spellings": list({asked.text, asked.text.upper(), asked.text.lower()}),
        "beginning": asked.text.upper() if len(asked.text) >= _BEGINNING else None,
    }
    # a number is one word with a digit in it; a name needs none of this
    if " " in asked.text or not any(letter.isdigit() for letter in asked.text):
        given["beginning"] = None
    # walked in the order of the index until the limit: the planner expects few rows behind a wall
    asked.operation.connection.execute("set local enable_sort = off")
    exact = dict.fromkeys(given["spellings"] or (), 0)
    found = [
        (number, _Hit(match, *key))
        for match in (Match.BILL_UNIT_NO, Match.ACCOUNT_NO, Match.BILL_NO)
        for number, *key in asked.run(f"by_{match}", **given)
    ]
    asked.operation.connection.execute("set local enable_sort = on")
    for _, hit in sorted(found, key=lambda each: exact.get(each[0], 1)):
        yield hit


def _variants(terms: Sequence[str]) -> list[list[str]]:
    """The words as they were typed, and Mueller as Müller is stored."""
    plain = list(terms)
    short = list(terms)
    for written, umlaut in _UMLAUTS:
        short = [term.replace(written, umlaut) for term in short]
    return [each for each in ([plain] if plain == short else [plain, short]) if each]


def _by_words(asked: _Asked, variants: Sequence[Sequence[str]]) -> Iterator[int]:
    """The accounts of each variant: those whose names have the words as they were typed, one behind
    the other, then those that have them anyhow, in the range of the rarest word.
    """
    brands = asked.brand_ids
    if brands is None:
        brands = [number for (number,) in asked.run("brands")]

    def range_of(word: str, others: Sequence[str]) -> Iterator[int]:
        for account_id, _ in asked.run("by_word", brand_ids=brands, word=word, others=others):
            yield account_id

    for words in variants:
        yield from range_of(" ".join(words), [])
        if len(words) > 1:
            rarest = _rarest(asked, brands, words)
            yield from range_of(rarest, [word for word in words if word != rarest])


def _rarest(asked: _Asked, brands: Sequence[int], words: Sequence[str]) -> str:
    """The word with which the fewest entries begin; everybody can be called Customer. As long as
    all are frequent, it is counted further, so that counting takes as long as the rarest needs.
    """
    for most in _COUNTED:
        counts = [
            count for (count,) in asked.run("how_many", brand_ids=brands, words=words, most=most)
        ]
        if min(counts) < most:
            break
    return words[counts.index(min(counts))]


def _shown(operation: Operation, hits: Sequence[_Hit]) -> tuple[Found, ...]:
    """The hits with what is shown of them, in their order."""
    whole = {hit.account_id for hit in hits if hit.bill_unit_id is None}
    named = [hit for hit in hits if hit.bill_unit_id is not None]
    rows = [
        *_rows(operation, whole, None),
        *_rows(operation, {hit.account_id for hit in named}, [hit.bill_unit_id for hit in named]),
    ]
    found = []
    for hit in hits:
        own = [
            row
            for row in rows
            if row["account_id"] == hit.account_id
            and row["of_account"] == (hit.bill_unit_id is None)
            and hit.bill_unit_id in (None, row["bill_unit_id"])
            and operation.actor.sees(row["brand_id"])
        ]
        if own:
            found.append(_found(hit, own))
    return tuple(found)


def _rows(
    operation: Operation, account_ids: set[int], bill_unit_ids: Sequence[int | None] | None
) -> list[dict[str, Any]]:
    given = {
        "account_ids": sorted(account_ids),
        "bill_unit_ids": bill_unit_ids,
        "units": BILL_UNITS,
    }
    if not account_ids:
        return []
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_SEARCHING["shown"].render(), given).fetchall()
    return [{**row, "of_account": bill_unit_ids is None} for row in rows]


def _found(hit: _Hit, rows: Sequence[Mapping[str, Any]]) -> Found:
    units = (
        BillUnit(
            bill_unit_no=row["bill_unit_no"],
            account_id=row["account_id"],
            id=row["bill_unit_id"],
            status=row["bill_unit_status"],
            currency=row["currency"],
            overdue=row["overdue"],
            in_collections=row["in_collections"],
        )
        for row in rows
        if row["bill_unit_id"] is not None
    )
    (first, *_) = rows
    return Found(
        match=hit.match,
        account_no=first["account_no"],
        name=first["name"],
        company=first["company"],
        status=first["status"],
        bill_units=tuple(islice(units, BILL_UNITS)),
    )
