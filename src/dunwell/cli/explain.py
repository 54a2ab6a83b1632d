"""`dunwell explain`: why a bill unit is in collections, or why it isn't.

Printed from the same JSON that `--json` gives: the balances by debt class and age, each scenario
with its criteria (`{criterion, value, threshold, holds}`), and the outcome in words.
"""

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
    from rich.text import Text

    told = explanation.as_json()
    currency = told["currency"]
    output.show(
        f"Bill unit {told['bill_unit_no']} on {told['date']}, profile {told['profile'] or 'none'},"
        f" pay type {output.words(told['pay_type'])}"
    )
    for balance in told["balances"]:
        _print_balance(balance, currency)
    for scenario in told["scenarios"]:
        _print_scenario(scenario)
    output.show(Text(told["outcome"], style="bold"))


def _print_balance(balance: dict[str, Any], currency: str) -> None:
    ages = output.table("days overdue", "open", right=["open"])
    for age in balance["ages"]:
        ages.add_row(output.words(age["bucket"]), output.money(age["amount"], currency))
    total = output.money(balance["overdue"], currency)
    ages.add_row(f"overdue, {output.words(balance['debt_class'])}", total, style="bold")
    output.show(ages)


def _print_scenario(scenario: dict[str, Any]) -> None:
    from rich.text import Text

    mark = "chosen" if scenario["chosen"] else "valid" if scenario["valid"] else "not valid"
    table = output.table("", "criterion", "value", "threshold", right=["value", "threshold"])
    for line in scenario["criteria"]:
        answer = Text("✔", style="green") if line["holds"] else Text("✘", style="red")
        table.add_row(answer, *(str(line[name]) for name in ("criterion", "value", "threshold")))
    title = f"Scenario {scenario['scenario']}: {mark}"
    output.show(Text(title, style="bold" if scenario["chosen"] else ""), table)
