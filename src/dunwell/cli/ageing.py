"""`dunwell ageing`: what is owed by currency and age, as of any date."""

from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import BillUnitOption, Date, Json
from dunwell.domain.errors import BadInput

if TYPE_CHECKING:
    from dunwell.features.receivables.ageing import AgeingRow


def parse_boundaries(text: str) -> list[int]:
    """Bucket boundaries in days, such as 30,60,90."""
    try:
        boundaries = [int(part) for part in text.split(",")]
    except ValueError as failure:
        raise BadInput(
            f"--boundaries is {text!r}; write whole days with commas between, like 30,60,90."
        ) from failure
    rising = all(low < high for low, high in zip([0, *boundaries], boundaries, strict=False))
    if not rising:
        raise BadInput(f"--boundaries is {text!r}; write rising days from 1 up, like 30,60,90.")
    return boundaries


def ageing(
    on: Date = None,
    bill_unit_no: BillUnitOption = None,
    boundaries: Annotated[
        str | None,
        typer.Option(
            metavar="DAYS",
            help="Bucket boundaries, like 30,60,90.",
            show_default="the policy's aging buckets",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what is owed by currency and age, as of any date; what isn't due yet stands apart."""
    limits = None if boundaries is None else parse_boundaries(boundaries)
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.policy.today import business_date
    from dunwell.features.receivables.ageing import ageing as measure

    with open_application(read_settings()).database.connect() as connection:
        date = on or business_date(connection)
        rows = measure(connection, date=date, boundaries=limits, bill_unit_no=bill_unit_no)
    if as_json:
        output.answer([row.as_json() for row in rows])
        return
    if not rows:
        output.show(f"Nothing is owed on {date}.")
        return
    output.heading(f"What is owed on {date}", "")
    print_ageing(rows)


def print_ageing(rows: "list[AgeingRow]") -> None:
    """One table for all currencies, a total below each."""
    shown = output.table(
        "currency",
        "days overdue",
        "items",
        "amount",
        "customers",
        right=["items", "amount", "customers"],
    )
    for currency, of_currency in groupby(rows, key=lambda row: row.currency):
        buckets = list(of_currency)
        for row, days in zip(buckets, output.days(row.bucket for row in buckets), strict=True):
            shown.add_row(
                currency,
                days,
                f"{row.items:,}",
                output.money(row.amount, currency),
                f"{row.accounts:,}",
            )
        shown.add_row(
            currency,
            "total",
            f"{sum(row.items for row in buckets):,}",
            output.money(sum((row.amount for row in buckets), Decimal(0)), currency),
            "",
            style="bold",
            end_section=True,
        )
    output.show(shown)
