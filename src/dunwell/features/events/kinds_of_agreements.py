"""Events of service agreements in cases, of alerts, of budgets, and of experiments."""

from collections.abc import Sequence

from dunwell.features.events.kind import Kind
from dunwell.features.events.kinds_of_cases import BY_HAND

_AGREEMENT = {
    "service_agreement_no": "the agreement",
    "overdue_amount": "what it owes overdue",
    "threshold": "at or below it the agreement leaves the case",
}

KINDS_OF_AGREEMENTS: Sequence[Kind] = (
    Kind(
        "agreements_joined",
        "A case that is chased by agreement opened: these service agreements are in it.",
        {"agreements": "each: service_agreement_no, overdue_amount, threshold"},
    ),
    Kind(
        "agreement_left",
        "A service agreement left its case, because what it owes has fallen to its threshold.",
        {**_AGREEMENT, "rule": "why"},
    ),
    Kind("agreement_added", "Somebody added a service agreement to a case.", _AGREEMENT | BY_HAND),
    Kind(
        "agreement_removed",
        "Somebody took a service agreement out of a case.",
        _AGREEMENT | BY_HAND,
    ),
    Kind(
        "agreement_changed",
        "Somebody changed a service agreement: its status, or whom a cut would harm.",
        {
            "service_agreement_no": "the agreement",
            "from": "its status before",
            "to": "its status now",
            "stopped_on": "the day on which the supply ended, if it did",
            "life_support": "whether somebody at the premise depends on it, if that was said",
            "sensitive_load": "whether there is a sensitive load, if that was said",
            **BY_HAND,
        },
    ),
    Kind(
        "household_changed",
        "Somebody said whether a cut would harm the customer's household.",
        {
            "life_support": "whether somebody in the household depends on the supply",
            "sensitive_load": "whether there is a sensitive load",
            **BY_HAND,
        },
    ),
    Kind(
        "alert_set",
        "Another system set an alert about an account, or changed one.",
        {
            "alert": "its kind",
            "outside_id": "what the other system calls it",
            "until": "until when",
        },
    ),
    Kind(
        "alert_cleared",
        "Another system cleared an alert.",
        {"alert": "its kind", "outside_id": "what the other system calls it"},
    ),
    Kind(
        "budget_cancelled",
        "A budget was cancelled, and its difference settled.",
        {
            "budget_no": "the budget",
            "settled": "the settling adjustment: positive is owed to us, negative to the customer",
            "adjustment_type": "the adjustment's type",
            "adjustment_no": "its number; none if there was nothing to settle",
            "reason": "why",
        },
    ),
    Kind(
        "arm_chosen",
        "Somebody chose an account's treatment in an experiment.",
        {"experiment": "the experiment", "arm": "the scenario", **BY_HAND},
    ),
)
