"""`dunwell deliver`: payments are collected; letters, reminders and referrals leave the house."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import Date, Debug, Json

if TYPE_CHECKING:
    from dunwell.bootstrap import Application
    from dunwell.engine.delivery import Report


def deliver(
    on: Date = None,
    payments: Annotated[
        bool, typer.Option("--payments", help="Only payments: collect them by the gateways.")
    ] = False,
    letters: Annotated[
        bool, typer.Option("--letters", help="Only dunning letters: print and e-mail them.")
    ] = False,
    messages: Annotated[
        bool, typer.Option("--messages", help="Only invoice reminders: prepare and export them.")
    ] = False,
    agencies: Annotated[
        bool, typer.Option("--agencies", help="Only what collections agencies are told.")
    ] = False,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="DIR",
            help="Folder for printed letters and all other files.",
            show_default="DUNWELL_EXPORT, else letters in Dunwell's home",
        ),
    ] = None,
    one_file: Annotated[
        bool, typer.Option("--one-file", help="One PDF for all printed letters instead of many.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also try what is in error, after mending its cause.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Say what is being done.")] = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Deliver what the night left for the outside world: collect payments and let go who has paid,
    render the letters that are still wanted, print or e-mail them, hand invoice reminders to the
    billing system, and tell agencies what is referred to them.

    Without --payments, --letters, --messages or --agencies all of it is done, in this order. An
    interrupted delivery is finished by the next one. Exit code 1 if something is in error or
    uncertain.
    """
    from dunwell.bootstrap import open_application, read_settings, set_up_logging
    from dunwell.features.policy.today import business_date

    set_up_logging(debug=debug)
    application = open_application(read_settings())
    if on is None:
        with application.database.connect() as connection:
            on = business_date(connection)
    asked = {
        "payments": payments,
        "letters": letters,
        "messages": messages,
        "agencies": agencies,
    }
    report = delivered(
        application,
        on,
        what=frozenset(name for name, wanted in asked.items() if wanted),
        export=export,
        one_file=one_file,
        again=again,
        verbose=verbose,
    )
    if as_json:
        output.answer(report.as_json())
    else:
        print_report(report)
    if report.counts["failed"] or report.standing.get("uncertain"):
        raise typer.Exit(1)


def delivered(
    application: "Application",
    on: date,
    *,
    what: frozenset[str] = frozenset(),
    export: Path | None = None,
    one_file: bool = False,
    again: bool = False,
    verbose: bool = False,
) -> "Report":
    """Deliver with the installation's settings."""
    from dunwell.engine.delivery import Delivery
    from dunwell.engine.delivery import deliver as deliver_all

    asked = Delivery.of(
        application.settings,
        on,
        folder=export,
        what=what,
        one_file=one_file,
        again=again,
    )

    def tell(doing: str) -> None:
        if verbose:
            output.say(f"{doing} …")

    return deliver_all(application.database, application.plugins, asked, tell=tell)


def in_words(report: "Report") -> str:
    """What was delivered, in a sentence; empty if nothing was."""
    counts = report.counts
    told = [
        (counts["payments"], "payment collected", "payments collected"),
        (counts["declined"], "payment declined", "payments declined"),
        (counts["in_files"], "direct debit in a file", "direct debits in files"),
        (counts["unanswered"], "charge without an answer", "charges without an answer"),
        (counts["printed"], "letter printed", "letters printed"),
        (counts["mailed"], "letter e-mailed", "letters e-mailed"),
        (counts["reminders"], "reminder for invoices", "reminders for invoices"),
        (counts["withdrawn"], "withdrawn", "withdrawn"),
        (counts["deferred"], "waits for the mail server", "wait for the mail server"),
        (
            counts["without_mail_server"],
            "waits for DUNWELL_SMTP__HOST",
            "wait for DUNWELL_SMTP__HOST",
        ),
        (counts["failed"], "in error", "in error"),
        (report.standing.get("uncertain", 0), "uncertain", "uncertain"),
        (counts["referrals"], "case referred", "cases referred"),
        (counts["recalls"], "case recalled", "cases recalled"),
    ]
    return ", ".join(output.count(number, one, many) for number, one, many in told if number)


def print_report(report: "Report") -> None:
    """What was delivered, and where the files are."""
    output.show(f"{in_words(report) or 'Nothing to deliver'}; {report.seconds:.1f} s")
    output.show(*(f"  {path}" for path in report.files))
    warn(report)


def warn(report: "Report") -> None:
    """Name what somebody has to look at."""
    if report.counts["failed"]:
        output.say(
            "`dunwell letter list --status error` says why letters are in error; when that is"
            " mended, `dunwell deliver --again`.",
            style="yellow",
        )
    if report.standing.get("uncertain"):
        output.say(
            "Nobody knows whether the mail server took the letters that are uncertain;"
            " `dunwell letter settle` finds out.",
            style="yellow",
        )
