"""The words of an explanation: the system-wide conditions as lines, and the outcome in a sentence.

Pure functions over what the night's statements measured and chose.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dunwell.features.policy.settings import PolicySettings

Facts = Mapping[str, Any]

EXEMPTION = "not exempt"
PAY_TYPE = "pay type is considered"
MINIMUM = "minimum due"


def line(criterion: str, value: Any, threshold: Any, *, holds: bool) -> dict[str, Any]:
    """One criterion with its value against its threshold."""
    return {"criterion": criterion, "value": value, "threshold": threshold, "holds": holds}


def conditions(
    switches: PolicySettings, bill_unit: Facts, measured: Sequence[Facts]
) -> list[dict[str, Any]]:
    """The conditions that hold for every scenario alike."""
    exempt = any(row["exempt"] for row in measured)
    largest = max(measured, key=lambda row: row["amount"], default=None)
    minimum = switches.minimum_due.get(bill_unit["currency"], Decimal(0))
    return [
        line(EXEMPTION, "exempt" if exempt else "no exemption", None, holds=not exempt),
        line(
            PAY_TYPE,
            bill_unit["pay_type"],
            ", ".join(switches.pay_types),
            holds=bill_unit["pay_type"] in switches.pay_types,
        ),
        line(
            MINIMUM,
            largest["overdue_amount"] if largest else "0",
            str(minimum),
            holds=largest is not None and largest["amount"] >= minimum,
        ),
    ]


def outcome(
    balances: Sequence[Facts],
    system_wide: Sequence[Facts],
    cases: Sequence[Facts],
    scenarios: Sequence[Facts],
) -> str:
    """What the night decides, and why, in a sentence."""
    if cases:
        case = cases[0]
        return (
            f"In collections: it entered the scenario {case['scenario']!r} on"
            f" {case['entered_on']} and leaves when {case['exit_amount']} or less is overdue."
        )
    for scenario in scenarios:
        if scenario["chosen"]:
            return (
                f"Enters the scenario {scenario['scenario']!r}, the first in rank whose criteria"
                f" all hold."
            )
    return f"Stays out: {_why_out(balances, system_wide, scenarios)}."


def _why_out(
    balances: Sequence[Facts], system_wide: Sequence[Facts], scenarios: Sequence[Facts]
) -> str:
    if not balances:
        return "nothing is overdue"
    if all(balance["overdue"] == balance["disputed"] for balance in balances):
        return "all that is overdue is under dispute"
    failed = {found["criterion"]: found for found in system_wide if not found["holds"]}
    if EXEMPTION in failed:
        return "it is exempt from collections"
    if PAY_TYPE in failed:
        return f"the pay type {failed[PAY_TYPE]['value']!r} isn't considered"
    if MINIMUM in failed:
        below = failed[MINIMUM]
        return f"{below['value']} is below the minimum due of {below['threshold']}"
    if not scenarios:
        return "its profile has no scenario"
    old_enough = [scenario for scenario in scenarios if scenario["criteria"][1]["holds"]]
    if not old_enough:
        return "nothing has been overdue long enough"
    if not any(scenario["criteria"][0]["holds"] for scenario in old_enough):
        return "too little has been overdue long enough"
    return "no scenario's criteria all hold"
