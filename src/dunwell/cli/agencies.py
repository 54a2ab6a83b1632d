"""`dunwell agencies`: tell collections agencies what is referred to them and what is recalled."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import Date, Debug, Json

app = typer.Typer(help="Tell collections agencies what is theirs.", no_args_is_help=True)


@app.callback()
def agencies() -> None:
    """Tell collections agencies what is theirs."""


@app.command()
def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder for the files.", show_default=False)
    ],
    on: Date = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Write a CSV file for each agency with what is referred to it, and one with what is recalled.

    Each referral stands in one file; without anything new, no file is written.
    """
    from dunwell.bootstrap import open_application, read_settings, set_up_logging
    from dunwell.features.access.actor import Operation, operator
    from dunwell.features.agencies import exporting
    from dunwell.features.policy.today import business_date

    set_up_logging(debug=debug)
    application = open_application(read_settings())
    with application.database.connect() as connection:
        day = on or business_date(connection)
        operation = Operation(connection, operator(), day, application.settings.slice_width)
        told = exporting.prepare(operation)
    files = exporting.write(application.database, folder)
    if as_json:
        output.answer({"agencies": [asdict(each) for each in told], "files": files})
        return
    table = output.table("agency", "file", "referrals", "recalls", right=["referrals", "recalls"])
    for each in told:
        table.add_row(each.agency, each.file, f"{each.referrals:,}", f"{each.recalls:,}")
    output.show(table if told else "No agency has anything new to be told.")
    for file in files:
        output.show(f"Written: {file}")
