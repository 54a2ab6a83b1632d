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


def why(
    balances: Sequence[Facts],
    system_wide: Sequence[Facts],
    cases: Sequence[Facts],
    scenarios: Sequence[Facts],
) -> dict[str, Any]:
    """What the night decides, and why: a code with its facts, which a surface tells in its words.

    The codes: `in_collections`, `enters`, else the first that is true of `member`,
    `nothing_overdue`, `all_disputed`, `exempt`, `on_hold`, `pay_type`, `below_minimum`,
    `left_today`, `no_scenario`, `too_young`, `too_little`, `criteria`.
    """
    if cases:
        names = ("scenario", "entered_on", "exit_amount", "promised_until")
        return {"code": "in_collections", **{name: cases[0][name] for name in names}}
    for scenario in scenarios:
        if scenario["chosen"]:
            return {"code": "enters", "scenario": scenario["scenario"]}
    failed = {found["criterion"]: found for found in system_wide if not found["holds"]}
    old_enough = [scenario for scenario in scenarios if scenario["criteria"][1]["holds"]]
    enough = [scenario for scenario in old_enough if scenario["criteria"][0]["holds"]]
    # the first that is true is the reason
    reasons = (
        (MEMBER in failed, "member", MEMBER),
        (not balances, "nothing_overdue", None),
        (all(each["overdue"] == each["disputed"] for each in balances), "all_disputed", None),
        (all(map(_insulated, balances)), "all_insulated", None),
        (EXEMPTION in failed, "exempt", None),
        (HOLD in failed, "on_hold", None),
        (PAY_TYPE in failed, "pay_type", PAY_TYPE),
        (MINIMUM in failed, "below_minimum", MINIMUM),
        # all that could be said against one has been said: it was closed by hand or is done with
        (any(scenario["valid"] for scenario in scenarios), "left_today", None),
        (not scenarios, "no_scenario", None),
        (not old_enough, "too_young", None),
        (not enough, "too_little", None),
        (True, "criteria", None),
    )
    code, criterion = next((code, name) for holds, code, name in reasons if holds)
    facts = failed[criterion] if criterion else {}
    return {"code": code, **{name: facts[name] for name in ("value", "threshold") if facts}}


def _insulated(balance: Facts) -> bool:
    taken_off = Decimal(balance["disputed"]) + Decimal(balance["insulated"])
    return Decimal(balance["overdue"]) == taken_off


_STAYS_OUT = {
    "member": "it is {value}, who answers for its debts",
    "nothing_overdue": "nothing is overdue",
    "all_disputed": "all that is overdue is under dispute",
    "all_insulated": "an active pay plan insulates all that is overdue",
    "exempt": "it is exempt from collections",
    "on_hold": "it is on hold",
    "pay_type": "the pay type {value!r} isn't considered",
    "below_minimum": "{value} is below the minimum due of {threshold}",
    "left_today": "it left collections that day, and may enter again the day after",
    "no_scenario": "its profile has no scenario",
    "too_young": "nothing has been overdue long enough",
    "too_little": "too little has been overdue long enough",
    "criteria": "no scenario's criteria all hold",
}


def outcome(reason: Facts) -> str:
    """The decision in a sentence."""
    if reason["code"] == "in_collections":
        promised = reason["promised_until"]
        rests = (
            f" Its actions rest: a promise to pay is active until {promised}." if promised else ""
        )
        return (
            f"In collections: it entered the scenario {reason['scenario']!r} on"
            f" {reason['entered_on']} and leaves when {reason['exit_amount']} or less is overdue."
            f"{rests}"
        )
    if reason["code"] == "enters":
        return (
            f"Enters the scenario {reason['scenario']!r}, the first in rank whose criteria all"
            f" hold."
        )
    return f"Stays out: {_STAYS_OUT[reason['code']].format(**reason)}."
