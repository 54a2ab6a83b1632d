"""`python -m benchmarks.searches`: what a manager looks for, against the 100 ms of issue 4.

One world with about a tenth of its bill units in collections (`--everybody`: seven tenths) and a
hundred agents; then every criterion and every order of the search, the next pages, the tasks and
the workload, each several times, as somebody who sees every brand and behind a brand's wall.
"""

import argparse
import datetime as dt
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import databases, generate, results
from benchmarks.databases import Server
from dunwell.bootstrap import set_up_logging
from dunwell.db import walls
from dunwell.db.database import Database
from dunwell.engine import night
from dunwell.engine.night import Night
from dunwell.features.access.actor import Operation, operator
from dunwell.features.alerts.queries import alerts_of
from dunwell.features.cases import searching
from dunwell.features.cases.search_ways import Order
from dunwell.features.cases.searching import Criteria
from dunwell.features.policy import file, installation, service
from dunwell.features.tasks import queries as tasks
from dunwell.plugins.loader import plugin_manager

AGENTS = 100
LIMIT = 0.100
TODAY = generate.BUSINESS_DATE

# so much must be owed that a tenth of the bill units enters
_FEWER = "minimum_due = { USD = 2100, EUR = 3300 }\n"

# half of the cases have one of a hundred agents, as a manager would have assigned them; some
# customers differ from the crowd, so that there is something rare to look for
_DIFFERENCES = (
    """
    update collection_case set agent_id = (select min(id) from agent) + (id / 2 % 100)::int
    where id % 2 = 0
    """,
    "update bill_unit set pay_type = 'prepaid' where id % 10000 = 17",
    "update bill_unit set status = 'inactive' where id % 5000 = 17",
    "update account set status = 'closed' where id % 5000 = 18",
    """
    update collection_case
    set pay_type = bill_unit.pay_type, bill_unit_status = bill_unit.status,
        account_status = account.status
    from account
    join bill_unit on bill_unit.account_id = account.id
    where account.id = collection_case.account_id
        and bill_unit.id = collection_case.bill_unit_id
        and (
            collection_case.pay_type, collection_case.bill_unit_status,
            collection_case.account_status
        ) is distinct from (bill_unit.pay_type, bill_unit.status, account.status)
    """,
    "update account set company = 'Company ' || id where id % 10 = 3",
)

Ask = Callable[[Operation], Any]


def main() -> None:
    """Make the world unless the folder has one, measure, and show."""
    set_up_logging()
    asked = _arguments()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="dunwell-searches-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        server = Server.start(folder / "postgres")
        database = server.database("searches")
        if not (folder / "made").exists():
            database = _make(server, folder, asked.bill_units, everybody=asked.everybody)
            (folder / "made").touch()
        _show(database, asked.rounds, asked.only)
        print(results.machine(server.version()))
    finally:
        if asked.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


def _make(server: Server, folder: Path, bill_units: int, *, everybody: bool) -> Database:
    database = server.install("searches")
    settings = "[settings]\n" + ("" if everybody else _FEWER)
    agents = "".join(f'\n[[agents]]\nname = "Agent {no:03}"\n' for no in range(1, AGENTS + 1))
    policy = folder / "policy.toml"
    policy.write_text(settings + databases.POLICY.read_text() + agents)
    with database.connect() as connection:
        service.apply(connection, file.read(policy), actor="benchmark")
        installation.ensure_default_profiles(connection)
    generate.customers(database, bill_units)
    night.run(database, plugin_manager(), Night(TODAY))
    with database.connect() as connection:
        for difference in _DIFFERENCES:
            connection.execute(difference)
    generate.settle(database)
    return database


