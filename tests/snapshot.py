"""A comparable picture of a database: what the night decided, in the words of the business.

Generated ids and recording times are left out, so that two databases with the same history can be
compared row for row; `differences` says in lines of text what only one of them has.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dunwell.db import statements
from dunwell.db.database import Database

_SNAPSHOT = statements.load("tests", "snapshot.sql")

PARTS = tuple(name for name in _SNAPSHOT if name != "names")
"""The parts of a picture, each named like the statement that takes it."""

GENERATED = (
    "_id",
    "run_seconds",
    "seconds",
    "contact",
    "demerit",
    "pay_plan",
    "adjustment",
    "dispute",
    "adjustment_no",
    "case",
    "credit_alert",
    "severance",
    "reconnects",
    "field_activity",
    "to_do",
)
"""Keys in events and calculations that differ between databases although nothing does."""


@dataclass(frozen=True)
class Snapshot:
    """Each part's rows as lines of text; how often each line occurs."""

    parts: Mapping[str, Counter[str]]

    def differences(self, other: "Snapshot") -> list[str]:
        """Lines that only this picture has (-) and that only the other one has (+)."""
        found = []
        for part, lines in self.parts.items():
            found += [
                f"- {part}: {line}" for line in sorted((lines - other.parts[part]).elements())
            ]
            found += [
                f"+ {part}: {line}" for line in sorted((other.parts[part] - lines).elements())
            ]
        return found

    def of(self, part: str) -> list[str]:
        """One part's lines, sorted."""
        return sorted(self.parts[part].elements())


def take(database: Database, *, without: Sequence[str] = ()) -> Snapshot:
    """Take the picture; parts named in `without` are left empty."""
    with database.connect() as connection:
        connection.execute(_SNAPSHOT["names"].render())
        parts = {}
        for part in PARTS:
            lines: Counter[str] = Counter()
            if part not in without:
                cursor = _SNAPSHOT[part].run(connection)
                assert cursor.description is not None
                names = [column.name for column in cursor.description]
                lines.update(_line(names, row) for row in cursor)
            parts[part] = lines
        connection.rollback()
    return Snapshot(parts)


def _line(names: Sequence[str], row: Sequence[Any]) -> str:
    first, *rest = zip(names, row, strict=True)
    return f"{first[1]}: " + ", ".join(
        f"{name} {_text(value)}" for name, value in rest if value is not None
    )


def _text(value: Any) -> str:
    match value:
        case Decimal():
            return format(value.normalize() + 0, "f")
        case dict():
            kept = {key: value[key] for key in sorted(value) if not key.endswith(GENERATED)}
            return "{" + ", ".join(f"{key}: {_text(each)}" for key, each in kept.items()) + "}"
        case list():
            return "[" + ", ".join(_text(each) for each in value) + "]"
        case _:
            return str(value)
