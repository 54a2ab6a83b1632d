"""The night: one business date, slice by slice, on as many workers as asked.

`run` is the manual's collections process utility. Start reading at `dunwell.engine.steps` for what
happens to a slice; here is how slices are planned, locked, worked off, resumed and reported.
"""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import psycopg
import structlog
from pluggy import PluginManager
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from dunwell import __version__
from dunwell.db import housekeeping, locks, statements
from dunwell.db.database import Database
from dunwell.domain.errors import BadInput, Conflict, NotFound
from dunwell.engine import policy_in_force, slices, steps
from dunwell.engine.crew import Crew, plan_for
from dunwell.engine.policy_in_force import PolicyInForce
from dunwell.engine.report import Counts, Report
from dunwell.engine.slices import Slice
from dunwell.features.cases import acting
from dunwell.features.events import log as event_log
from dunwell.features.policy import calendars
from dunwell.features.policy.forms.scenarios import LONGEST_SCENARIO
from dunwell.features.policy.today import last_night
from dunwell.features.receivables.work import Work
from dunwell.features.sharing import grouping
from dunwell.plugins import loader

_SLICES = statements.load(__package__, "slices.sql")

LAST_NIGHT = calendars.LAST - dt.timedelta(days=LONGEST_SCENARIO)

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Night:
    """What is asked for."""

    date: dt.date
    full: bool = False
    """Examine every bill unit, not only those that can have changed."""
    workers: int = 1
    bill_unit_no: str | None = None
    """Only this bill unit; the night's window doesn't move."""
    dry_run: bool = False
    """Report what would happen and keep nothing."""
    slice_width: int = 50_000


def run(
    database: Database,
    plugins: PluginManager,
    night: Night,
    *,
    progress: Callable[[int, int], None] | None = None,
    crew: Crew | None = None,
) -> Report:
    """Run the collections process for one business date; `progress(done, total)` counts slices.

    Raises Conflict while another run is going on, BadInput for a date before the last night.
    """
    _check_date(night.date)
    if crew is None:
        with Crew(database, night.workers) as own:
            return run(database, plugins, night, progress=progress, crew=own)
    started = time.monotonic()
    keeper = crew.keeper
    busy = Conflict("Another run is going on in this database; wait until it has ended.")
    with locks.alone(keeper, locks.RUN, busy), locks.same_policy(keeper):
        _check_not_before_last_night(keeper, night.date)
        run_ = _Run.prepare(plugins, night, keeper)
        todo = run_.todo(keeper)
        event_log.ensure_month(keeper, night.date)
        # a group's accounts must have been posted before it has its turn
        of_groups = run_.todo_groups(keeper)
        works = chain(
            crew.work_off(run_.process, todo), crew.work_off(run_.process_groups, of_groups)
        )
        for done, _ in enumerate(works, start=1):
            if progress:
                progress(done, len(todo) + len(of_groups))
        report = Report.of_slices(night.date, run_.results.values(), time.monotonic() - started)
        if run_.id is not None:
            run_.finish(keeper, report)
            housekeeping.tidy(keeper)
    logger.info("night completed", date=str(night.date), seconds=round(report.seconds, 3))
    return report


def check(connection: psycopg.Connection[TupleRow], day: dt.date) -> None:
    """Whether the night of that day may be run at all. Raises BadInput."""
    _check_date(day)
    _check_not_before_last_night(connection, day)


def _check_date(day: dt.date) -> None:
    if not calendars.FIRST <= day <= LAST_NIGHT:
        raise BadInput(
            f"The business date {day} lies outside the calendars, which run from"
            f" {calendars.FIRST} to {calendars.LAST}."
        )


def _check_not_before_last_night(connection: psycopg.Connection[TupleRow], day: dt.date) -> None:
    last = last_night(connection)
    if last and day < last:
        raise BadInput(
            f"The night of {last} has been run, so {day} can't be run any more;"
            f" give {last} or a later date."
        )