def _asks(operation: Operation) -> Iterator[tuple[str, Ask]]:
    """Everything that is measured, by its name."""
    some = searching.search(operation, limit=500).items[-1]
    ordered = sorted(case.overdue_amount for case in searching.search(operation, limit=500).items)
    much = ordered[len(ordered) // 2]
    first = TODAY - dt.timedelta(60)
    criteria = {
        "bill_unit_no": Criteria(bill_unit_no=some.bill_unit_no),
        "bill unit status, most": Criteria(bill_unit_status="active"),
        "bill unit status, few": Criteria(bill_unit_status="inactive"),
        "bill unit status, none": Criteria(bill_unit_status="nobody's"),
        "pay type, a quarter": Criteria(pay_type="card"),
        "pay type, few": Criteria(pay_type="prepaid"),
        "pay type, none": Criteria(pay_type="nobody's"),
        "billed in a month": Criteria(billed_from=first - dt.timedelta(30), billed_until=first),
        "billed since long ago": Criteria(billed_from=TODAY - dt.timedelta(1000)),
        "billed on a day": Criteria(
            billed_from=first - dt.timedelta(33), billed_until=first - dt.timedelta(33)
        ),
        "billed, none": Criteria(billed_from=TODAY + dt.timedelta(300)),
        "account_no": Criteria(account_no=some.account_no),
        "account status, few": Criteria(account_status="closed"),
        "account status, none": Criteria(account_status="nobody's"),
        "company, one": Criteria(company="company 33"),
        "company, all": Criteria(company="c"),
        "name, one": Criteria(name=some.name),
        "name, all": Criteria(name="customer"),
        "name, none": Criteria(name="zzz"),
        "agent": Criteria(agent="Agent 042"),
        "scenario": Criteria(scenario=some.scenario),
        "profile": Criteria(profile=some.profile),
        "debt class": Criteria(debt_class="standard"),
        "currency": Criteria(currency="EUR"),
        "overdue amount from": Criteria(overdue_amount_from=much),
        "overdue amount until": Criteria(overdue_amount_until=Decimal(2200)),
        "overdue amount, none": Criteria(overdue_amount_from=Decimal(10**9)),
        "days overdue": Criteria(days_overdue_from=35, days_overdue_until=40),
        "assigned": Criteria(assigned=True),
        "not assigned": Criteria(assigned=False),
        "several": Criteria(
            pay_type="card", assigned=False, days_overdue_from=30, account_status="active"
        ),
    }
    for name, each in criteria.items():
        yield name, _search(each)
    for order in Order:
        yield f"all by {order}", _search(Criteria(), order)
        cursor = searching.search(operation, order=order).next_cursor
        yield f"second page by {order}", _search(Criteria(), order, cursor)
        yield f"card by {order}", _search(Criteria(pay_type="card"), order)
    yield "tasks of one", lambda operation: tasks.tasks(operation, agent="Agent 042")
    yield "tasks of all", tasks.tasks
    yield "workload of one", lambda operation: tasks.workload(operation, agent="Agent 042")
    yield f"workload of {AGENTS}", tasks.workload
    yield "alerts of an account", _alerts(some.account_no)


def _alerts(account_no: str) -> Ask:
    return lambda operation: alerts_of(operation, account_no)


def _search(criteria: Criteria, order: Order = Order.AMOUNT, cursor: str | None = None) -> Ask:
    return lambda operation: searching.search(operation, criteria, order=order, cursor=cursor)


def _show(database: Database, rounds: int, only: str) -> None:
    table = Table(
        "", "rows", "every brand p50", "p95", "one brand p50", "p95", "", title="Searches"
    )
    held = missed = 0
    with database.connect() as connection:
        actor = operator("benchmark")
        operation = Operation(connection, actor, TODAY)
        brands = frozenset(row[0] for row in connection.execute("select id from brand"))
        (cases,) = connection.execute(
            "select count(*) from collection_case where status = 'open'"
        ).fetchall()[0]
        asks = [each for each in _asks(operation) if only in each[0]]
        connection.rollback()
        print(f"{cases:,} open cases; milliseconds, {rounds} times each")
        for name, ask in asks:
            cells: list[str] = []
            slowest, rows = 0.0, 0
            for behind in (None, brands):
                walled = replace(operation, actor=replace(actor, brands=behind))
                seconds = []
                for _ in range(rounds + 1):
                    walls.enter(connection, behind)
                    started = time.perf_counter()
                    found = ask(walled)
                    seconds.append(time.perf_counter() - started)
                    rows = len(getattr(found, "items", found) or ())
                    connection.rollback()
                # the first one warms up
                half, *_, most = statistics.quantiles(seconds[1:], n=20)[9:]
                cells += [f"{half * 1000:.1f}", f"{most * 1000:.1f}"]
                slowest = max(slowest, half)
            held, missed = held + (slowest <= LIMIT), missed + (slowest > LIMIT)
            table.add_row(name, str(rows), *cells, "✔" if slowest <= LIMIT else "✘")
            print(name, *cells, flush=True)
    Console(width=120).print(table)
    print(f"{held} within {LIMIT * 1000:.0f} ms at the median, {missed} not")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.searches", description=__doc__)
    parser.add_argument("--bill-units", type=int, default=1_000_000)
    parser.add_argument("--everybody", action="store_true", help="all who are in arrears enter")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default="", help="what has this in its name")
    parser.add_argument("--folder", type=Path, help="keeps the world there, and uses it again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
