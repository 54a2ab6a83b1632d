"""`dunwell case`: the story of a bill unit in collections, past and future."""

from typing import TYPE_CHECKING, Any

from dunwell.cli import output
from dunwell.cli.options import BillUnitArgument, Debug, Json
from dunwell.cli.timeline import lines

if TYPE_CHECKING:
    from dunwell.features.cases.queries import CaseFile


def case(bill_unit_no: BillUnitArgument, as_json: Json = False, debug: Debug = False) -> None:
    """Show the cases of a bill unit as a timeline: what happened and why, and what comes when."""
    from dunwell.bootstrap import open_application, read_settings, set_up_logging
    from dunwell.features.cases import queries

    set_up_logging(debug=debug)
    with open_application(read_settings()).database.connect() as connection:
        files = queries.case_files(connection, bill_unit_no)
    if as_json:
        output.answer([file.as_json() for file in files])
    elif files:
        print_files(files)
    else:
        output.show(f"Bill unit {bill_unit_no} was never in collections.")


def print_files(files: "list[CaseFile]") -> None:
    """One timeline for each case."""
    for file in files:
        _print_file(file.as_json())


def _print_file(file: dict[str, Any]) -> None:
    from rich.text import Text

    state = file["status"]
    if file["close_reason"]:
        state = f"{state} ({output.words(file['close_reason'])})"
    owed = output.money(file["entry_overdue_amount"], file["currency"])
    title = f"Case {file['case_id']} · {file['scenario']} · {state}"
    facts = [
        f"bill unit {file['bill_unit_no']} of {file['name']}",
        *([] if file["debt_class"] == "standard" else [f"debt class {file['debt_class']}"]),
        f"{owed} overdue at entry",
        *([f"agent {file['agent']}"] if file["agent"] else []),
    ]
    table = output.table("date", "what", "detail", show_header=False)
    for line in lines(file):
        table.add_row(line.date, Text(line.what, style=line.style), line.detail)
    output.show(Text(title, style="bold"), ", ".join(facts), table)
