"""`dunwell experiments`: champion and challengers, and whether one has won."""

from typing import TYPE_CHECKING, Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import Date, Debug, Json

if TYPE_CHECKING:
    from dunwell.features.experiments.rules import Interval

app = typer.Typer(help="Compare a champion with its challengers.", no_args_is_help=True)


@app.callback()
def experiments() -> None:
    """Compare a champion with its challengers."""


@app.command()
def compare(
    name: Annotated[str, typer.Argument(help="The experiment's name.", show_default=False)],
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
        told = queries.compare(operation, name)
    if as_json:
        output.answer(told.as_json())
        return
    figures = ["entries", "judged", "cured", "recovered", "days to cure", "cost", "complained"]
    table = output.table("arm", *figures, right=figures)
    for arm in told.arms:
        table.add_row(
            f"{arm.scenario} (champion)" if arm.is_champion else arm.scenario,
            f"{arm.entries:,}",
            f"{arm.judged:,}",
            _mean(arm.cure_rate, arm.cure_rate_interval, ".1%"),
            _mean(arm.recovered_share, arm.recovered_share_interval, ".1%"),
            _mean(arm.days_to_cure, arm.days_to_cure_interval, ".1f"),
            _mean(arm.cost_per_customer, arm.cost_per_customer_interval, ".2f"),
            _mean(arm.complaint_share, arm.complaint_share_interval, ".1%"),
        )
    output.show(table)
    output.show(told.verdict)


def _mean(mean: float | None, where: "Interval", form: str) -> str:
    """The mean of those that have had their days, and where the truth lies."""
    return "" if mean is None else f"{mean:{form}} ({where.low:{form}} to {where.high:{form}})"
