"""`dunwell severance`: look at severance processes, and cancel one."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dunwell.cli import output
from dunwell.cli.options import BillUnitArgument, Date, Debug, Json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from dunwell.features.access.actor import Operation

from contextlib import contextmanager

app = typer.Typer(help="Look at severance processes, and cancel one.", no_args_is_help=True)


@app.callback()
def severance() -> None:
    """Look at severance processes, and cancel one."""


@app.command()
def show(bill_unit_no: BillUnitArgument, as_json: Json = False, debug: Debug = False) -> None:
    """Show a bill unit's severance processes with their events."""
    from dunwell.features.severance import queries

    with _operation(None, debug=debug) as operation:
        found = queries.of_bill_unit(operation, bill_unit_no)
    if as_json:
        output.answer({"severances": found})
        return
    if not found:
        output.show(f"The bill unit {bill_unit_no} has no severance.")
    print_processes(found)


@app.command()
def cancel(
    severance_no: Annotated[
        str,
        typer.Argument(metavar="SEVERANCE", help="As `show` names it.", show_default=False),
    ],
    reason: Annotated[str, typer.Option(help="Why.", show_default=False)],
    keep_cut: Annotated[
        bool, typer.Option("--keep-cut", help="After a cut, don't begin the reconnection.")
    ] = False,
    on: Date = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Cancel an active severance process; what the field system has of it is recalled."""
    from dunwell.features.severance import queries, service

    with _operation(on, debug=debug) as operation:
        service.cancel(operation, severance_no, reason=reason, reconnect=not keep_cut)
        found = queries.process(operation, severance_no)
    if as_json:
        output.answer(found)
    else:
        output.show(f"Cancelled: {severance_no}, of agreement {found['service_agreement_no']}.")


def print_processes(found: list[dict[str, Any]]) -> None:
    """Each process in a line, with a table of its events."""
    for process in found:
        _show(process)


def _show(process: dict[str, Any]) -> None:
    output.show(
        f"{process['severance']}  {process['agreement_type']} {process['service_agreement_no']}:"
        f" {process['template']}, {process['status']}, since {process['started_on']}"
    )
    table = output.table("no", "event", "type", "status", "due", "after", "message")
    for number, event in enumerate(process["events"], start=1):
        table.add_row(
            str(number),
            event["name"],
            (event["activity"] or event["type"]).replace("_", " "),
            event["status"],
            event["due_on"] or "",
            ", ".join(event["after"]),
            event["message"] or event["outcome"] or "",
        )
    output.show(table)


@contextmanager
def _operation(on: "date | None", *, debug: bool) -> "Iterator[Operation]":
    """The operator's transaction; committed at the end."""
    from dunwell.bootstrap import open_application, read_settings, set_up_logging
    from dunwell.features.access.actor import Operation, operator
    from dunwell.features.policy.today import business_date

    set_up_logging(debug=debug)
    application = open_application(read_settings())
    with application.database.connect() as connection:
        yield Operation(
            connection,
            operator(),
            on or application.settings.business_date or business_date(connection),
            application.settings.slice_width,
            application.plugins.hook,
        )
