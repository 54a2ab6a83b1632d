"""`dunwell explain`: why a bill unit is in collections, or why it isn't.

Printed from the same JSON that `--json` gives: the outcome in words, the balances by debt class
and age, and each scenario with its criteria (`{criterion, value, threshold, holds}`).
"""

from decimal import Decimal
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
    from dunwell.engine.explain import explain as decide
    from dunwell.features.policy.today import business_date

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
    """The balance by age, every criterion against its threshold, the outcome."""
    from rich.text import Text

    told = explanation.as_json()
    output.show(
        Text(told["outcome"], style="bold"),
        f"Bill unit {told['bill_unit_no']} on {told['date']}, profile {told['profile'] or 'none'},"
        f" amounts in {told['currency']}",
    )
    for balance in told["balances"]:
        output.show("")
        _print_balance(balance, told["currency"])
    if told["balances"]:
        output.show("")
        _print_criteria(told)


def _print_balance(balance: dict[str, Any], currency: str) -> None:
    owed = "open" if balance["debt_class"] == "standard" else f"open, {balance['debt_class']}"
    ages = output.table("days overdue", owed, right=[owed])
    buckets = output.days(age["bucket"] for age in balance["ages"])
    for age, days in zip(balance["ages"], buckets, strict=True):
        if Decimal(age["amount"]):
            ages.add_row(days, output.money(age["amount"], currency))
    ages.add_row("all", output.money(balance["overdue"], currency), style="bold")
    if Decimal(balance["disputed"]):
        ages.add_row("of it disputed", output.money(balance["disputed"], currency))
    if Decimal(balance["insulated"]):
        ages.add_row("insulated by a pay plan", output.money(balance["insulated"], currency))
    output.show(ages)


def _print_criteria(told: dict[str, Any]) -> None:
    """The conditions that every scenario shares, then each scenario's own; for a bill unit that is
    in collections, as if it were to enter on that day.
    """
    from rich.text import Text

    criterion = "were it to enter now" if told["cases"] else "criterion"
    table = output.table("", criterion, "value", "needed")

    def add(lines: list[dict[str, Any]]) -> None:
        for line in lines:
            mark = Text("✔", style="green") if line["holds"] else Text("✘", style="red")
            shown = (
                "" if line[name] is None else str(line[name]) for name in ("value", "threshold")
            )
            table.add_row(mark, line["criterion"], *shown)

    table.add_row("", Text("for every scenario", style="italic"))
    add(told["conditions"])
    for scenario in told["scenarios"]:
        table.add_section()
        title = f"scenario {scenario['scenario']}: {_verdict(scenario)}"
        table.add_row("", Text(title, style="italic"))
        add(scenario["criteria"])
    output.show(table)


def _verdict(scenario: dict[str, Any]) -> str:
    if scenario["chosen"]:
        return "chosen"
    return "would do" if scenario["valid"] else "doesn't hold"
