"""`python -m benchmarks.serving --folder F`: pages and API of a running server, against the 100 ms
and 150 kB of issue 5 (150 ms for the search box) and the 200 requests a second (p99 under 250 ms)
of issue 4.

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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
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
SEARCH_LIMIT = 150.0
"""Milliseconds until the search box shows what fits."""
LARGEST = 150_000
"""Bytes of a page, before compression."""

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
    table = Table("page", "p50 ms", "p95 ms", "first ms", "kB", "", title="Pages")
    with httpx2.Client(base_url=ADDRESS, cookies={"dunwell_session": token}, timeout=60) as client:
        for page in _addresses(database):
            if only in page:
                table.add_row(page, *_timed(partial(client.get, page), rounds, LIMIT))
        for what, word in _words(database):
            typed = partial(
                client.post, "/search", data={"q": word}, headers={"HX-Request": "true"}
            )
            if only in "search":
                table.add_row(f"search: {what}", *_timed(typed, rounds, SEARCH_LIMIT))
    Console(width=100).print(table)


def _timed(ask: Callable[[], httpx2.Response], rounds: int, limit: float) -> list[str]:
    """Median, 95th percentile and first of the milliseconds, kilobytes, and whether they hold."""
    milliseconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        answer = ask()
        milliseconds.append((time.perf_counter() - started) * 1000)
    half, size = statistics.median(milliseconds), len(answer.content)
    most = statistics.quantiles(milliseconds, n=20, method="inclusive")[-1]
    holds = "✔" if half <= limit and size <= LARGEST else "✘"
    figures = [f"{each:.0f}" for each in (half, most, milliseconds[0], size / 1000)]
    return [*figures, holds if answer.is_success else f"answered {answer.status_code}"]


def _words(database: Database) -> Iterator[tuple[str, str]]:
    """What people type: everything about one customer, the beginnings of it, and nonsense."""
    with database.connect() as connection:
        # the world's makers go round the loader, which keeps the words that customers are found by
        connection.execute(
            """
            insert into search_word (account_id, brand_id, word)
            select account.id, account.brand_id, word
            from account
            cross join search_words(account.name, account.company, account.email, account.phone)
                as word
            where not exists (select from search_word)
            order by account.brand_id, word
            """
        )
        connection.execute("analyze search_word")
        connection.commit()
        ((account_no, bill_unit_no, name, phone, email),) = connection.execute(
            """
            select account_no, bill_unit_no, account.name, phone, email
            from account
            join bill_unit on bill_unit.account_id = account.id
            order by account.id offset 1000 limit 1
            """
        ).fetchall()
    yield "account number", account_no
    yield "bill unit", bill_unit_no
    yield "name", name
    yield "beginning of a name", name[:3]
    yield "phone", phone or "+49301234567"
    yield "e-mail", email
    yield "beginning of an e-mail", email[:5]
    yield "nobody", "Zzyzx Qwertz"


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
