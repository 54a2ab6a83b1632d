"""Examining: which bill units a night looks at (DESIGN section 10, point 4)."""

from dunwell.db import statements
from dunwell.features.receivables.work import Work

_EXAMINE = statements.load(__package__, "examine.sql")

_TRIGGERS = (
    "examine_items",
    "examine_corrections",
    "examine_disputes",
    "examine_exemptions",
    "examine_holds",
    "examine_due_cases",
    "examine_promises",
    "examine_pay_plans",
)


def claim_touched(work: Work) -> None:
    """Take over what was written since the last night."""
    work.run(_EXAMINE["claim_touched"])


def find_due_cases(work: Work) -> None:
    """Find the cases that have an action due."""
    work.fill("due_case", _EXAMINE["due_cases"])


def examine_window(work: Work) -> None:
    """Add what can have changed by the passing of the days since the last night."""
    for trigger in _TRIGGERS:
        work.run(_EXAMINE[trigger])
    if work.parameters["asks_for_ratings"]:
        work.run(_EXAMINE["examine_demerits"])


def examine_one(work: Work) -> None:
    """Add the one bill unit that a person asked for."""
    work.run(_EXAMINE["one_unit"])


def leave_others_touched(work: Work) -> None:
    """Posting for one bill unit may have changed others of its account: for the next night."""
    work.run(_EXAMINE["leave_others_touched"])


def units(work: Work) -> int:
    """Gather the examined bill units; how many there are."""
    return work.fill("unit", _EXAMINE["units"])
