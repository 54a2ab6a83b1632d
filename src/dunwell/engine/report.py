"""The report of a night: what it did, and what stands afterwards."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(slots=True)
class Counts:
    """What the night did in one slice, and the slice's totals since."""

    entered: int = 0
    left: Counter[str] = field(default_factory=Counter)
    actions: dict[str, dict[str, int]] = field(default_factory=dict)
    unhandled: list[str] = field(default_factory=list)
    skipped: int = 0
    totals: dict[str, Any] | None = None
    """None: nothing changed, the totals of the night before still hold."""

    def as_json(self) -> dict[str, Any]:
        """As stored with the slice."""
        return {
            "entered": self.entered,
            "left": dict(self.left),
            "actions": self.actions,
            "unhandled": self.unhandled,
            "skipped": self.skipped,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """A night in figures; amounts by currency, never added across currencies."""

    date: dt.date
    entered: int
    left: dict[str, int]
    in_collections: int
    actions: dict[str, dict[str, int]]
    overdue: dict[str, Decimal]
    seconds: float
    unhandled: list[str]
    skipped: int

    @classmethod
    def of_slices(
        cls,
        day: dt.date,
        slices: Iterable[tuple[dict[str, Any], dict[str, Any]]],
        seconds: float,
    ) -> "Report":
        """Add up the counts and totals of all slices."""
        entered = skipped = in_collections = 0
        left: Counter[str] = Counter()
        actions: dict[str, Counter[str]] = {}
        overdue: dict[str, Decimal] = {}
        unhandled: set[str] = set()
        for counts, totals in slices:
            entered += counts["entered"]
            skipped += counts["skipped"]
            left.update(counts["left"])
            unhandled.update(counts["unhandled"])
            for kind, statuses in counts["actions"].items():
                actions.setdefault(kind, Counter()).update(statuses)
            in_collections += totals["in_collections"]
            for currency, amount in totals["overdue"].items():
                overdue[currency] = overdue.get(currency, Decimal(0)) + Decimal(amount)
        return cls(
            date=day,
            entered=entered,
            left=dict(sorted(left.items())),
            in_collections=in_collections,
            actions={kind: dict(sorted(actions[kind].items())) for kind in sorted(actions)},
            overdue=dict(sorted(overdue.items())),
            seconds=seconds,
            unhandled=sorted(unhandled),
            skipped=skipped,
        )

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object; amounts are decimal strings."""
        return {
            "date": self.date.isoformat(),
            "entered": self.entered,
            "left": self.left,
            "in_collections": self.in_collections,
            "actions": self.actions,
            "overdue": {currency: str(amount) for currency, amount in self.overdue.items()},
            "seconds": round(self.seconds, 3),
            "unhandled": self.unhandled,
            "skipped": self.skipped,
        }
