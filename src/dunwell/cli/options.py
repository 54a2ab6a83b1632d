"""Options that several commands share: dates, JSON, and how a wrong value is answered."""

import re
from datetime import date
from typing import Annotated

import typer


def parse_date(text: str | date) -> date:
    """An ISO date; what isn't one is answered with the way to write it."""
    if isinstance(text, date):
        return text
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise typer.BadParameter(f"{text!r} is not a date; write it like 2026-03-31")
    try:
        return date.fromisoformat(text)
    except ValueError as failure:
        raise typer.BadParameter(
            f"{text!r} is not a day of the calendar ({failure}); write it like 2026-03-31"
        ) from failure


Date = Annotated[
    date | None,
    typer.Option(
        "--date",
        parser=parse_date,
        metavar="DATE",
        help="The business date, like 2026-03-31.",
        show_default="today in the default brand's time zone",
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of text, for machines.")
]
Debug = Annotated[
    bool,
    typer.Option("--debug", help="Log everything to standard error; show where an error arose."),
]
BillUnitArgument = Annotated[
    str, typer.Argument(metavar="BILL_UNIT_NO", help="The bill unit's number.", show_default=False)
]
BillUnitOption = Annotated[
    str | None,
    typer.Option("--bill-unit", metavar="NO", help="Only this bill unit, or its sharing group."),
]
