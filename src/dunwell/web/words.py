"""The words for states, kinds and ages as people read them; a value without one shows as it is.

Statuses have a tone, too, which is their colour; the word always stands beside it.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dunwell.features.tasks import suspended
from dunwell.web import formats
from dunwell.web.alerts import ALERTS, FLAGS
from dunwell.web.languages import N_, _

STATUSES = {
    "open": N_("open"),
    "closed": N_("closed"),
    "pending": N_("pending"),
    "waiting": N_("waiting"),
    "completed": N_("completed"),
    "cancelled": N_("cancelled"),
    "error": N_("error"),
    "cured": N_("cured"),
    "written_off": N_("written off"),
    "exempted": N_("exempted"),
    "replaced": N_("replaced"),
    "exhausted": N_("exhausted"),
    "stopped": N_("stopped"),
    "promise_kept": N_("promise kept"),
    "joined_group": N_("joined a group"),
    "active": N_("active"),
    "kept": N_("kept"),
    "broken": N_("broken"),
    "revoked": N_("revoked"),
    "ready": N_("ready"),
    "rendered": N_("printed"),
    "sending": N_("being sent"),
    "uncertain": N_("uncertain"),
    "sent": N_("sent"),
    "withdrawn": N_("withdrawn"),
    "claimed": N_("claimed"),
    "confirmed": N_("confirmed"),
    "failed": N_("failed"),
    "skipped": N_("skipped"),
    "late": N_("late"),
    "today": N_("today"),
    "running": N_("running"),
    "posted": N_("posted"),
    "rejected": N_("rejected"),
    "executing": N_("being carried out"),
}

TYPES = {
    "manual": N_("by hand"),
    "late_fee": N_("late fee"),
    "finance_charge": N_("finance charge"),
    "write_off": N_("write-off"),
    "inactivate": N_("inactivation"),
    "close": N_("closing"),
    "refer_to_agency": N_("referral to an agency"),
    "collect_payment": N_("payment collection"),
    "custom": N_("custom"),
    "invoice_reminder": N_("invoice reminder"),
    "dunning_letter": N_("dunning letter"),
    "promise": N_("promised instalment"),
}

ROLES = {
    "agent": N_("agent"),
    "manager": N_("manager"),
    "policy_owner": N_("policy owner"),
    "service_rep": N_("customer-service representative"),
    "operator": N_("operator"),
    "administrator": N_("administrator"),
}

PAY_TYPES = {
    "invoice": N_("invoice"),
    "card": N_("card"),
    "direct_debit": N_("direct debit"),
    "cash": N_("cash"),
    "check": N_("check"),
}

SUBSTATUSES = {
    "never_in_collections": N_("never in collections"),
    "exited": N_("exited collections"),
    "entered": N_("entered collections"),
    "suspended": N_("service suspended"),
}

ACTIVITIES = {
    "note": N_("note"),
    "reminder_call": N_("reminder call"),
    "letter": N_("letter"),
    "email": N_("e-mail"),
    "demand": N_("demand"),
    "referral": N_("referral"),
    "suspension": N_("suspension"),
    "cancellation": N_("cancellation"),
}

ITEMS = {
    "bill": N_("bill"),
    "correction": N_("correction"),
    "adjustment": N_("adjustment"),
    "late_fee": N_("late fee"),
    "finance_charge": N_("finance charge"),
    "write_off": N_("write-off"),
    "written_off": N_("written off"),
}

DELIVERIES = {
    "print": N_("on paper"),
    "email": N_("by e-mail"),
}

CALCULATION = {
    "cap": N_("cap"),
    "rate": N_("exchange rate"),
    "fixed": N_("fixed amount"),
    "combine": N_("both together"),
    "currency": N_("currency"),
    "percentage": N_("percentage"),
    "overdue_amount": N_("overdue amount"),
    "amount": N_("amount"),
}

FACTS = {
    "no exemption": N_("no exemption"),
    "no hold": N_("no hold"),
    "sum": N_("their sum"),
    "minimum": N_("the smaller one"),
    "maximum": N_("the larger one"),
}
"""Values that explain and calculations have."""

EVENTS = {
    "action_completed": N_("completed"),
    "action_cancelled": N_("cancelled"),
    "action_rescheduled": N_("rescheduled"),
    "action_retried": N_("retried"),
    "action_added": N_("added"),
    "action_payment_changed": N_("payment details changed"),
    "case_assigned": N_("assigned to somebody else"),
    "case_dates_moved": N_("all dates moved"),
    "case_closed": N_("the case was closed"),
}

AGREEMENTS = {
    "pending_start": N_("yet to start"),
    "active": N_("supplied"),
    "stopped": N_("stopped"),
    "closed": N_("closed"),
}

DIRECTIONS = {"inbound": N_("by the customer"), "outbound": N_("by us")}

CHANNELS = {
    "phone": N_("telephone"),
    "email": N_("e-mail"),
    "letter": N_("letter"),
    "text_message": N_("text message"),
    "in_person": N_("in person"),
    "web": N_("on the web"),
    "other": N_("otherwise"),
}

RATINGS = {"credit_rating": N_("credit rating"), "cash_only": N_("cash-only score")}

OUTCOMES = {
    "done": N_("done"),
    "could_not": N_("couldn't be done"),
    "rescheduled": N_("another day was agreed"),
    "refused": N_("refused: a person decides"),
}

EVENT_TYPES = {
    "letter": N_("letter"),
    "credit_rating": N_("credit rating"),
    "to_do": N_("to-do"),
    "expire": N_("the agreement ends"),
    "generic": N_("custom"),
    "disconnect_warning": N_("warning at the premise"),
    "cut": N_("cut"),
    "reconnect": N_("give the supply back"),
}

REFUSALS = {
    "life_support": N_("life support is registered"),
    "moratorium": N_("nobody is cut in these days"),
    "day_before_day_off": N_("tomorrow is a day off"),
    "notice_missing": N_("a notice is missing"),
    "exempt": N_("exempt"),
    "on_hold": N_("on hold"),
    "promise_to_pay": N_("a promise to pay is active"),
    "agreement_not_active": N_("the agreement isn't supplied"),
}

ENDS = {
    "completed": N_("completed"),
    "debt_fell": N_("the debt has fallen"),
    "agreement_ended": N_("the agreement has ended"),
    "cut_after_all": N_("paid while it was being cut"),
}

KINDS = {
    "status": STATUSES,
    "type": TYPES,
    "role": ROLES,
    "pay_type": PAY_TYPES,
    "delivery": DELIVERIES,
    "calculation": CALCULATION,
    "event": EVENTS,
    "substatus": SUBSTATUSES,
    "activity": ACTIVITIES,
    "item": ITEMS,
    "alert": ALERTS,
    "flag": FLAGS,
    "agreement": AGREEMENTS,
    "direction": DIRECTIONS,
    "channel": CHANNELS,
    "rating": RATINGS,
    "outcome": OUTCOMES,
    "event_type": EVENT_TYPES,
    "refusal": REFUSALS,
    "end": ENDS,
}

GOOD = frozenset({"completed", "cured", "kept", "promise_kept", "sent", "confirmed", "posted"})
BAD = frozenset({"error", "broken", "failed", "late", "uncertain", "rejected"})
WAITING = frozenset({"waiting", "skipped", "withdrawn", "cancelled", "closed", "revoked"})


CRITERIA = {
    "not exempt": N_("not exempt"),
    "not on hold": N_("not on hold"),
    "pay type is considered": N_("pay type is considered"),
    "minimum due": N_("minimum due"),
    "not a member of a sharing group": N_("not a member of a sharing group"),
    "days overdue of the oldest item": N_("days overdue of the oldest item"),
}


def criterion(said: str) -> str:
    """A criterion of explain, in the request's language; the policy's own stay as it has them."""
    ripe = re.fullmatch(r"amount at least (\d+) days overdue", said)
    if ripe:
        return _("amount at least %(days)s days overdue") % {"days": ripe[1]}
    found = CRITERIA.get(said)
    return _(found) if found else said


_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def fact(value: object, *, exact: bool = False) -> str:
    """A value of explain or of a calculation: numbers as people here write them, known words in
    their language, lists of them. Zeros at the end of a number stay if it is to be `exact`.
    """
    said = str(value)
    if _NUMBER.fullmatch(said):
        if exact:
            return formats.number(Decimal(said), len(said.partition(".")[2]))
        return formats.number(Decimal(said).normalize() if "." in said else Decimal(said))
    if ", " in said:
        return ", ".join(map(fact, said.split(", ")))
    found = FACTS.get(said) or PAY_TYPES.get(said)
    return _(found) if found else said


def word(kind: str, value: str) -> str:
    """A value of a kind, in the request's language."""
    found = KINDS[kind].get(value)
    return _(found) if found else value.replace("_", " ")


def task(name: str) -> str:
    """What is to be done: actions and types of to-dos are called as the policy has them."""
    return _("suspense") if name == suspended.TYPE else name


def method(row: Mapping[str, Any]) -> str:
    """A way to pay, as far as one may see it."""
    said = (word("pay_type", row["kind"]), row["brand"], f"…{row['last_four']}")
    return " ".join(filter(None, said))


def permission(value: str) -> str:
    """A permission's name, in the request's language."""
    return _(value.replace("_", " "))


def tone(status: str) -> str:
    """How a status feels: `good`, `bad`, `quiet` or `live`."""
    if status in GOOD:
        return "good"
    if status in BAD:
        return "bad"
    return "quiet" if status in WAITING else "live"
