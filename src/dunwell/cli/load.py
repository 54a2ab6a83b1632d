"""`dunwell load`: bring receivables in from files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import Debug, Json
from dunwell.domain.errors import BadFile

if TYPE_CHECKING:
    from dunwell.features.receivables.load import LoadReport


def load(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help="CSV or Parquet files, or folders of them; the file's name tells the kind:"
            " accounts, contact_details, addresses, bill_units, service_agreements, bills,"
            " payments, adjustments, budgets, exchange_rates, credit_alerts.",
            show_default=False,
        ),
    ],
    keep_good: Annotated[
        bool,
        typer.Option("--keep-good", help="Apply the good rows of a file that has bad ones."),
    ] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where to list the bad rows, each with its line, column, value and reason.",
            show_default="rejects.csv in Dunwell's home",
        ),
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Load customers, their bills and payments, and what belongs to them.

    Loading the same file again changes nothing; a changed row updates. A file with a bad row is
    not applied at all unless --keep-good, and every bad row is reported in one pass.
    """
    from dunwell.bootstrap import open_application, read_settings, set_up_logging
    from dunwell.engine.loading import load as bring_in

    set_up_logging(debug=debug)
    application = open_application(read_settings())
    with output.progress() as shown:
        bars: dict[str, int] = {}

        def progress(file: str, done: int, total: int) -> None:
            if file not in bars:
                bars[file] = shown.add_task(Path(file).name)
            shown.update(bars[file], completed=done, total=total)  # type: ignore[arg-type]

        report = bring_in(
            application.database,
            application.plugins,
            paths,
            date=application.settings.business_date,
            keep_good=keep_good,
            rejects=rejects or application.settings.home / "rejects.csv",
            progress=progress,
            slice_width=application.settings.slice_width,
        )
    if as_json:
        output.answer(report.as_json())
    else:
        print_report(report)
    if report.refused:
        raise typer.Exit(BadFile.exit_code)


def print_report(report: "LoadReport") -> None:
    """A row for each file, then what was wrong."""
    outcomes = ["rows", "created", "changed", "unchanged", "rejected"]
    if any(file.outdated for file in report.files):
        outcomes.append("outdated")
    table = output.table("file", *outcomes, "seconds", right=[*outcomes, "seconds"])
    for file in report.files:
        numbers = [f"{getattr(file, outcome):,}" for outcome in outcomes]
        table.add_row(Path(file.file).name, *numbers, f"{file.seconds:.1f}")
    output.show(table)
    if report.rejects_file:
        output.say("")
    for file in report.files:
        for reject in file.rejects:
            output.say(f"  {reject}")
    if report.rejects_file:
        output.say(f"All that was rejected is listed in {report.rejects_file}.")
    if report.refused:
        output.say(
            f"error: {report.refused.file} was not applied because of its bad rows. Correct them,"
            " or take the good rows with --keep-good.",
            style="red",
        )
    if report.not_tried:
        output.say(f"Not tried after it: {', '.join(report.not_tried)}.")
