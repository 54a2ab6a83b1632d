"""`dunwell experiments`: champion and challengers, and whether one has won."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import Date, Debug, Json

if TYPE_CHECKING:
    from dunwell.features.experiments.queries import Arm
    from dunwell.features.experiments.rules import Interval

app = typer.Typer(help="Compare a champion with its challengers.", no_args_is_help=True)


@app.callback()
def experiments() -> None:
    """Compare a champion with its challengers."""


@app.command()
def compare(
    name: Annotated[str, typer.Argument(help="The experiment's name.", show_default=False)],
    brand: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Whose, if several brands have one of that name."),
    ] = None,
    on: Date = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Show each arm's figures, and which arm has won, if one has.

    The intervals hold however often you look.
    """
    from dunwell.bootstrap import open_application, read_settings, set_up_logging
    from dunwell.features.access.actor import Operation, operator
    from dunwell.features.experiments import queries
    from dunwell.features.policy.today import business_date

    set_up_logging(debug=debug)
    application = open_application(read_settings())
    with application.database.connect() as connection:
        day = on or business_date(connection)
        operation = Operation(connection, operator(), day, application.settings.slice_width)
        told = queries.compare(operation, name, brand)
    if as_json:
        output.answer(told.as_json())
        return
    arms = [f"{arm.scenario} (champion)" if arm.is_champion else arm.scenario for arm in told.arms]
    table = output.table("", *arms, right=arms)
    for figure, of in _FIGURES.items():
        table.add_row(figure, *(of(arm) for arm in told.arms))
    output.show(table)
    output.show(told.verdict)


def _mean(mean: float | None, where: "Interval", form: str) -> str:
    """The mean of those that have had their days, and where the truth lies."""
    return "" if mean is None else f"{mean:{form}} ({where.low:{form}} to {where.high:{form}})"


_FIGURES: dict[str, Callable[["Arm"], str]] = {
    "entries": lambda arm: f"{arm.entries:,}",
    "judged": lambda arm: f"{arm.judged:,}",
    "cured": lambda arm: _mean(arm.cure_rate, arm.cure_rate_interval, ".1%"),
    "recovered": lambda arm: _mean(arm.recovered_share, arm.recovered_share_interval, ".1%"),
    "days to cure": lambda arm: _mean(arm.days_to_cure, arm.days_to_cure_interval, ".1f"),
    "cost": lambda arm: _mean(arm.cost_per_customer, arm.cost_per_customer_interval, ".2f"),
    "complained": lambda arm: _mean(arm.complaint_share, arm.complaint_share_interval, ".1%"),
}
"""What the table shows of each arm."""
