"""`dunwell reminder`: what waits for the next invoice, and on which invoice it was printed."""

from typing import Annotated, Any

import typer

from dunwell.cli import output
from dunwell.cli.options import BillUnitArgument, BillUnitOption, Json

app = typer.Typer(
    help="Hand invoice reminders to the billing system, and hear what became of them.",
    no_args_is_help=True,
)

Reminder = Annotated[int, typer.Argument(metavar="REMINDER", show_default=False)]


def _operation(connection: Any) -> Any:
    from dunwell.features.access.actor import Operation, operator
    from dunwell.features.policy.today import business_date

    return Operation(connection, operator(), business_date(connection))


def _told(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        plain = [
            {
                name: value.isoformat() if hasattr(value, "isoformat") else value
                for name, value in row.items()
                if name != "account_id"
            }
            for row in rows
        ]
        output.answer({"reminders": plain})
        return
    table = output.table("reminder", "bill unit", "made on", "status", "text")
    for row in rows:
        text = row["content"] or row["message"] or ""
        table.add_row(str(row["id"]), row["bill_unit_no"], str(row["made_on"]), row["status"], text)
    output.show(table)


@app.command("list")
def list_(
    bill_unit_no: BillUnitOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that are confirmed, withdrawn or in error.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the reminders that wait for an invoice."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.letters import reminders

    with open_application(read_settings()).database.connect() as connection:
        rows = reminders.listed(_operation(connection), bill_unit_no, everything=everything)
    _told(rows, as_json=as_json)


@app.command()
def claim(
    bill_unit_no: BillUnitOption = None,
    most: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many.")] = 1_000,
    as_json: Json = False,
) -> None:
    """Take reminders for the invoices that are printed now; nobody else gets them."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.letters import reminders

    application = open_application(read_settings())
    with application.database.connect() as connection:
        rows = reminders.claim(_operation(connection), bill_unit_no, most=most)
    _told(rows, as_json=as_json)


@app.command()
def confirm(
    bill_unit_no: BillUnitArgument,
    reminder: Reminder,
    invoice_no: Annotated[str, typer.Argument(metavar="INVOICE_NO", show_default=False)],
    as_json: Json = False,
) -> None:
    """Say on which invoice a reminder was printed."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.letters import reminders

    with open_application(read_settings()).database.connect() as connection:
        reminders.confirm(_operation(connection), bill_unit_no, reminder, invoice_no)
    if as_json:
        output.answer({"reminder": reminder, "invoice_no": invoice_no})
    else:
        output.show(f"The reminder {reminder} is on invoice {invoice_no}.")


@app.command()
def release(bill_unit_no: BillUnitArgument, reminder: Reminder, as_json: Json = False) -> None:
    """Give back a reminder whose invoice didn't come about."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.letters import reminders

    with open_application(read_settings()).database.connect() as connection:
        reminders.release(_operation(connection), bill_unit_no, reminder)
    if as_json:
        output.answer({"reminder": reminder, "released": True})
    else:
        output.show(f"The reminder {reminder} waits for the next invoice.")
