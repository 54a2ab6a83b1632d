"""What a load file is made of: columns and kinds of file, and the check of a header.

Reading, staging and checking follow from these definitions; the kinds there are stand in `kinds`.
"""

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from dunwell.domain.errors import BadFile

ATTRIBUTE = "attr."
"""How the name of a free attribute's column begins."""

Type = Literal[
    "number",
    "reference",
    "text",
    "date",
    "amount",
    "rate",
    "integer",
    "delivery",
    "flag",
    "version",
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a load file; `meaning` is what the reference page says."""

    name: str
    type: Type
    meaning: str
    required: bool = False
    instead: tuple[str, ...] = ()
    """With one of these columns, a required one may be absent."""


def must(name: str, kind: Type, meaning: str, *instead: str) -> Column:
    """A column that a file must have, unless it has one of the others instead."""
    return Column(name, kind, meaning, required=True, instead=instead)


SYSTEM = Column("system", "number", "The other system whose identifiers the row has, such as crm.")
OUTSIDE_ID = Column("outside_id", "number", "What that system calls it.")
VERSION = Column(
    "version",
    "version",
    "The system's version of what the row says, or when it was so there; older than what was"
    " taken already, the row is ignored.",
)
_ACCOUNT_OUTSIDE_ID = Column(
    "account_outside_id", "number", "What the system calls the customer; instead of `account_no`."
)
OUTSIDE = (SYSTEM, OUTSIDE_ID, VERSION, _ACCOUNT_OUTSIDE_ID)
"""How other systems name a row and keep its versions in order."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: the name tells it, `key` makes a row unique within the file."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    attributes: bool = False
    part_of: Self | None = None
    """The kind of which this is a part: its statements check and merge the rows."""
    outside: bool = False
    """Whether other systems may name a row by their own identifier (`load_outside.sql`)."""

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that a file of this kind must have."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def merged_as(self) -> str:
        """The kind whose statements the rows go through."""
        return self.part_of.name if self.part_of else self.name

    @property
    def staged(self) -> tuple[Column, ...]:
        """The columns that the statements read, given or not."""
        found = {column.name: column for column in self.columns}
        if self.part_of:
            found |= {column.name: column for column in self.part_of.columns} | found
        if self.outside:
            found = {**{column.name: column for column in OUTSIDE}, **found}
        return tuple(found.values())

    @property
    def owner(self) -> str | None:
        """The column that tells whose a row is: its customer's or its bill unit's number."""
        names = {column.name for column in self.staged}
        return next((name for name in ("account_no", "bill_unit_no") if name in names), None)

    def names_outside(self, header: Sequence[str]) -> bool:
        """Whether a file with this header names what it is about as another system does."""
        return self.outside and not {"outside_id", "account_outside_id"}.isdisjoint(header)


def check_header(kind: Kind, names: Sequence[str], file: str) -> None:
    """Refuse a header with unknown, doubled or missing columns; all of them in one message."""
    known = [column.name for column in kind.columns]
    problems = [
        f"column {name!r} stands {count} times"
        for name, count in Counter(names).items()
        if count > 1
    ]
    for name in dict.fromkeys(names):
        if name in known or (kind.attributes and re.fullmatch(r"attr\..+", name)):
            continue
        near = difflib.get_close_matches(name, known, n=1)
        problems.append(f"column {name!r} is unknown" + (f" ({near[0]!r}?)" if near else ""))
    problems += [
        f"column {column.name!r} is missing"
        for column in kind.columns
        if column.required and {column.name, *column.instead}.isdisjoint(names)
    ]
    if problems:
        also = f", {ATTRIBUTE}NAME" if kind.attributes else ""
        # a header that nothing separates is one long name
        commas = " is separated by commas and" if file.endswith((".csv", ".csv.gz")) else ""
        raise BadFile(
            f"{file}: {'; '.join(problems)}. A file of {kind.name}{commas} may have the columns"
            f" {', '.join(known)}{also}."
        )
