"""What one round of the benchmark measures: the yardstick, the nights, the replay and the load.

Each function gives `Measure`s in seconds of wall time. Only the product's own call is timed, never
the making or cloning of a world, nor the vacuum that follows a night. Neighbours on the machine
disturb some minutes and not others: `fastest` of several rounds gives everything the same chance.
"""

import datetime as dt
import time
from collections.abc import Iterable, Iterator
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

    def make_world(self, bill_units: int) -> None:
        """The world before its first night, from which every round starts."""
        database = self.server.install(_world(bill_units))
        databases.apply_policy(database)
        generate.customers(database, bill_units)

    def nights(self, bill_units: int) -> Iterator[Measure]:
        """The yardstick; then, for each number of workers, a copy of the world goes through its
        first night, two on which nothing happens, and a normal one.
        """
        world = _world(bill_units)
        yield from _bare_aggregates(self.server.database(world), bill_units)
        eve = generate.BUSINESS_DATE + dt.timedelta(generate.QUIET_NIGHTS)
        for workers in self.workers:
            database = self.server.clone(world, f"{world}_copy")
            first = Night(generate.BUSINESS_DATE, workers=workers)
            yield self._night(FIRST, database, first, bill_units)
            generate.settle(database)
            for name, asked in (
                (QUIET_FULL, Night(eve - dt.timedelta(1), workers=workers, full=True)),
                (QUIET, Night(eve, workers=workers)),
                (NORMAL, Night(eve + dt.timedelta(1), workers=workers)),
            ):
                yield self._night(name, database, asked, bill_units)
            self.server.drop(f"{world}_copy")

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


def _world(bill_units: int) -> str:
    return f"customers_{bill_units}"


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
            started = time.perf_counter()
            statement.run(connection, {"business_date": generate.BUSINESS_DATE}).fetchone()
            yield Measure(name, bill_units, 1, time.perf_counter() - started)


def fastest(measures: Iterable[Measure]) -> list[Measure]:
    """Of each figure the fastest of all rounds, which says what the others took."""
    rounds: dict[tuple[str, int, int], list[Measure]] = {}
    for each in measures:
        rounds.setdefault((each.name, each.bill_units, each.workers), []).append(each)
    return [_fastest(trials) for trials in rounds.values()]


def _fastest(trials: list[Measure]) -> Measure:
    best = min(trials, key=lambda trial: trial.seconds)
    each = ", ".join(f"{trial.seconds:.3g}" for trial in trials)
    return replace(best, note="; ".join(filter(None, (best.note, f"fastest of {each} s"))))


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
