"""`dunwell run`: the night, for one business date or for every day of a span."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dunwell.cli import output
from dunwell.cli.options import BillUnitOption, Date, Debug, Json, parse_date
from dunwell.domain.errors import BadInput

if TYPE_CHECKING:
    from dunwell.bootstrap import Application
    from dunwell.engine.delivery import Report as DeliveryReport
    from dunwell.engine.report import Report

INTERRUPTED = 130


def run(
    on: Date = None,
    first: Annotated[
        date | None,
        typer.Option(
            "--from", parser=parse_date, metavar="DATE", help="First day of a span, with --to."
        ),
    ] = None,
    last: Annotated[
        date | None,
        typer.Option(
            "--to",
            parser=parse_date,
            metavar="DATE",
            help="Last day of a span: one night for each day.",
        ),
    ] = None,
    bill_unit_no: BillUnitOption = None,
    workers: Annotated[
        int, typer.Option(min=1, max=64, metavar="N", help="How many slices to work on at once.")
    ] = 1,
    full: Annotated[
        bool,
        typer.Option("--full", help="Examine every bill unit, not only what can have changed."),
    ] = False,
    report: Annotated[
        bool,
        typer.Option(
            "--report", help="Print the summary: in collections, entered, left, actions, amounts."
        ),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Say how far the night is, slice by slice.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the report and keep nothing.")
    ] = False,
    deliver: Annotated[
        bool,
        typer.Option(
            "--deliver/--no-deliver",
            help="Whether letters, e-mails and reminders go out afterwards (`dunwell deliver`).",
        ),
    ] = True,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Run the night: post payments, measure what is overdue, let bill units leave and enter
    collections, and carry out the actions that are due. Then deliver what it left to be sent.

    Running a date again does nothing more; an interrupted night continues where it stopped.
    """
    from dunwell.bootstrap import (
        open_application,
        read_settings,
        set_up_logging,
    )

    days = _span(on, first, last)
    set_up_logging(debug=debug)
    application = open_application(read_settings())
    days = [_today(application)] if days is None else _still_to_run(application, days)
    options = {
        "full": full,
        "workers": workers,
        "bill_unit_no": bill_unit_no,
        "dry_run": dry_run,
        "slice_width": application.settings.slice_width,
    }
    with _interruptible():
        reports = list(nights(application, days, options, verbose=verbose))
    delivery = (
        _delivered(application, days[-1], verbose=verbose)
        if deliver and not dry_run and bill_unit_no is None
        else None
    )
    if as_json:
        told = [each.as_json() for each in reports]
        answer = told[0] if first is None else {"nights": told}
        output.answer({**answer, "delivery": delivery.as_json() if delivery else None})
    else:
        _print_nights(reports, in_full=report or dry_run)
    _name_unhandled(reports[-1])


def _delivered(application: "Application", on: date, *, verbose: bool) -> "DeliveryReport | None":
    """Deliver what the nights left; the night has succeeded, whatever becomes of this."""
    from dunwell.cli.deliver import delivered, in_words, warn
    from dunwell.domain.errors import DunwellError

    try:
        report = delivered(application, on, verbose=verbose)
    except (DunwellError, OSError) as failure:
        output.say(
            f"The night is done, but its letters weren't delivered: {failure}"
            " Try `dunwell deliver`.",
            style="red",
        )
        return None
    if told := in_words(report):
        output.say(f"delivered: {told}")
    for path in report.files:
        output.say(f"  {path}")
    warn(report)
    return report


def _span(on: date | None, first: date | None, last: date | None) -> list[date] | None:
    """The days to run; none when nothing was said, which means today."""
    if first is None and last is None:
        return None if on is None else [on]
    if on is not None:
        raise BadInput("--date names one day, --from and --to a span; give one or the other.")
    if first is None or last is None:
        raise BadInput("A span needs both ends: --from DATE --to DATE.")
    if last < first:
        raise BadInput(f"--to {last} lies before --from {first}; exchange them.")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _today(application: "Application") -> date:
    from dunwell.features.policy.today import business_date

    with application.database.connect() as connection:
        return business_date(connection)


