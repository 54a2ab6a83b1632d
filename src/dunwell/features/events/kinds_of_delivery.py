"""Events of what leaves the house: letters, reminders, payments, referrals to agencies."""

from collections.abc import Sequence

from dunwell.features.events.kind import Kind
from dunwell.features.events.kinds_of_cases import BY_HAND

_LETTER = {"id": "its number", "template": "its template"}
_WITHDRAWN = {
    **_LETTER,
    "reason": "why it isn't wanted any more",
    "close_reason": "why the case closed, if it did",
    "overdue_amount": "what was overdue when the night measured",
    "paid_since": "what was paid since",
    "exit_amount": "the scenario's exit amount",
}
_CHARGE = {
    "amount": "the amount",
    "currency": "its currency",
    "try": "how often it was charged",
    "code": "the gateway's code, or why it wasn't charged",
    "gateway": "the gateway",
}
_METHOD = {
    "kind": "card or direct_debit",
    "brand": "a card's brand",
    "last_four": "its last digits",
}

KINDS_OF_DELIVERY: Sequence[Kind] = (
    Kind(
        "letter_sent",
        "A letter was printed, or the mail server took it.",
        {
            **_LETTER,
            "channel": "print or email",
            "batch": "the print shop's batch",
            "message_id": "the e-mail's Message-ID",
        },
    ),
    Kind("letter_failed", "A letter couldn't be made or sent.", {**_LETTER, "message": "why"}),
    Kind(
        "letter_uncertain",
        "Nobody knows whether the mail server took a letter.",
        {**_LETTER, "message": "why"},
    ),
    Kind("letter_not_sent", "The mail server has no uncertain letter; it goes out again.", _LETTER),
    Kind("letter_retried", "Somebody let a letter in error go out again.", {**_LETTER, **BY_HAND}),
    Kind(
        "reminder_retried",
        "Somebody let a reminder in error be made again.",
        {**_LETTER, **BY_HAND},
    ),
    Kind("letter_withdrawn", "A letter wasn't wanted any more.", _WITHDRAWN),
    Kind("reminder_failed", "A reminder couldn't be made.", {**_LETTER, "message": "why"}),
    Kind(
        "reminder_confirmed",
        "A reminder was printed on an invoice.",
        {**_LETTER, "invoice_no": "the invoice"},
    ),
    Kind("reminder_withdrawn", "A reminder wasn't wanted any more.", _WITHDRAWN),
    Kind(
        "payment_collected",
        "A charge succeeded and became a payment.",
        {**_CHARGE, "reference": "the gateway's reference", "payment_no": "the payment"},
    ),
    Kind("payment_pending", "A charge is under way; the answer comes later.", _CHARGE),
    Kind(
        "payment_declined",
        "A charge was refused.",
        {**_CHARGE, "again_on": "the day of the next try, if there is one"},
    ),
    Kind("payment_failed", "A charge couldn't be made.", _CHARGE),
    Kind("payment_withdrawn", "A charge wasn't wanted any more.", _CHARGE),
    Kind(
        "payment_returned",
        "A payment came back: a bounced debit, a chargeback, or a bank that took it back.",
        {
            **_CHARGE,
            "again_on": "the day of the next try, if there is one",
            "payment_no": "the payment that came back",
        },
    ),
    Kind(
        "payment_received",
        "An entry of a bank statement became a payment.",
        {
            "amount": "the amount",
            "currency": "its currency",
            "payment_no": "the payment",
            "named": "the numbers by which it was matched",
        },
    ),
    Kind(
        "payment_taken",
        "A person has taken a payment.",
        {
            "amount": "the amount",
            "currency": "its currency",
            "payment_no": "the payment",
            "paid_on": "the day from which it counts",
            "method": "how it was paid",
            "reference": "what the receipt or the check says",
            "bill_no": "the bill that it is to pay first, if any",
        },
    ),
    Kind("payment_method_added", "A card or mandate was registered.", _METHOD),
    Kind("payment_method_removed", "A card or mandate was removed.", _METHOD),
    Kind(
        "referral_exported",
        "A collections agency was told of a referral.",
        {
            "agency": "the agency",
            "amount": "what was owed",
            "currency": "its currency",
            "file": "the file that told it",
        },
    ),
    Kind(
        "referral_recalled",
        "A referral ended with its case.",
        {
            "agency": "the agency",
            "reason": "why the case closed",
            "agency_knows": "whether the agency had been told of it",
        },
    ),
    Kind(
        "recall_exported",
        "A collections agency was told of a recall.",
        {"agency": "the agency", "file": "the file that told it"},
    ),
)
