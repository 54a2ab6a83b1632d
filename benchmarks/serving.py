"""`python -m benchmarks.serving --folder F`: pages and API of a running server, against the 100 ms
of issue 5 and the 200 requests a second (p99 under 250 ms) of issue 4.

Asks `dunwell serve` in the world that `python -m benchmarks.searches --folder F` has left. Pages
are asked for one after the other, the API by wrk (a Debian package) with the mix of `mix.lua`; the
server and who asks share the machine.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from rich.console import Console
from rich.table import Table

from benchmarks import results
from benchmarks.databases import Server
from benchmarks.searches import TODAY
from dunwell.db.database import Database
from dunwell.features.access import sessions

DUNWELL = str(Path(sys.executable).with_name("dunwell"))
MIX = Path(__file__).with_name("mix.lua")
ADDRESS = "http://127.0.0.1:8207"
LIMIT = 100.0
"""Milliseconds of the server's time for a page."""

OF_BILL_UNIT = (
    *("bills", "payments", "letters", "promises", "group", "notes", "history", "explain"),
    *("contacts", "pay-plans"),
)
OF_ACCOUNT = ("bills", "payments", "adjustments", "contacts", "timeline")
LISTS = (
    *("tasks", "tasks?status=every", "manager", "manager/workload", "manager/nights"),
    *("manager/failures", "manager/undelivered", "customers", "credit-alerts", "to-dos"),
    *("severances", "reports", "reports/in-collections", "reports/ageing", "report-schedules"),
    *("configuration", "configuration/scenarios", "configuration/versions"),
)


def main() -> None:
    """Start the server, ask it, and show."""
    asked = _arguments()
    server = Server.start(asked.folder / "postgres")
    database = server.database("searches")
    with database.connect() as connection:
        (most,) = connection.execute("select count(*) from bill_unit").fetchall()[0]
    environment = {
        **os.environ,
        "DUNWELL_DATABASE_URL": database.address,
        "DUNWELL_BUSINESS_DATE": TODAY.isoformat(),
        "DUNWELL_HOME": str(asked.folder / "home"),
    }
    _dunwell(environment, "db", "upgrade")
    with _serving(environment, asked.workers):
        _pages(database, environment, asked.rounds, asked.only)
        if not asked.only:
            _requests(environment, most, asked.connections, asked.seconds)
    print(results.machine(server.version()))


def _dunwell(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own command
        [DUNWELL, *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr or done.stdout)
    return done.stdout


@contextmanager
def _serving(environment: dict[str, str], workers: int) -> Iterator[None]:
    port = ADDRESS.rpartition(":")[2]
    with (Path(environment["DUNWELL_HOME"]) / "serve.log").open("wb") as log:
        command = [DUNWELL, "serve", "--port", port, "--workers", str(workers)]
        running = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603 - our own
        try:
            _wait()
            yield
        finally:
            running.terminate()
            running.wait()


def _wait() -> None:
    for _ in range(120):
        try:
            httpx2.get(f"{ADDRESS}/healthz")
        except httpx2.HTTPError:
            time.sleep(0.5)
        else:
            return
    sys.exit("The server doesn't start; see serve.log.")


def _pages(database: Database, environment: dict[str, str], rounds: int, only: str) -> None:
    name = f"boss{time.time_ns()}"
    roles = [word for role in ("manager", "policy_owner", "agent") for word in ("--role", role)]
    _dunwell(
        environment, "user", "add", name, "--name", "Boss", *roles, "--every-brand", "--generate"
    )
    with database.connect() as connection:
        token = sessions.come_in(connection, f"subject {name}", name).token
    table = Table("page", "p50 ms", "first ms", "kB", "", title="Pages")
    with httpx2.Client(base_url=ADDRESS, cookies={"dunwell_session": token}, timeout=60) as client:
        for page in _addresses(database):
            if only not in page:
                continue
            seconds = []
            for _ in range(rounds):
                started = time.perf_counter()
                answer = client.get(page)
                seconds.append((time.perf_counter() - started) * 1000)
            half = statistics.median(seconds)
            status = "" if answer.is_success else f"answered {answer.status_code}"
            table.add_row(
                page,
                f"{half:.0f}",
                f"{seconds[0]:.0f}",
                f"{len(answer.content) / 1000:.0f}",
                status or ("✔" if half <= LIMIT else "✘"),
            )
    Console(width=100).print(table)


def _addresses(database: Database) -> Iterator[str]:
    """The pages, those of customers for one in collections and one who isn't."""
    with database.connect() as connection:
        ((inside, account),) = connection.execute(
            """
            select bill_unit_no, account_no
            from collection_case
            join bill_unit on (bill_unit.account_id, bill_unit.id)
                = (collection_case.account_id, collection_case.bill_unit_id)
            join account on account.id = bill_unit.account_id
            where collection_case.status = 'open'
            order by collection_case.id offset 200 limit 1
            """
        ).fetchall()
        ((outside,),) = connection.execute(
            """
            select bill_unit_no
            from bill_unit
            where not exists (
                select from collection_case
                where collection_case.account_id = bill_unit.account_id
            )
            order by account_id offset 200 limit 1
            """
        ).fetchall()
        ((task,),) = connection.execute(
            "select account_id || '-' || id from action where status = 'pending' limit 1"
        ).fetchall()
    yield from (f"/{each}" for each in LISTS)
    yield f"/tasks/{task}"
    for unit in (inside, outside):
        yield f"/bill-units/{unit}"
        yield from (f"/bill-units/{unit}/{part}" for part in OF_BILL_UNIT)
    yield f"/customers/{account}"
    yield from (f"/customers/{account}/{part}" for part in OF_ACCOUNT)


def _requests(environment: dict[str, str], most: int, connections: int, seconds: int) -> None:
    wrk = shutil.which("wrk")
    if wrk is None:
        print("wrk isn't installed (apt install wrk); the API isn't measured")
        return
    scopes = [word for each in ("view", "work_actions") for word in ("--scope", each)]
    made = _dunwell(
        environment, "key", "add", f"wrk{time.time_ns()}", *scopes, "--every-brand", "--json"
    )
    given = {**environment, "KEY": json.loads(made)["secret"], "BILL_UNITS": str(most)}
    command = [wrk, "-t1", f"-c{connections}", "-s", str(MIX), ADDRESS]
    for duration in (5, seconds):
        # the first one warms up
        done = subprocess.run(  # noqa: S603 - wrk
            [*command, f"-d{duration}s"], env=given, capture_output=True, text=True, check=True
        )
    print(f"{connections} connections, {seconds} s:", done.stdout.splitlines()[-1])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the world is kept")
    parser.add_argument("--workers", type=int, default=2, help="processes of the server")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", default="", help="pages with this in their address")
    return parser.parse_args()


if __name__ == "__main__":
    main()
