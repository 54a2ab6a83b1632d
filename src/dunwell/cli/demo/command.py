"""`dunwell demo`: make the telecom, run its nights, show the outcome and what to try next.

Everything goes into a home of its own, `demo` below Dunwell's, and starts anew each time. The
dates are fixed: the nights end on 15 December 2025, the data on the 31st, so the same thing comes
out on every day and there is something left to run.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import Debug

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import TupleRow

    from dunwell.bootstrap import Application
    from dunwell.settings import Settings

LAST_NIGHT = date(2025, 12, 15)
"""A Monday, so that what fell on the weekend is done in the night that is shown."""

POLICY = Path(__file__).with_name("policy.toml")


def demo(
    accounts: Annotated[
        int, typer.Option(min=20, max=200_000, metavar="N", help="How many customers.")
    ] = 2_000,
    nights: Annotated[
        int,
        typer.Option(
            min=1, max=340, metavar="N", help=f"How many nights, the last on {LAST_NIGHT}."
        ),
    ] = 120,
    utility: Annotated[
        bool,
        typer.Option(
            "--utility",
            help="A utility instead: electricity, gas and water, and severance at the end.",
        ),
    ] = False,
    debug: Debug = False,
) -> None:
    """Make a small telecom with a year of bills and payments, apply the sample policy, run 120
    nights of it, and show the last night, what is owed, and one customer's story.

    Everything goes into the folder demo of Dunwell's home, and starts anew each time.
    """
    from dunwell.bootstrap import open_application, read_settings, set_up_logging

    set_up_logging(debug=debug)
    settings = read_settings()
    settings = settings.model_copy(
        update={"home": settings.home / "demo", "database_url": None, "plugins": []}
    )
    company = "utility" if utility else "telecom"
    output.heading(f"A small {company}, made up from a seed", "")
    with _step("a fresh database"):
        start_afresh(settings)
        application = open_application(settings)
    _prepare(application, accounts, utility=utility)
    _run(application, nights, utility=utility)
    with application.database.connect() as connection:
        unit = interesting(connection)
    if utility:
        unit = _show_severances(application) or unit
    _show(application, unit)
    with _step("added a person for each role, gave the agents their cases"):
        passwords = settle(application)
    _suggest(settings.home, unit, utility=utility)
    _open_pages(passwords)


def start_afresh(settings: "Settings") -> None:
    """Empty the demo's database and files, whatever an earlier demo left there."""
    from dunwell.db.database import Database
    from dunwell.domain.errors import Unavailable

    shutil.rmtree(settings.home / "files", ignore_errors=True)
    try:
        database = Database.of(settings)
    except Unavailable:
        # of another version, or a set-up that was cut short: nothing in there is worth keeping
        shutil.rmtree(settings.home)
        database = Database.of(settings)
    with database.connect(autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")


def _prepare(application: "Application", accounts: int, *, utility: bool) -> None:
    from dunwell.cli.demo import files
    from dunwell.cli.demo import utility as other
    from dunwell.engine.loading import load
    from dunwell.features.policy import file, service

    folder = application.settings.home / "files"
    with _step("made customers, bills, payments"):
        counts = (
            files.write(folder, accounts, other.rows, other.KINDS)
            if utility
            else files.write(folder, accounts)
        )
    with _step("applied the sample policy"), application.database.connect() as connection:
        policy = file.read(other.POLICY if utility else POLICY)
        service.apply(connection, policy, actor="demo", note="the sample policy")
    with _step("loaded " + ", ".join(f"{n:,} {output.words(kind)}" for kind, n in counts.items())):
        report = load(application.database, application.plugins, [folder])
        assert report.complete, report


def _run(application: "Application", count: int, *, utility: bool) -> None:
    from dunwell.cli.demo.utility import field_crew
    from dunwell.cli.run import nights, print_report
    from dunwell.features.reports import preparing

    days = [LAST_NIGHT - timedelta(days=n) for n in reversed(range(count))]
    options = {"slice_width": application.settings.slice_width}
    with _step(f"ran {count} nights, {days[0]} to {days[-1]}"):
        for report in nights(application, days, options):
            last = report
            if utility:
                field_crew(application, report.date)
    with _step("prepared the reports"):
        preparing.prepare(application.database)
    output.show("")
    print_report(last)


def interesting(connection: "psycopg.Connection[TupleRow]") -> str | None:
    """The bill unit whose open case has been worked on most often, with something still to come;
    best one that didn't enter in the first night, where a backlog is dealt with at once.
    """
    row = connection.execute(
        """
        select bill_unit.bill_unit_no
        from collection_case
        join bill_unit
            on bill_unit.account_id = collection_case.account_id
            and bill_unit.id = collection_case.bill_unit_id
        join action
            on action.account_id = collection_case.account_id
            and action.case_id = collection_case.id
        where collection_case.status = 'open'
        group by bill_unit.bill_unit_no, collection_case.entered_on
        order by
            collection_case.entered_on > (select min(business_date) from run) desc,
            count(*) filter (where action.status in ('pending', 'waiting')) > 0 desc,
            count(distinct action.closed_on) filter (where action.status = 'completed') desc,
            bill_unit.bill_unit_no
        limit 1
        """
    ).fetchone()
    return None if row is None else str(row[0])


def _show_severances(application: "Application") -> str | None:
    """How many processes there are of each kind; the bill unit whose story is worth telling."""
    from dunwell.cli.demo.utility import interesting as severed
    from dunwell.cli.demo.utility import service_desk, summary
    from dunwell.cli.severance import print_processes
    from dunwell.features.access.actor import Operation, operator
    from dunwell.features.severance import queries

    output.show("")
    output.heading("Severance after these nights", "")
    table = output.table("template", "status", "processes", right=["processes"])
    for template, status, number in summary(application):
        table.add_row(template, status, f"{number:,}")
    output.show(table)
    unit = severed(application)
    if unit is not None:
        output.show("")
        output.heading(f"The services of bill unit {unit}", "")
        with application.database.connect() as connection:
            operation = Operation(connection, operator("demo"), LAST_NIGHT)
            print_processes(queries.of_bill_unit(operation, unit))
    alerts = service_desk(application, LAST_NIGHT, unit)
    if alerts:
        output.show("")
        output.heading(f"What one should know about the customer of {unit}", "")
        for line in alerts:
            output.show(f"  {line}")
    return unit


def _show(application: "Application", unit: str | None) -> None:
    from dunwell.cli.ageing import print_ageing
    from dunwell.cli.case import print_files
    from dunwell.cli.explain import print_explanation
    from dunwell.engine.explain import explain
    from dunwell.features.cases import queries
    from dunwell.features.receivables.ageing import ageing

    with application.database.connect() as connection:
        output.show("")
        output.heading(f"What is owed on {LAST_NIGHT}", "")
        print_ageing(ageing(connection, date=LAST_NIGHT))
        if unit is None:
            return
        files = queries.case_files(connection, unit)
    output.show("")
    output.heading(f"The story of bill unit {unit}", "")
    print_files(files)
    output.show("")
    output.heading("Why it is there", "")
    print_explanation(explain(application.database, application.plugins, unit, LAST_NIGHT))


AGENT_OF = {"agent": "Ben Okafor", "manager": "Ana Ruiz"}
"""Whose task list the person of a role works on."""


def settle(application: "Application") -> dict[str, str]:
    """A person for each role, whose login is the role; their passwords, which only this tells.
    The open cases are shared out among the agents, so that there is something on their lists.
    """
    from dunwell.features.access import people, secrets
    from dunwell.features.access.actor import Operation, operator
    from dunwell.features.access.roles import Role
    from dunwell.features.cases import assigning

    passwords = {str(role): secrets.new_password() for role in Role}
    with application.database.connect() as connection:
        operation = Operation(connection, operator("demo"), LAST_NIGHT)
        for role, password in passwords.items():
            rights = people.Rights((role,), None, agent=AGENT_OF.get(role))
            name = AGENT_OF.get(role, f"Demo {output.words(role)}")
            people.add(operation, role, name, rights, password=password)
        units = [row[0] for row in connection.execute(_IN_COLLECTIONS).fetchall()]
        for number, agent in enumerate(("Ben Okafor", "Chloe Martin")):
            # two of three cases; the rest wait for the manager
            for first in range(0, len(units), 3 * assigning.MOST):
                part = units[first : first + 3 * assigning.MOST][number::3]
                if part:
                    assigning.assign(operation, part, agent, reason="the demo")
    return passwords


_IN_COLLECTIONS = """
select bill_unit.bill_unit_no
from collection_case
join bill_unit
    on bill_unit.account_id = collection_case.account_id
    and bill_unit.id = collection_case.bill_unit_id
where collection_case.status = 'open'
order by bill_unit.bill_unit_no
"""


def _open_pages(passwords: dict[str, str]) -> None:
    output.show("")
    output.heading("Open it in a browser", "")
    output.show(f"  DUNWELL_BUSINESS_DATE={LAST_NIGHT + timedelta(days=1)} {_command()} serve")
    output.show("  http://127.0.0.1:8000, as one of these, whose passwords are shown this once:")
    output.show("")
    table = output.table("login", "password")
    for login, password in passwords.items():
        table.add_row(login, password)
    output.show(table)


def _suggest(home: Path, unit: str | None, *, utility: bool) -> None:
    unit = unit or "100001-1"
    after = LAST_NIGHT + timedelta(days=1)
    command = _command()
    output.show("")
    output.heading(
        "Try next",
        "",
        f"  export DUNWELL_HOME={home}",
        f"  {command} case {unit}",
        f"  {command} explain {unit} --date {LAST_NIGHT - timedelta(days=60)}",
        f"  {command} ageing --date {LAST_NIGHT - timedelta(days=75)}",
        f"  {command} run --from {after} --to {date(2025, 12, 31)} --report",
        f"  {command} deliver --date {LAST_NIGHT} --export letters",
        f"  {command} policy export -",
        *(
            [f"  {command} experiments compare 'a call first' --date {LAST_NIGHT}"]
            if utility
            else []
        ),
    )


def _command() -> str:
    """How this command is called here: by its name alone only if the shell would find this one."""
    called, found = Path(sys.argv[0]), shutil.which("dunwell")
    elsewhere = called.name == "dunwell" and not (found and Path(found).samefile(called))
    return os.path.relpath(called) if elsewhere else "dunwell"


@contextmanager
def _step(what: str) -> Iterator[None]:
    started = monotonic()
    yield
    output.show(f"  {monotonic() - started:5.1f} s  {what}")
