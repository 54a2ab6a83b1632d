"""Events of customer care: adjustments that people ask for, disputes, and payments captured."""

from collections.abc import Sequence

from dunwell.features.events.kind import Kind

_ADJUSTMENT = {
    "adjustment": "the adjustment",
    "direction": "credit or debit",
    "amount": "the amount",
    "currency": "its currency",
    "bill_no": "the bill that it is about, if any",
    "dispute": "the dispute that it resolves, if any",
    "reason": "why it was requested",
    "note": "what else was said",
}
_DISPUTE = {
    "dispute": "the dispute",
    "bill_no": "the bill",
    "amount": "how much of it is disputed",
    "currency": "its currency",
    "reason": "why",
    "note": "what else was said",
}

KINDS_OF_CARE: Sequence[Kind] = (
    Kind(
        "adjustment_requested",
        "Somebody requested an adjustment that a second person has to approve.",
        {
            **_ADJUSTMENT,
            "limit": "up to how much they adjust alone",
            "key": "of the form that asked for it",
        },
    ),
    Kind(
        "adjustment_posted",
        "An adjustment was posted: within the requester's limit, or approved by a second person.",
        {
            **_ADJUSTMENT,
            "adjustment_no": "its number among the credits and items",
            "requested_by": "who requested it",
            "limit": "up to how much they adjust alone, if nobody had to approve",
            "key": "of the form that asked for it, if nobody had to approve",
        },
    ),
    Kind(
        "adjustment_rejected",
        "A second person rejected an adjustment.",
        {**_ADJUSTMENT, "requested_by": "who requested it"},
    ),
    Kind(
        "adjustment_withdrawn",
        "Whoever requested an adjustment withdrew it.",
        {**_ADJUSTMENT, "requested_by": "who requested it"},
    ),
    Kind("dispute_raised", "Part of a bill is under dispute, and not collected.", _DISPUTE),
    Kind(
        "dispute_resolved",
        "A dispute is over; what was granted is credited.",
        {
            **_DISPUTE,
            "outcome": "refused, granted or partly_granted",
            "granted": "how much is credited",
        },
    ),
    Kind(
        "payment_captured",
        "A person had a card or an account charged; what came of it is an event of its own.",
        {
            "attempt": "the charge",
            "amount": "the amount",
            "currency": "its currency",
            "payment_method_id": "what is charged",
            "key": "of the form that asked for it",
        },
    ),
    Kind(
        "receipt_issued",
        "A receipt was given out for a payment taken by hand.",
        {
            "receipt": "its number",
            "payment_no": "the payment",
            "amount": "the amount",
            "currency": "its currency",
        },
    ),
)
