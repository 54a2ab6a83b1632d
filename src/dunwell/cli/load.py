"""`dunwell load`: bring receivables in from files."""

from pathlib import Path
from typing import Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import Debug, Json


def load(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="CSV or Parquet files, or folders of them; the file's name tells the kind:"
            " accounts, bill_units, bills, payments, adjustments, exchange_rates.",
            show_default=False,
        ),
    ],
    keep_good: Annotated[
        bool,
        typer.Option("--keep-good", help="Apply the good rows of a file that has bad ones."),
    ] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(help="Where to write the bad rows, each with its column, value and reason."),
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Load accounts, bill units, bills, payments and adjustments.

    Loading the same file again changes nothing; a changed row updates. A file with a bad row is
    not applied at all unless --keep-good, and every bad row is reported in one pass.
    """
    from dunwell.bootstrap import (
        open_application,
        read_settings,
        set_up_logging,
    )
    from dunwell.features.receivables.load import load as bring_in

    set_up_logging(debug=debug)
    application = open_application(read_settings())
    report = bring_in(application.database, paths, keep_good=keep_good, rejects=rejects)
    if as_json:
        output.answer(report.as_json())
    else:
        output.show(str(report))
