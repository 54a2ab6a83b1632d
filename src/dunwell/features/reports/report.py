"""What a report is: its figures, what it may be asked, and which rows stand behind each figure.

Every report is a value of this kind in a module of its own, listed once in `registry`. Surfaces
draw, export and link from it alone; none knows a report by name.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Row = dict[str, Any]


class Kind(StrEnum):
    """What a column holds, and so how it is written."""

    TEXT = "text"
    DATE = "date"
    MONTH = "month"
    COUNT = "count"
    MONEY = "money"
    """In the currency of its row."""
    PERCENT = "percent"
    DAYS = "days"


NUMBERS = frozenset({Kind.COUNT, Kind.MONEY, Kind.PERCENT, Kind.DAYS})
"""What stands to the right."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind a figure: a list of `details`, and how it is filtered.

    The figure is the number of those rows, or the sum of one of their columns.
    """

    detail: str
    by: Mapping[str, str]
    """Filters of the list, each with the column of the report's row that it takes; a value that
    begins with `=` is taken as it stands."""
    sums: str | None = None
    """The column whose sum is the figure; none: the rows are counted."""

    def filters(self, row: Row) -> dict[str, Any]:
        """The filters for one row; what is empty there filters nothing."""
        found = {
            name: source[1:] if source.startswith("=") else row[source]
            for name, source in self.by.items()
        }
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in rows and files, and what is behind it."""

    name: str
    kind: Kind = Kind.TEXT
    behind: Behind | None = None


class Period(StrEnum):
    """Which days a report is about, when nobody says; `until` is always the last night."""

    STANDING = "standing"
    """The last night alone: it can't be asked about another."""
    DAY = "day"
    """One day, any that has been."""
    MONTH = "month"
    """From the same day of the month before."""
    YEAR = "year"
    """From the first day of the month eleven months before."""


class Access(StrEnum):
    """Who sees a report besides those who may read all of them."""

    READERS = "readers"
    OWN = "own"
    """Who works cases sees their own row."""


@dataclass(frozen=True, slots=True)
class Chart:
    """How the figures are drawn: one line or bar for each of the columns along `along`."""

    along: str
    columns: Sequence[str]
    bars: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A report: what it is called, asked and made of."""

    name: str
    title: str
    meaning: str
    columns: Sequence[Column]
    period: Period = Period.YEAR
    access: Access = Access.READERS
    chart: Chart | None = None
    notes: Sequence[str] = ()
    """What one must know to read it."""
    made_by: str = ""
    """Its `.sql` file, if that isn't named like the report."""

    @property
    def statement(self) -> str:
        """Where its statement stands."""
        return self.made_by or self.name.replace("-", "_")

    def column(self, name: str) -> Column:
        """The column of this name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of a report; what is none there takes the report's default."""

    since: dt.date | None = None
    until: dt.date | None = None
    brand: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A report's rows, and what they are about."""

    report: Report
    rows: Sequence[Row]
    since: dt.date
    until: dt.date
    night: dt.date
    """The night up to which everything is counted."""
    asked: Asked = field(default_factory=Asked)
