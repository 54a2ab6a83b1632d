"""`dunwell letter`: what was sent, what is stuck, and why."""

from pathlib import Path
from typing import Annotated, Any

import typer

from dunwell.cli import output
from dunwell.cli.options import BillUnitArgument, Date, Json

app = typer.Typer(
    help="Show letters as they were sent, and settle those in doubt.", no_args_is_help=True
)


def _operation(connection: Any, on: Any = None) -> Any:
    from dunwell.features.access.actor import Operation, operator
    from dunwell.features.policy.today import business_date

    return Operation(connection, operator(), on or business_date(connection))


@app.command("list")
def list_(
    bill_unit_no: Annotated[
        str | None, typer.Argument(metavar="[BILL_UNIT_NO]", help="Only this bill unit's.")
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(
            metavar="STATUS",
            help="Only those that are ready, rendered, uncertain, sent, withdrawn or in error.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List letters: when they were made, how they went out, or why they didn't."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.letters import service

    with open_application(read_settings()).database.connect() as connection:
        rows = service.listed(_operation(connection), bill_unit_no, status=status)
    if as_json:
        output.answer({"letters": [_plain(row) for row in rows]})
        return
    table = output.table("letter", "bill unit", "made on", "template", "status", "detail")
    for row in rows:
        table.add_row(
            str(row["id"]),
            row["bill_unit_no"],
            str(row["made_on"]),
            row["template"],
            row["status"],
            row["message"] or row["batch"] or row["channel"] or "",
        )
    output.show(table)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.items()
    }


@app.command()
def show(
    bill_unit_no: BillUnitArgument,
    letter: Annotated[int, typer.Argument(metavar="LETTER", show_default=False)],
    path: Annotated[
        Path, typer.Option("--output", metavar="FILE", help="Where to.", show_default=False)
    ],
) -> None:
    """Write a letter's document as it was sent, however long ago."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.letters import service

    with open_application(read_settings()).database.connect() as connection:
        document = service.document(_operation(connection), bill_unit_no, letter)
    path.write_bytes(document.content)
    output.say(f"The letter ({document.media_type}) is in {path}.")


@app.command()
def settle(
    bill_unit_no: Annotated[
        str | None, typer.Argument(metavar="[BILL_UNIT_NO]", help="Whose letter.")
    ] = None,
    letter: Annotated[int | None, typer.Argument(metavar="[LETTER]", help="Which one.")] = None,
    sent: Annotated[
        bool | None, typer.Option("--sent/--again", help="The mail server has it, or hasn't.")
    ] = None,
    mail_log: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Settle all by the mail server's log, which reaches back to their delivery.",
        ),
    ] = None,
    on: Date = None,
    as_json: Json = False,
) -> None:
    """Say what became of letters whose delivery was cut short while the mail server took them:
    those it has are sent, the others go out with the next delivery.
    """
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.domain.errors import BadInput
    from dunwell.features.letters import service

    with open_application(read_settings()).database.connect() as connection:
        operation = _operation(connection, on)
        if mail_log is not None:
            found = service.settle_by_log(operation, mail_log)
        elif bill_unit_no is None or letter is None or sent is None:
            raise BadInput("Name a letter with --sent or --again, or give --mail-log FILE for all.")
        else:
            service.settle(operation, bill_unit_no, letter, sent=sent)
            found = service.Settled(sent=int(sent), again=int(not sent))
    if as_json:
        output.answer({"sent": found.sent, "again": found.again})
    else:
        output.show(f"{found.sent} sent, {found.again} to go out again.")
