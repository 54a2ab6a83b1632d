"""Charges and payments, ways to pay, adjustments, disputes and agencies."""

from collections.abc import Iterator

from dunwell.features.events.stories import letters
from dunwell.features.events.stories.telling import N_, Event, Stories, Told

_PAYMENTS = {
    "payment_collected": (N_("Charged and paid: %(amount)s"), "good"),
    "payment_pending": (N_("Charge under way: %(amount)s"), "live"),
    "payment_declined": (N_("Charge declined: %(amount)s"), "bad"),
    "payment_failed": (N_("Charge failed: %(amount)s"), "bad"),
    "payment_withdrawn": (N_("Charge not made: %(amount)s"), "quiet"),
    "payment_returned": (N_("Payment came back: %(amount)s"), "bad"),
    "payment_received": (N_("Payment by bank transfer: %(amount)s"), "good"),
}
_CARE = {
    "adjustment_requested": (N_("Adjustment requested: %(amount)s"), "live"),
    "adjustment_posted": (N_("Adjustment posted: %(amount)s"), "good"),
    "adjustment_rejected": (N_("Adjustment rejected: %(amount)s"), "bad"),
    "adjustment_withdrawn": (N_("Adjustment withdrawn: %(amount)s"), "quiet"),
    "dispute_raised": (N_("Dispute raised: %(amount)s"), "live"),
    "dispute_resolved": (N_("Dispute resolved: %(amount)s"), "good"),
    "payment_captured": (N_("A charge was asked for: %(amount)s"), "live"),
    "payment_taken": (N_("Payment taken: %(amount)s"), "good"),
    "receipt_issued": (N_("Receipt given out: %(amount)s"), ""),
}
_WAYS = {"credit": N_("credit"), "debit": N_("debit")}
_NAMED = {
    "bill_no": N_("bill %(number)s"),
    "receipt": N_("receipt %(number)s"),
    "requested_by": N_("requested by %(number)s"),
}
_METHODS = {
    "payment_method_added": (N_("Way to pay registered: %(method)s"), "good"),
    "payment_method_removed": (N_("Way to pay removed: %(method)s"), "quiet"),
}
_AGENCIES = {
    "referral_exported": (N_("The agency %(agency)s was told of the debt"), "live"),
    "referral_recalled": (N_("Recalled from the agency %(agency)s"), "good"),
    "recall_exported": (N_("The agency %(agency)s was told of the recall"), "good"),
}

SAYS_WHY = frozenset({"referral_recalled"})
"""Kinds whose reason is part of what is told."""


def _payment(event: Event) -> Iterator[Told]:
    title, tone = _PAYMENTS[event.kind]
    code, times, again = (event.data.get(name) for name in ("code", "try", "again_on"))
    yield Told(
        event.say(title, amount=event.money(event.data["amount"])),
        [
            letters.why(event, str(code)) if code else "",
            event.say("Try %(number)s.", number=times) if times and int(times) > 1 else "",
            event.say("Tried again on %(date)s.", date=event.date(again)) if again else "",
        ],
        tone,
    )


def _care(event: Event) -> Iterator[Told]:
    title, tone = _CARE[event.kind]
    data = event.data
    way, method, granted = data.get("direction"), data.get("method"), data.get("granted")
    said = [
        event.say(_WAYS[way]) if way in _WAYS else "",
        event.word("pay_type", method) if method else "",
        *(event.say(said, number=data[name]) for name, said in _NAMED.items() if data.get(name)),
        event.say("granted: %(amount)s", amount=event.money(granted)) if granted else "",
    ]
    amount = event.money(data["amount"])
    yield Told(event.say(title, amount=amount), [", ".join(filter(None, said))], tone)


def _method(event: Event) -> Iterator[Told]:
    title, tone = _METHODS[event.kind]
    kind = event.data.get("brand") or event.word("pay_type", event.data.get("kind", ""))
    digits = event.data.get("last_four")
    yield Told(event.say(title, method=f"{kind} ···{digits}" if digits else kind), (), tone)


def _agency(event: Event) -> Iterator[Told]:
    title, tone = _AGENCIES[event.kind]
    data = event.data
    reason = data.get("reason") if "agency_knows" in data else None
    ended = event.word("status", reason) if reason else ""
    yield Told(
        event.say(title),
        [
            event.money(data["amount"]) if "amount" in data else "",
            event.say("The case ended: %(reason)s.", reason=ended) if ended else "",
            event.say("The agency hadn't been told yet.")
            if data.get("agency_knows") is False
            else "",
        ],
        tone,
    )


STORIES: Stories = {
    **dict.fromkeys(_PAYMENTS, _payment),
    **dict.fromkeys(_CARE, _care),
    **dict.fromkeys(_METHODS, _method),
    **dict.fromkeys(_AGENCIES, _agency),
}
