"""Plays a history on a database, in the manner that is asked for: everything loaded at once or day
by day, full or incremental nights, narrow or wide slices, one or several workers.
"""

import csv
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dunwell.db.database import Database
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.engine import night
from dunwell.engine.night import Night
from dunwell.engine.report import Report
from dunwell.features.access.actor import Operation, operator
from dunwell.features.policy import service
from dunwell.features.policy.model import Policy
from dunwell.features.receivables.load import load
from dunwell.plugins.loader import plugin_manager
from tests import deeds
from tests.histories import Deed, Delivery, History

PLUGINS = plugin_manager()
KEYS = {
    "accounts": "account_no",
    "bill_units": "bill_unit_no",
    "bills": "bill_no",
    "payments": "payment_no",
    "adjustments": "adjustment_no",
}

Rows = dict[tuple[str, str], dict[str, str]]
"""What is known: the columns of each row, by kind and number."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a history is played."""

    at_once: bool = False
    """Load all that counts from a date of its own at the start, whenever it becomes known."""
    full: bool = False
    workers: int = 1
    slice_width: int = 50_000


@dataclass(slots=True)
class Play:
    """A history on its way through a database."""

    database: Database
    history: History
    manner: Manner = field(default_factory=Manner)
    rows: Rows = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    done: int = 0
    """How many nights have been run."""

    def all(self, after_each: Callable[["Play", date], None] | None = None) -> "Play":
        """Play every night; `after_each` may look at the database in between."""
        with night.Crew(self.database, self.manner.workers) as crew:
            while self.done < len(self.history.nights):
                day = self.prepare_night()
                self.run_night(day, crew=crew)
                if after_each:
                    after_each(self, day)
        return self

    def prepare_night(self) -> date:
        """Bring the database to the eve of the next night: policies, files, people's deeds."""
        nights = self.history.nights
        day, before = nights[self.done], nights[self.done - 1] if self.done else date.min
        for since, document in self.history.policies:
            # the first policy names what the first files refer to
            if before < since <= day or (not self.done and since <= day):
                self._apply(document)
        self._load(each for each in self.history.deliveries if self._arrives(each, before, day))
        for deed in self.history.deeds:
            if before < deed.on <= day:
                self._do(deed)
        return day

    def _arrives(self, delivery: Delivery, before: date, day: date) -> bool:
        if self.manner.at_once and delivery.dated:
            return not self.done and delivery.known_on <= self.history.nights[-1]
        return before < delivery.known_on <= day

    def run_night(
        self, day: date, *, full: bool | None = None, crew: night.Crew | None = None
    ) -> Report:
        """Run the night of the day as the manner says."""
        manner = self.manner
        asked = Night(
            day,
            full=manner.full if full is None else full,
            workers=manner.workers,
            slice_width=manner.slice_width,
        )
        report = night.run(self.database, PLUGINS, asked, crew=crew)
        self.reports.append(report)
        self.done = self.history.nights.index(day) + 1
        return report

    def _apply(self, document: dict[str, object]) -> None:
        with self.database.connect() as connection:
            service.apply(connection, Policy.model_validate(document), actor="test")

    def _load(self, deliveries: Iterable[Delivery]) -> None:
        changed = {}
        for delivery in deliveries:
            key = delivery.kind, delivery.number
            self.rows.setdefault(key, {}).update(delivery.values)
            changed[key] = self.rows[key]
        if not changed:
            return
        with tempfile.TemporaryDirectory() as folder:
            report = load(
                self.database,
                list(_write_files(Path(folder), changed)),
                slice_width=self.manner.slice_width,
            )
        assert report.complete, report

    def _do(self, deed: Deed) -> None:
        """Do it as a person would, to the first open action; what isn't allowed stays undone."""
        with self.database.connect() as connection:
            operation = Operation(
                connection,
                actor=operator("test"),
                date=deed.on,
                slice_width=self.manner.slice_width,
                hooks=PLUGINS.hook,
            )
            try:
                deeds.do(operation, deed)
            except (RuleViolation, NotFound, BadInput):
                connection.rollback()


def _write_files(folder: Path, rows: Rows) -> Iterable[Path]:
    """The rows as load files, one for each kind."""
    for kind, key in KEYS.items():
        found = {number: values for (name, number), values in rows.items() if name == kind}
        if not found:
            continue
        columns = [key, *dict.fromkeys(name for values in found.values() for name in values)]
        path = folder / f"{kind}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows({key: number, **values} for number, values in found.items())
        yield path
