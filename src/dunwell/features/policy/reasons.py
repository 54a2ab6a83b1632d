"""The reason that goes with every change by hand (DESIGN section 9, ruling 18).

A policy may list reason codes by category, which is the verb: then one of them must be given.
Where it lists none for a verb, any words do. The code stands on the event, with a note if given.
"""

from enum import StrEnum

from dunwell.db import statements
from dunwell.domain.errors import RuleViolation
from dunwell.features.access.actor import Operation

_REASONS = statements.load(__package__, "reasons.sql")


class Category(StrEnum):
    """The verbs that take a reason, as reason codes name them."""

    ADD = "add"
    RESCHEDULE = "reschedule"
    COMPLETE = "complete"
    CANCEL = "cancel"
    RETRY = "retry"
    EXECUTE = "execute"
    PAYMENT_DETAILS = "payment_details"
    ASSIGN = "assign"
    EXEMPT = "exempt"
    HOLD = "hold"
    REPLACE = "replace"
    STOP = "stop"
    PLACE = "place"
    PROMISE = "promise"
    AGREEMENTS = "agreements"
    CLOSE_ALERT = "close_alert"
    ADJUSTMENT = "adjustment"
    DISPUTE = "dispute"
    SHARING_GROUP = "sharing_group"
    PAY_PLAN = "pay_plan"
    SEVERANCE = "severance"
    SERVICE_AGREEMENT = "service_agreement"
    BUDGET = "budget"
    DEMERIT = "demerit"
    EXPERIMENT = "experiment"


def codes(operation: Operation, brand_id: int, category: str) -> list[str]:
    """The reason codes of the policy for a verb in a brand; none: any words do."""
    rows = _REASONS["codes"].run(
        operation.connection, {"brand_id": brand_id, "category": str(category)}
    )
    return [code for (code,) in rows]


def check(operation: Operation, brand_id: int, category: str, reason: str) -> None:
    """Refuse an empty reason, or one that isn't among the policy's for the verb and brand.

    Raises RuleViolation.
    """
    if not reason.strip():
        raise RuleViolation("reason_required", "Every change by hand needs a reason; give one.")
    known = codes(operation, brand_id, category)
    if known and reason not in known:
        raise RuleViolation(
            "unknown_reason",
            f"{reason!r} isn't a reason code for {str(category)!r}; give one of"
            f" {', '.join(map(repr, known))}.",
        )