def _still_to_run(application: "Application", days: list[date]) -> list[date]:
    """The days of a span from the last night on, so that the same command continues it; a span
    that lies wholly before it is left for the night to refuse.
    """
    from dunwell.features.policy.today import last_night

    with application.database.connect() as connection:
        last = last_night(connection)
    rest = [day for day in days if last is None or day >= last]
    if rest and len(rest) < len(days):
        output.say(f"The nights before {rest[0]} have been run; continuing with that one.")
    return rest or days


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        output.say("Interrupted. What is finished is kept; run the same command again to continue.")
        raise typer.Exit(INTERRUPTED) from None


def nights(
    application: "Application", days: list[date], options: dict[str, Any], *, verbose: bool = False
) -> "Iterator[Report]":
    """One night after the other, with a progress bar of days or, for a single night, of slices."""
    from dunwell.engine.crew import Crew
    from dunwell.engine.night import Night
    from dunwell.engine.night import run as run_night

    single = len(days) == 1
    crew = Crew(application.database, options.get("workers", 1))
    with output.progress() as shown, crew:
        bar = shown.add_task("nights", total=None if single else len(days))

        def told(day: date) -> Callable[[int, int], None]:
            def progress(done: int, total: int) -> None:
                if single:
                    shown.update(bar, completed=done, total=total)
                if verbose:
                    shown.console.print(f"{day}: slice {done} of {total}")

            return progress

        for day in days:
            shown.update(bar, description=str(day))
            yield run_night(
                application.database,
                application.plugins,
                Night(date=day, **options),
                progress=told(day),
                crew=crew,
            )
            if not single:
                shown.advance(bar)


def _print_nights(reports: "list[Report]", *, in_full: bool) -> None:
    """In a sentence, or with the summary of the last one."""
    if not in_full:
        output.show(one_line(reports))
        return
    if len(reports) > 1:
        output.show(one_line(reports), "")
    print_report(reports[-1])


def one_line(reports: "list[Report]") -> str:
    """What happened, in a sentence."""
    last = reports[-1]
    entered = sum(report.entered for report in reports)
    left = sum(sum(report.left.values()) for report in reports)
    seconds = sum(report.seconds for report in reports)
    which = str(last.date)
    if len(reports) > 1:
        which = f"{len(reports)} nights, {reports[0].date} to {last.date}"
    return (
        f"{which}: {entered:,} entered, {left:,} left, {last.in_collections:,} in collections;"
        f" {seconds:.1f} s"
    )


def print_report(report: "Report") -> None:
    """The summary of one night."""
    facts = output.table("what", "number", right=["number"], show_header=False)
    facts.add_row("in collections", f"{report.in_collections:,}")
    facts.add_row("entered", f"{report.entered:,}")
    facts.add_row("left", f"{sum(report.left.values()):,}")
    for reason, number in sorted(report.left.items()):
        facts.add_row(f"  {output.words(reason)}", f"{number:,}")
    for currency, amount in sorted(report.overdue.items()):
        facts.add_row(f"overdue, {currency}", output.money(amount, currency))
    if report.skipped:
        facts.add_row("actions skipped, due before the installation", f"{report.skipped:,}")
    output.heading(f"The night of {report.date}, {report.seconds:.1f} s", "", facts)
    if report.actions:
        output.show("")
        print_actions(report.actions)


def print_actions(actions: dict[str, dict[str, int]]) -> None:
    """Actions by type and outcome: a row for each type, a column for each outcome."""
    outcomes = sorted({outcome for counts in actions.values() for outcome in counts})
    shown = output.table("actions", *outcomes, right=outcomes)
    for kind, counts in sorted(actions.items()):
        shown.add_row(
            output.words(kind),
            *(f"{counts[outcome]:,}" if outcome in counts else "" for outcome in outcomes),
        )
    output.show(shown)


def _name_unhandled(report: "Report") -> None:
    for name in report.unhandled:
        output.say(
            f"No plug-in carries out the custom action {name!r}; it stays pending."
            " DUNWELL_PLUGINS names the modules to load.",
            style="yellow",
        )
