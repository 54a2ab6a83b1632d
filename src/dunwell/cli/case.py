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
        output.answer(as_one(bill_unit_no, files))
    elif files:
        print_files(files)
    else:
        output.show(f"Bill unit {bill_unit_no} was never in collections.")


def as_one(bill_unit_no: str, files: "list[CaseFile]") -> dict[str, Any]:
    """One object: the newest case, with the others in `earlier_cases`."""
    told = [file.as_json() for file in files]
    never = {"bill_unit_no": bill_unit_no, "status": "never", "actions": [], "events": []}
    return {**(told[0] if told else never), "earlier_cases": told[1:]}


def print_files(files: "list[CaseFile]") -> None:
    """One timeline for each case."""
    for no, file in enumerate(files):
        if no:
            output.show("")
        _print_file(file.as_json())


def _print_file(file: dict[str, Any]) -> None:
    from rich.text import Text

    state = file["status"]
    if file["close_reason"]:
        state = f"{state} ({output.words(file['close_reason'])})"
    owed, now = (
        output.money(file[name], file["currency"])
        for name in ("entry_overdue_amount", "overdue_amount")
    )
    title = f"Case {file['case_id']} · {file['scenario']} · {state}"
    facts = [
        f"bill unit {file['bill_unit_no']} of {file['name']}",
        *([] if file["debt_class"] == "standard" else [f"debt class {file['debt_class']}"]),
        f"{owed} overdue at entry",
        *([f"{now} now"] if file["status"] == "open" else []),
        *([f"agent {file['agent']}"] if file["agent"] else []),
    ]
    table = output.table("date", "what", "details", show_header=False)
    past = True
    for line in lines(file):
        if past and line.to_come:
            table.add_section()
        past = not line.to_come
        table.add_row(line.date, Text(line.what, style=line.style), "\n".join(line.details))
    output.show(Text(title, style="bold"), ", ".join(facts), "", table)
