"""Charges, payments, ways to pay, agencies and what is sent again in the story of a case, for
`timeline`: titles, details and tones by the kind of event.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dunwell.web import formats
from dunwell.web.formats import money
from dunwell.web.languages import N_, _
from dunwell.web.words import word

Data = Mapping[str, Any]
Told = tuple[str, Sequence[str], str]

_PAYMENTS = {
    "payment_collected": (N_("Charged and paid: %(amount)s"), "good"),
    "payment_pending": (N_("Charge under way: %(amount)s"), "live"),
    "payment_declined": (N_("Charge declined: %(amount)s"), "bad"),
    "payment_failed": (N_("Charge failed: %(amount)s"), "bad"),
    "payment_withdrawn": (N_("Charge not made: %(amount)s"), "quiet"),
    "payment_returned": (N_("Payment came back: %(amount)s"), "bad"),
    "payment_received": (N_("Payment by bank transfer: %(amount)s"), "good"),
}
_TITLES = {
    "payment_method_added": (N_("Way to pay registered: %(method)s"), "good"),
    "payment_method_removed": (N_("Way to pay removed: %(method)s"), "quiet"),
    "referral_exported": (N_("The agency %(agency)s was told of the debt"), "live"),
    "referral_recalled": (N_("Recalled from the agency %(agency)s"), "good"),
    "recall_exported": (N_("The agency %(agency)s was told of the recall"), "good"),
    "letter_retried": (N_("Letter %(template)s: to be sent again"), "live"),
    "reminder_retried": (N_("Reminder %(template)s: to be made again"), "live"),
}
WHY = {
    "case_closed": N_("The case has been closed."),
    "instalment_closed": N_("The instalment is closed, or no longer collected."),
    "nothing_owed": N_("Nothing is owed any more, or it is on its way."),
    "paid": N_("Enough has been paid meanwhile."),
    "exempted": N_("It is exempt."),
    "severance_cancelled": N_("The severance process was cancelled."),
}
"""Why something wasn't wanted any more, by its code."""

KINDS = frozenset({*_PAYMENTS, *_TITLES})

SAYS_WHY = frozenset({"referral_recalled"})
"""Kinds whose reason is part of what is told."""


def tell(data: Data, currency: str, kind: str) -> Iterator[Told]:
    """One event of these kinds."""
    if kind in _PAYMENTS:
        title, tone = _PAYMENTS[kind]
        said = money(data["amount"], data.get("currency", currency))
        yield _(title) % {"amount": said}, _of_payment(data), tone
    else:
        title, tone = _TITLES[kind]
        method = " ".join(
            [
                data.get("brand") or word("pay_type", data.get("kind", "")),
                *([f"···{data['last_four']}"] if data.get("last_four") else []),
            ]
        )
        yield _(title) % {**data, "method": method}, _of_other(data, currency), tone


def why(code: str) -> str:
    """A code as a sentence; those of gateways and banks are their own."""
    return _(WHY[code]) if code in WHY else code


def _of_payment(data: Data) -> list[str]:
    code, times, again = data.get("code"), data.get("try"), data.get("again_on")
    return [
        why(str(code)) if code else "",
        _("Try %(number)s.") % {"number": times} if times and int(times) > 1 else "",
        _("Tried again on %(date)s.") % {"date": formats.date(again)} if again else "",
    ]


def _of_other(data: Data, currency: str) -> list[str]:
    reason = data.get("reason") if "agency_knows" in data else None
    return [
        money(data["amount"], data.get("currency", currency)) if "amount" in data else "",
        _("The case ended: %(reason)s.") % {"reason": word("status", reason)} if reason else "",
        _("The agency hadn't been told yet.") if data.get("agency_knows") is False else "",
    ]
