"""Plays a history on a database, in the manner that is asked for: everything loaded at once or day
by day, full or incremental nights, narrow or wide slices, one or several workers.
"""

import csv
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from dunwell.db.database import Database
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.engine import loading, night, relief
from dunwell.engine.crew import Crew
from dunwell.engine.night import Night
from dunwell.engine.report import Report
from dunwell.features.access.actor import Operation, operator
from dunwell.features.policy import service
from dunwell.features.policy.model import Policy
from dunwell.features.promises import instalments
from dunwell.features.promises import queries as promise_queries
from dunwell.features.promises import service as promises
from dunwell.features.promises.rules import Instalment, Terms
from dunwell.features.receivables.load import load
from dunwell.features.sharing import queries as sharing_queries
from dunwell.features.sharing import service as sharing
from dunwell.plugins.loader import plugin_manager
from tests import deeds, plans_by_hand, severance_by_hand
from tests.histories import (
    GROUP_VERBS,
    PLAN_VERBS,
    PROMISE_VERBS,
    SEVERANCE_VERBS,
    Deed,
    History,
)
from tests.random_billing import Delivery

PLUGINS = plugin_manager()
WHY = "a test"
KEYS = {
    "accounts": "account_no",
    "bill_units": "bill_unit_no",
    "service_agreements": "service_agreement_no",
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
    relieves: bool = True
    """What is loaded ends severance at once, as everywhere; else only the night looks."""


@dataclass(slots=True)
class Play:
    """A history on its way through a database."""

    database: Database
    history: History
    manner: Manner = field(default_factory=Manner)
    rows: Rows = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    wishes: list[Deed] = field(default_factory=list)
    """What people wait to do until it is possible."""
    done: int = 0
    """How many nights have been run."""

    def all(self, after_each: Callable[["Play", date], None] | None = None) -> "Play":
        """Play every night; `after_each` may look at the database in between."""
        with Crew(self.database, self.manner.workers) as crew:
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
        arriving = [each for each in self.history.deliveries if self._arrives(each, before, day)]
        self._load(arriving, day)
        new = [deed for deed in self.history.deeds if before < deed.on <= day]
        waited = [replace(deed, on=day, until=_later(deed, day)) for deed in self.wishes]
        self.wishes = [deed for deed in (*waited, *new) if not self._do(deed)]
        return day

    def _arrives(self, delivery: Delivery, before: date, day: date) -> bool:
        if self.manner.at_once and delivery.dated:
            return not self.done and delivery.known_on <= self.history.nights[-1]
        return before < delivery.known_on <= day

    def run_night(self, day: date, *, full: bool | None = None, crew: Crew | None = None) -> Report:
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

    def _load(self, deliveries: Iterable[Delivery], day: date) -> None:
        changed = {}
        for delivery in deliveries:
            key = delivery.kind, delivery.number
            self.rows.setdefault(key, {}).update(delivery.values)
            changed[key] = self.rows[key]
        if not changed:
            return
        with tempfile.TemporaryDirectory() as folder:
            files, width = list(_write_files(Path(folder), changed)), self.manner.slice_width
            if self.manner.relieves:
                report = loading.load(self.database, PLUGINS, files, date=day, slice_width=width)
            else:
                report = load(self.database, files, slice_width=width)
        assert report.complete, report

    def _do(self, deed: Deed) -> bool:
        """Do it as a person would, to the first open action; what isn't allowed stays undone.
        Whether it is over and done with.
        """
        with self.database.connect() as connection:
            operation = Operation(
                connection,
                actor=operator("test"),
                date=deed.on,
                slice_width=self.manner.slice_width,
                hooks=PLUGINS.hook,
            )
            done = self._do_with(operation, deed)
            relief.relieve(operation)
        return done

    def _do_with(self, operation: Operation, deed: Deed) -> bool:
        if deed.verb in PROMISE_VERBS:
            return self._promise(operation, deed)
        if deed.verb in GROUP_VERBS:
            self._group(operation, deed)
            return True
        if deed.verb in PLAN_VERBS:
            return plans_by_hand.do(operation, deed)
        if deed.verb in SEVERANCE_VERBS:
            return severance_by_hand.do(operation, deed)
        try:
            deeds.do(operation, deed)
        except (RuleViolation, NotFound, BadInput):
            operation.connection.rollback()
        return True

    def _promise(self, operation: Operation, deed: Deed) -> bool:
        """What a person does with a promise; whether there was something to do it with."""
        no, connection = deed.bill_unit_no, operation.connection
        with connection.transaction():
            found = promise_queries.promises(operation, no)
        active = next((each for each in found if each["status"] == "active"), None)
        open_ones = [
            each
            for each in (active or {"instalments": []})["instalments"]
            if each["status"] == "pending"
        ]
        try:
            if deed.verb == "promise":
                terms = Terms(number=deed.number, interval_days=4, first_on=deed.until)
                method = 1 if deed.number == 2 else None
                promises.make(operation, no, terms, payment_method_id=method, reason=WHY)
            elif deed.verb == "revoke":
                promises.revoke(operation, no, reason=WHY)
            elif open_ones:
                self._change_promise(operation, deed, open_ones[0])
            else:
                return False
        except RuleViolation as refused:
            connection.rollback()
            return refused.rule not in ("not_in_collections", "no_promise", "nothing_overdue")
        except BadInput:
            connection.rollback()
        return True

    def _group(self, operation: Operation, deed: Deed) -> None:
        """What a person does with the group of a bill unit; what isn't allowed stays undone."""
        no, connection = deed.bill_unit_no, operation.connection
        with connection.transaction():
            group_id = sharing_queries.role(operation, no)["group_id"]
        try:
            if deed.verb == "group":
                sharing.create(operation, f"group of {no}", no, deed.others, reason=WHY)
            elif group_id is None:
                return
            elif deed.verb == "let in":
                sharing.add_members(operation, group_id, deed.others, reason=WHY)
            elif deed.verb == "take out":
                sharing.remove_members(operation, group_id, [no], reason=WHY)
            elif deed.verb == "change parent":
                for other in deed.others[:1]:
                    sharing.change_parent(operation, group_id, other, reason=WHY)
            else:
                sharing.delete(operation, group_id, reason=WHY)
        except (BadInput, NotFound):
            connection.rollback()

    def _change_promise(self, operation: Operation, deed: Deed, instalment: dict[str, Any]) -> None:
        no, step = deed.bill_unit_no, instalment["step"]
        later = deed.on + timedelta(days=deed.number)
        match deed.verb:
            case "promise more":
                amount = Decimal(deed.number * 5)
                instalments.add(operation, no, Instalment(later, amount), reason=WHY)
            case "postpone":
                instalments.reschedule(operation, no, {step: later}, reason=WHY)
            case "pay":
                instalments.complete(operation, no, step, reason=WHY)
            case "let off":
                instalments.cancel(operation, no, step, reason=WHY)
            case "raise":
                amount = Decimal(instalment["amount"]) + 1
                instalments.change(operation, no, step, amount=amount, following=True, reason=WHY)


def _later(deed: Deed, day: date) -> date | None:
    """The deed's other day, as far from the day on which it is done."""
    return deed.until and day + (deed.until - deed.on)


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
