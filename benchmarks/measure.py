"""What the benchmark measures: the yardstick, the nights, the replay and the load.

Each function gives `Measure`s in seconds of wall time. Only the product's own call is timed, never
the making or cloning of a world, nor the vacuum that follows a night.
"""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pluggy import PluginManager

from benchmarks import databases, generate
from benchmarks.databases import Server
from dunwell.db import statements
from dunwell.db.database import Database
from dunwell.engine import night
from dunwell.engine.crew import Crew
from dunwell.engine.night import Night
from dunwell.engine.report import Report
from dunwell.features.receivables.load import load
from dunwell.plugins.loader import plugin_manager

TRIALS = 3
REPLAYED_ACCOUNTS = 2_000
REPLAYED_NIGHTS = 120

FIRST = "first night"
QUIET_FULL = "quiet night, full"
QUIET = "quiet night, incremental"
NORMAL = "normal night, incremental"
REPLAY = f"a night for {REPLAYED_ACCOUNTS:,} accounts, replayed"
LOAD = "load, rows a second"
BARE = "bare aggregate"
BARE_BY_INDEX = "the same from the index alone"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: what, for how many bill units, with how many workers, and what happened."""

    name: str
    bill_units: int
    workers: int
    seconds: float
    note: str = ""
    rate: float = 0.0
    """Rows a second, for a load."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Where and with what the benchmark runs."""

    server: Server
    folder: Path
    plugins: PluginManager
    workers: tuple[int, ...]

    @classmethod
    def start(cls, folder: Path, workers: tuple[int, ...]) -> "Bench":
        """Start the server in an empty folder."""
        return cls(Server.start(folder / "postgres"), folder, plugin_manager(), workers)

    def nights(self, bill_units: int) -> Iterator[Measure]:
        """The yardstick, then the first, the quiet and the normal nights of one world."""
        database = self.server.install("customers")
        databases.apply_policy(database)
        generate.customers(database, bill_units)
        yield from _bare_aggregates(database, bill_units)
        yield from self._on_clones(FIRST, "customers", generate.BUSINESS_DATE, bill_units)
        # the last clone has been through its first night: the nights after it go on from there
        world = f"customers_{self.workers[-1]}"
        yield from self._quiet_nights(self.server.database(world), bill_units)
        eve = generate.BUSINESS_DATE + dt.timedelta(generate.QUIET_NIGHTS)
        night.run(self.server.database(world), self.plugins, Night(eve))
        normal = eve + dt.timedelta(1)
        yield from self._on_clones(NORMAL, world, normal, bill_units)
        for name in ("customers", world):
            self.server.drop(name)

    def _on_clones(
        self, name: str, world: str, date: dt.date, bill_units: int
    ) -> Iterator[Measure]:
        """The same night with each number of workers, each on its own copy; keeps the last. Of a
        normal night the fastest of three, as of the yardstick and of the quiet ones.
        """
        for workers in self.workers:
            clone = f"{world}_{workers}"
            trials = []
            for _ in range(TRIALS if name == NORMAL else 1):
                database = self.server.clone(world, clone)
                trials.append(self._night(name, database, Night(date, workers=workers), bill_units))
            yield _fastest(trials)
            generate.settle(database)
            if workers != self.workers[-1] or name == NORMAL:
                self.server.drop(clone)

    def _quiet_nights(self, database: Database, bill_units: int) -> Iterator[Measure]:
        """Successive nights on which nothing happens; of each kind the fastest of three."""
        date = generate.BUSINESS_DATE
        for name in (QUIET_FULL, QUIET):
            for workers in self.workers:
                trials = []
                for _ in range(min(TRIALS, generate.QUIET_NIGHTS // (2 * len(self.workers)))):
                    date += dt.timedelta(1)
                    asked = Night(date, workers=workers, full=name == QUIET_FULL)
                    trials.append(self._night(name, database, asked, bill_units))
                yield _fastest(trials)

    def _night(self, name: str, database: Database, asked: Night, bill_units: int) -> Measure:
        started = time.perf_counter()
        report = night.run(database, self.plugins, asked)
        after = time.perf_counter() - started - report.seconds
        note = f"{_summary(report)}; vacuum and connections {after:.1f} s"
        return Measure(name, bill_units, asked.workers, report.seconds, note)

    def replay(self) -> Measure:
        """A small world night after night, everything loaded at the start."""
        first = generate.BUSINESS_DATE
        database = self.server.install("subscribers")
        databases.apply_policy(database)
        generate.subscribers(database, REPLAYED_ACCOUNTS, first - dt.timedelta(120), months=9)
        seconds, entered, left = 0.0, 0, 0
        with Crew(database, 1) as crew:
            night.run(database, self.plugins, Night(first), crew=crew)
            for day in range(1, REPLAYED_NIGHTS + 1):
                started = time.perf_counter()
                asked = Night(first + dt.timedelta(day))
                report = night.run(database, self.plugins, asked, crew=crew)
                seconds += time.perf_counter() - started
                entered += report.entered
                left += sum(report.left.values())
        self.server.drop("subscribers")
        note = f"mean of {REPLAYED_NIGHTS} nights; {entered} entered, {left} left"
        return Measure(REPLAY, REPLAYED_ACCOUNTS, 1, seconds / REPLAYED_NIGHTS, note)

    def load(self, bill_units: int, bills: int) -> Measure:
        """Bills from a CSV file, validated, into an installation that has their bill units."""
        database = self.server.install("loaded")
        with _csv_files(self.folder, database, bill_units, bills) as (customers, bills_file):
            load(database, customers)
            started = time.perf_counter()
            load(database, [bills_file])
            seconds = time.perf_counter() - started
        self.server.drop("loaded")
        rate = bills / seconds
        return Measure(LOAD, bill_units, 1, seconds, f"{bills:,} bills; {rate:,.0f}/s", rate)


def _bare_aggregates(database: Database, bill_units: int) -> Iterator[Measure]:
    """The yardstick of DESIGN section 8, by reading the table; and as the planner would answer it
    here, from our covering index alone (decision 0018).
    """
    statement = statements.load("benchmarks", "generate.sql")["bare_aggregate"]
    with database.connect(autocommit=True) as connection:
        connection.execute("set work_mem = '4MB'")
        connection.execute("set max_parallel_workers_per_gather = 0")
        for name, index_scans in ((BARE, "off"), (BARE_BY_INDEX, "on")):
            connection.execute(f"set enable_indexscan = {index_scans}")
            connection.execute(f"set enable_bitmapscan = {index_scans}")
            trials = []
            for _ in range(TRIALS):
                started = time.perf_counter()
                statement.run(connection, {"business_date": generate.BUSINESS_DATE}).fetchone()
                trials.append(time.perf_counter() - started)
            yield Measure(name, bill_units, 1, min(trials))


def _fastest(trials: list[Measure]) -> Measure:
    """The fastest of some, which says what the others took; one alone says nothing of it."""
    fastest = min(trials, key=lambda trial: trial.seconds)
    if len(trials) == 1:
        return fastest
    each = ", ".join(f"{trial.seconds:.2f}" for trial in trials)
    return replace(fastest, note=f"{fastest.note}; the fastest of {each} s")


def _summary(report: Report) -> str:
    """What a night did, in a few words."""
    actions = sum(sum(statuses.values()) for statuses in report.actions.values())
    left = sum(report.left.values())
    return f"{report.entered:,} entered, {left:,} left, {actions:,} actions performed"


@contextmanager
def _csv_files(
    folder: Path, database: Database, bill_units: int, bills: int
) -> Iterator[tuple[list[Path], Path]]:
    """The load files of a world, written by the server's own COPY."""
    texts = statements.load("benchmarks", "load_files.sql")
    paths = {name: folder / f"{name}.csv" for name in ("accounts", "bill_units", "bills")}
    with database.connect() as connection:
        for name, path in paths.items():
            rows = bills if name == "bills" else bill_units
            connection.execute(
                "select set_config('benchmark.rows', %s, true),"
                " set_config('benchmark.bill_units', %s, true)",
                [str(rows), str(bill_units)],
            )
            with path.open("wb") as file, connection.cursor().copy(texts[name].render()) as copy:
                for block in copy:
                    file.write(block)
    try:
        yield [paths["accounts"], paths["bill_units"]], paths["bills"]
    finally:
        for path in paths.values():
            path.unlink()
