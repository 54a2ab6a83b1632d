"""The words of an explanation: the system-wide conditions as lines, and the outcome in a sentence.

Pure functions over what the night's statements measured and chose.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dunwell.domain.statuses import GroupRole
from dunwell.features.policy.settings import PolicySettings

Facts = Mapping[str, Any]

EXEMPTION = "not exempt"
HOLD = "not on hold"
PAY_TYPE = "pay type is considered"
MINIMUM = "minimum due"
MEMBER = "not a member of a sharing group"


def line(criterion: str, value: Any, threshold: Any, *, holds: bool) -> dict[str, Any]:
    """One criterion with its value against its threshold."""
    return {"criterion": criterion, "value": value, "threshold": threshold, "holds": holds}


def conditions(
    switches: PolicySettings,
    bill_unit: Facts,
    measured: Sequence[Facts],
    group: Facts | None = None,
) -> list[dict[str, Any]]:
    """The conditions that hold for every scenario alike."""
    exempt = bill_unit["exempt"]
    largest = max(measured, key=lambda row: row["amount"], default=None)
    minimum = switches.minimum_due.get(bill_unit["currency"], Decimal(0))
    return [
        *([] if group is None else [_of_group(group)]),
        line(EXEMPTION, "exempt" if exempt else "no exemption", None, holds=not exempt),
        line(
            HOLD,
            "on hold" if bill_unit["held"] else "no hold",
            None,
            holds=not bill_unit["held"],
        ),
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


def _of_group(group: Facts) -> dict[str, Any]:
    is_member = group["role"] == GroupRole.MEMBER
    parent = f" (parent {group['parent']})" if is_member else ""
    return line(MEMBER, f"{group['role']} of {group['group']}{parent}", None, holds=not is_member)


def outcome(
    balances: Sequence[Facts],
    system_wide: Sequence[Facts],
    cases: Sequence[Facts],
    scenarios: Sequence[Facts],
) -> str:
    """What the night decides, and why, in a sentence."""
    if cases:
        case = cases[0]
        promised = case["promised_until"]
        rests = (
            f" Its actions rest: a promise to pay is active until {promised}." if promised else ""
        )
        return (
            f"In collections: it entered the scenario {case['scenario']!r} on"
            f" {case['entered_on']} and leaves when {case['exit_amount']} or less is overdue."
            f"{rests}"
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
    failed = {found["criterion"]: found for found in system_wide if not found["holds"]}
    member = failed.get(MEMBER, {})
    pay_type, minimum = failed.get(PAY_TYPE, {}), failed.get(MINIMUM, {})
    old_enough = [scenario for scenario in scenarios if scenario["criteria"][1]["holds"]]
    enough = [scenario for scenario in old_enough if scenario["criteria"][0]["holds"]]
    # the first that is true is the reason
    reasons = (
        (member, f"it is {member.get('value')}, who answers for its debts"),
        (not balances, "nothing is overdue"),
        (
            all(balance["overdue"] == balance["disputed"] for balance in balances),
            "all that is overdue is under dispute",
        ),
        (EXEMPTION in failed, "it is exempt from collections"),
        (HOLD in failed, "it is on hold"),
        (pay_type, f"the pay type {pay_type.get('value')!r} isn't considered"),
        (
            minimum,
            f"{minimum.get('value')} is below the minimum due of {minimum.get('threshold')}",
        ),
        (not scenarios, "its profile has no scenario"),
        (not old_enough, "nothing has been overdue long enough"),
        (not enough, "too little has been overdue long enough"),
        (True, "no scenario's criteria all hold"),
    )
    return next(reason for holds, reason in reasons if holds)
