"""`python -m benchmarks.reports`: preparing the sums, every report, and the rows behind figures.

The world is that of the nights (`generate.sql`) after its normal night, with what people have done
in it (`people.sql`). Each report is asked for
behind the walls, as somebody who sees one brand, and as the operator; of each list the first page
of every figure of the first and the last row is timed, and the slowest is shown. The limit is 2 s.
"""

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psycopg
from psycopg.rows import TupleRow

from benchmarks import databases, generate
from benchmarks.databases import Server
from dunwell.db import walls
from dunwell.db.database import Database
from dunwell.engine import night
from dunwell.engine.night import Night
from dunwell.features.access.actor import Actor, Operation, Permission, operator
from dunwell.features.reports import details, preparing, running
from dunwell.features.reports.registry import REPORTS
from dunwell.plugins.loader import plugin_manager

LIMIT = 2.0
T = TypeVar("T")


def main() -> None:
    """Make the world unless the folder has it, prepare, ask, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reports", description=__doc__)
    parser.add_argument("--bill-units", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the world stays for the next time")
    asked = parser.parse_args()
    if asked.folder is not None:
        _measure(asked.folder, asked.bill_units)
        return
    with tempfile.TemporaryDirectory(prefix="dunwell-bench-") as folder:
        _measure(Path(folder), asked.bill_units)


def _measure(folder: Path, bill_units: int) -> None:
    server = Server.start(folder / "postgres")
    name = f"reports_{bill_units}"
    database = server.database(name)
    if not _is_there(server, name):
        database = _world(server, name, bill_units)
    prepared = preparing.prepare(database, anew=True)
    assert prepared is not None
    print(f"prepared up to {prepared.business_date} in {prepared.seconds:.2f} s")
    print(f"{'report':<24}{'rows':>6}{'operator':>10}{'one brand':>11}{'rows behind':>13}")
    for report in REPORTS:
        _report(database, prepared.business_date, report)


def _is_there(server: Server, name: str) -> bool:
    with psycopg.connect(server.address) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", [name])
        return found.fetchone() is not None


def _world(server: Server, name: str, bill_units: int) -> Database:
    database = server.install(name)
    databases.apply_policy(database)
    generate.customers(database, bill_units)
    plugins = plugin_manager()
    first = generate.BUSINESS_DATE
    for days in (0, generate.QUIET_NIGHTS, generate.QUIET_NIGHTS + 1):
        night.run(database, plugins, Night(first + dt.timedelta(days), workers=2))
    last = first + dt.timedelta(generate.QUIET_NIGHTS + 2)
    generate.part_payments(database, last)
    night.run(database, plugins, Night(last, workers=2))
    generate.people(database, last)
    return database


def _report(database: Database, day: dt.date, name: str) -> None:
    with database.connect() as connection:
        everybody = Operation(connection, operator("benchmark"), day)
        rows, seconds = _timed(lambda: running.run(everybody, name).rows)
        member = _behind_walls(connection, day)
        _, walled = _timed(lambda: running.run(member, name).rows)
        slowest = ""
        longest = 0.0
        columns = [column for column in REPORTS[name].columns if column.behind is not None]
        for row in [*rows[:1], *rows[-1:]]:
            for column in columns:
                assert column.behind is not None
                behind, filters = column.behind, column.behind.filters(row)
                _, taken = _timed(
                    lambda behind=behind, filters=filters: details.rows(  # type: ignore[misc]
                        member, behind.detail, filters
                    )
                )
                if taken > longest:
                    longest, slowest = taken, f"{column.name} → {behind.detail} {filters}"
    mark = "" if max(seconds, walled, longest) < LIMIT else "  ✘"
    print(
        f"{name:<24}{len(rows):>6}{seconds:>8.3f} s{walled:>9.3f} s{longest:>11.3f} s{mark}",
        f" {slowest}" if longest > LIMIT / 4 else "",
    )


def _behind_walls(connection: psycopg.Connection[TupleRow], day: dt.date) -> Operation:
    ((brand,),) = connection.execute("select id from brand where is_default").fetchall()
    walls.enter(connection, [brand])
    actor = Actor("benchmark", frozenset({Permission.READ_REPORTS}), frozenset({brand}))
    return Operation(connection, actor, day)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


if __name__ == "__main__":
    main()