@dataclass(slots=True)
class _Run:
    """A run under way: what all its slices share, and their results."""

    plugins: PluginManager
    night: Night
    id: int | None
    policy: PolicyInForce
    # the last policy version with other rules: what ran since ran under these
    other_rules: int
    engine_version: str
    everything: bool
    results: dict[int, tuple[dict[str, Any], dict[str, Any]]]

    @classmethod
    def prepare(
        cls,
        plugins: PluginManager,
        night: Night,
        connection: psycopg.Connection[TupleRow],
    ) -> "_Run":
        """Read the policy once, and find or make the row of the run."""
        policy = policy_in_force.read(connection, night.date)
        run_ = cls(
            plugins=plugins,
            night=night,
            id=None,
            policy=policy,
            other_rules=slices.other_rules(connection, policy.version),
            engine_version=f"{__version__} {loader.fingerprint(plugins)}".strip(),
            # what is compared with today changes without a trace in the data
            everything=night.full or policy.rules.compares_with_today,
            results={},
        )
        if not night.dry_run and night.bill_unit_no is None:
            run_.id = run_._find_or_start(connection)
            run_.results = slices.finished(connection, run_.id)
        return run_

    def _find_or_start(self, connection: psycopg.Connection[TupleRow]) -> int:
        parameters = {
            **self.policy.parameters,
            "engine_version": self.engine_version,
            "full_night": self.everything,
            "slice_width": self.night.slice_width,
        }
        with connection.transaction():
            row = _SLICES["resume"].run(connection, parameters).fetchone()
            if row is None:
                _SLICES["abandon"].run(connection)
                row = _SLICES["start"].run(connection, parameters).fetchone()
        assert row is not None
        return int(row[0])

    def todo(self, connection: psycopg.Connection[TupleRow]) -> list[Slice]:
        """The slices that this run hasn't completed yet; for one bill unit, its slice."""
        planned = slices.plan(connection, self.night.slice_width)
        if self.night.bill_unit_no is None:
            return [slice_ for slice_ in planned if slice_.no not in self.results]
        if self._group_of_bill_unit(connection) is not None:
            return []
        account_id = self._bill_unit(connection)["account_id"]
        return [slice_ for slice_ in planned if slice_.no == account_id // self.night.slice_width]

    def todo_groups(self, connection: psycopg.Connection[TupleRow]) -> list[Slice]:
        """The slices of sharing groups that are missing; for one bill unit, its group alone."""
        planned = slices.plan_groups(connection, self.night.slice_width)
        if self.night.bill_unit_no is None:
            return [slice_ for slice_ in planned if slice_.no not in self.results]
        group = self._group_of_bill_unit(connection)
        return [
            replace(slice_, first=group, last=group)
            for slice_ in planned
            if group is not None and slice_.first <= group <= slice_.last
        ]

    def _group_of_bill_unit(self, connection: psycopg.Connection[TupleRow]) -> int | None:
        parameters = {**self.policy.parameters, **self._bill_unit(connection)}
        return grouping.group_of(Work(connection, self.plugins.hook, parameters))

    def _bill_unit(self, connection: psycopg.Connection[TupleRow]) -> dict[str, int]:
        row = (
            _SLICES["find_bill_unit"]
            .run(connection, {"bill_unit_no": self.night.bill_unit_no})
            .fetchone()
        )
        if row is None:
            raise NotFound(f"There is no bill unit {self.night.bill_unit_no!r}.")
        return {"account_id": row[0], "bill_unit_id": row[1]}

    def process(self, connection: psycopg.Connection[TupleRow], slice_: Slice) -> None:
        """One slice in one transaction; nothing of it stays when it is a dry run."""
        with connection.transaction(force_rollback=self.night.dry_run):
            one_bill_unit = self.night.bill_unit_no is not None
            plan_for(connection, slice_)
            connection.execute("set local work_mem = '64MB'")
            locks.have_slice(connection, slice_.no)
            work = Work(
                connection=connection,
                hooks=self.plugins.hook,
                parameters={
                    **self.policy.parameters,
                    "run_id": self.id,
                    "first_account": slice_.first,
                    "last_account": slice_.last,
                    "last_date": slice_.last_date,
                },
                fragments=dict(self.policy.fragments),
            )
            if one_bill_unit:
                bill_unit = self._bill_unit(connection)
                owner = bill_unit["account_id"]
                work.parameters = {
                    **work.parameters,
                    **bill_unit,
                    "first_account": owner,
                    "last_account": owner,
                }
            counts = steps.perform_night(work, self._scope(slice_))
            if self.policy.skips:
                counts.skipped = acting.skipped(work)
            of_slice = None if one_bill_unit else slice_.totals
            totals = counts.totals or of_slice or acting.totals(work)
            self._finish_slice(connection, slice_, counts, totals)

    def process_groups(self, connection: psycopg.Connection[TupleRow], slice_: Slice) -> None:
        """One slice of sharing groups in one transaction, once all its accounts are locked."""
        while not self._try_groups(connection, slice_):
            # a group got a member elsewhere before it was locked
            pass

    def _try_groups(self, connection: psycopg.Connection[TupleRow], slice_: Slice) -> bool:
        with connection.transaction(force_rollback=self.night.dry_run):
            work = Work(
                connection=connection,
                hooks=self.plugins.hook,
                parameters={**self.policy.parameters, "run_id": self.id},
                fragments=dict(self.policy.fragments),
            )
            width = self.night.slice_width
            locked = {
                account // width for account in grouping.take(work, slice_.first, slice_.last)
            }
            for no in sorted(locked):
                locks.have_slice(connection, no)
            accounts = grouping.take(work, slice_.first, slice_.last)
            if not locked >= {account // width for account in accounts}:
                return False
            # who wants a group alone, or keeps nothing, posts for it too
            alone = self.night.dry_run or self.night.bill_unit_no is not None
            last_dates = self._last_dates(connection, accounts) if alone else None
            scope = self._scope(slice_)
            if alone:
                scope = steps.Scope(everything=True)
            counts = steps.perform_groups(work, scope, last_dates)
            totals = counts.totals or slice_.totals or grouping.totals(work)
            self._finish_slice(connection, slice_, counts, totals)
        return True

    def _last_dates(
        self, connection: psycopg.Connection[TupleRow], accounts: list[int]
    ) -> dict[int, dt.date | None]:
        width = self.night.slice_width
        nights = {slice_.no: slice_.last_date for slice_ in slices.plan(connection, width)}
        return {account: nights.get(account // width) for account in accounts}

    def _finish_slice(
        self,
        connection: psycopg.Connection[TupleRow],
        slice_: Slice,
        counts: Counts,
        totals: dict[str, Any],
    ) -> None:
        """Keep the counts and totals, so that a run that is broken off goes on after it."""
        if self.id is not None:
            _SLICES["finish_slice"].run(
                connection,
                {
                    **self.policy.parameters,
                    "run_id": self.id,
                    "slice_no": slice_.no,
                    "counts": Jsonb(counts.as_json()),
                    "totals": Jsonb(totals),
                },
            )
        self.results[slice_.no] = counts.as_json(), totals

    def _scope(self, slice_: Slice) -> steps.Scope:
        if self.night.bill_unit_no is not None:
            return steps.Scope(one_bill_unit=True)
        same_policy = (slice_.policy_version_id or 0) > self.other_rules
        same_engine = slice_.engine_version == self.engine_version
        known = slice_.last_date is not None and same_policy and same_engine
        return steps.Scope(everything=self.everything or not known, conforms=not same_policy)

    def finish(self, connection: psycopg.Connection[TupleRow], report: Report) -> None:
        """The run is complete: keep its report, and publish it if the policy says so."""
        parameters = {
            **self.policy.parameters,
            "run_id": self.id,
            "report": Jsonb(report.as_json()),
        }
        with connection.transaction():
            _SLICES["finish"].run(connection, parameters)
            if self.policy.switches.publish_run_details:
                _SLICES["publish"].run(connection, parameters)
