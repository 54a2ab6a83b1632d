"""`dunwell explain`: why a bill unit is in collections, or why it isn't."""

from typing import TYPE_CHECKING, Any

from dunwell.cli import output
from dunwell.cli.options import BillUnitArgument, Date, Debug, Json

if TYPE_CHECKING:
    from dunwell.engine.explain import Explanation


def explain(
    bill_unit_no: BillUnitArgument,
    on: Date = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Explain the decision for a bill unit on a date: its balance by age, every scenario's
    criteria against their thresholds, the choice and why.
    """
    from dunwell.bootstrap import open_application, read_settings, set_up_logging
    from dunwell.cli.today import business_date
    from dunwell.engine.explain import explain as decide

    set_up_logging(debug=debug)
    application = open_application(read_settings())
    with application.database.connect() as connection:
        date = on or business_date(connection)
    explanation = decide(application.database, application.plugins, bill_unit_no, date)
    if as_json:
        output.answer(explanation.as_json())
    else:
        print_explanation(explanation)


def print_explanation(explanation: "Explanation") -> None:
    """The balance by age, the scenarios with their criteria, the outcome."""
    output.show(str(explanation))


def print_scenario(scenario: dict[str, Any], currency: str) -> None:
    """One scenario: each criterion's value against its threshold."""
    del scenario, currency
