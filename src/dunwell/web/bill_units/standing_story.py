"""How a bill unit stands, in the story of its case, for `timeline`: its collection status, credit
alerts, its group, its agreements and household, and what people wrote; by the kind of event.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dunwell.web import formats
from dunwell.web.formats import money
from dunwell.web.languages import N_, _
from dunwell.web.words import word

Data = Mapping[str, Any]
Told = tuple[str, Sequence[str], str]

_TITLES = {
    "case_stopped": (N_("Stopped by hand"), "quiet"),
    "note_written": (N_("A note was written"), ""),
    "demerit_ended": (N_("Rating no longer changed by %(points)s points"), "good"),
    "pay_plan_payments_met": (N_("Payments of the pay plan were made"), "good"),
    "pay_plan_denied": (N_("A pay plan was denied"), "bad"),
    "joined_group": (N_("Joined the sharing group %(group)s"), "live"),
    "left_group": (N_("Left the sharing group %(group)s"), "quiet"),
    "group_renamed": (N_("The sharing group %(group)s is called %(name)s now"), ""),
    "agreements_joined": (N_("What is chased: its service agreements"), "live"),
    "household_changed": (N_("What a cut would mean for the household was changed"), ""),
    "alert_set": (N_("Another system reports: %(alert)s"), "live"),
    "alert_cleared": (N_("Another system reports no longer: %(alert)s"), "quiet"),
    "budget_cancelled": (N_("The budget %(budget_no)s was cancelled"), "quiet"),
    "arm_chosen": (N_("Treated by %(arm)s in the experiment %(experiment)s"), "live"),
    "credit_alert_raised": (N_("Credit alert: %(why)s"), "live"),
    "credit_alert_changed": (N_("Credit alert changed: %(why)s"), "live"),
    "credit_alert_assigned": (N_("Credit alert given to %(agent)s"), ""),
    "credit_alert_activity": (N_("Credit alert: %(activity)s recorded"), ""),
    "credit_alert_closed": (N_("Credit alert closed: %(why)s"), "good"),
    "crm_change_not_taken": (N_("A change in %(system)s was not taken over"), "quiet"),
}
_STATUSES = {
    "entered": (N_("Collection status: in collections"), "live"),
    "exited": (N_("Collection status: no longer in collections"), "good"),
    "suspended": (N_("Collection status: service suspended"), "bad"),
    "restored": (N_("Collection status: service given back"), "good"),
    "stage": (N_("Collection status: %(now)s"), "live"),
}
_OF_ALERT = {
    "entered_collections": N_("entered collections"),
    "exited_collections": N_("left collections"),
}
_NOT_TAKEN = {
    "superseded": N_("Something newer had been done here."),
    "stale": N_("It had changed here meanwhile."),
    "refused": N_("A rule forbids it."),
}

KINDS = frozenset({*_TITLES, "collection_status_changed"})

SAYS_WHY = frozenset(
    {
        "collection_status_changed",
        *("credit_alert_raised", "credit_alert_changed", "credit_alert_closed"),
    }
)
"""Kinds whose reason is part of what is told."""

WITHOUT_NOTE = frozenset({"note_written"})
"""Kinds whose `note` is a handle, and no words."""


def tell(data: Data, currency: str, kind: str) -> Iterator[Told]:
    """One event of these kinds."""
    if kind == "collection_status_changed":
        title, tone = _STATUSES.get(data["reason"], _STATUSES["stage"])
    else:
        title, tone = _TITLES[kind]
    details = _DETAILS[kind](data, currency) if kind in _DETAILS else ()
    yield _(title) % {**data, **_words(data)}, details, tone


def _words(data: Data) -> dict[str, str]:
    """What titles name, in the reader's language."""
    reason = str(data.get("reason") or "")
    now = data.get("to")
    return {
        "why": _(_OF_ALERT[reason]) if reason in _OF_ALERT else reason,
        "agent": data.get("agent") or _("nobody"),
        "alert": word("alert", str(data.get("alert", ""))),
        "activity": word("activity", str(data.get("activity", ""))),
        "now": word("substatus", str(now["substatus"])) if isinstance(now, Mapping) else "",
    }


def _owed(data: Data, currency: str) -> Sequence[str]:
    since = data.get("oldest_due_on")
    return (
        _("%(source)s reported it.") % data if data["source"] != "dunwell" else "",
        money(data["amount"], data.get("currency", currency)) if data.get("amount") else "",
        _("The oldest of it is due since %(date)s.") % {"date": formats.date(since)}
        if since
        else "",
    )


def _status(data: Data, _currency: str) -> Sequence[str]:
    was, now = data["from"], data["to"]
    said = {
        name: word("substatus", each["substatus"]) for name, each in (("was", was), ("now", now))
    }
    days = data.get("days_in_collections")
    return (
        _("%(now)s instead of %(was)s.") % said if said["was"] != said["now"] else "",
        _("Scenario: %(scenario)s.") % data if data.get("scenario") else "",
        _("Days in collections: %(days)s.") % {"days": days} if days else "",
    )


def _agreements(data: Data, currency: str) -> Sequence[str]:
    return [
        f"{each['service_agreement_no']}: {money(each['overdue_amount'], currency)}"
        for each in data["agreements"]
    ]


def _household(data: Data, _currency: str) -> Sequence[str]:
    yes, no = _("yes"), _("no")
    return [
        f"{word('flag', name)}: {yes if data[name] else no}"
        for name in ("life_support", "sensitive_load")
        if data.get(name) is not None
    ]


def _met(data: Data, currency: str) -> Sequence[str]:
    return [
        f"{money(each['amount'], currency)} – {formats.date(each['due_on'])}"
        for each in data.get("payments") or ()
    ]


def _until(data: Data, _currency: str) -> Sequence[str]:
    until = data.get("until")
    return [_("Until %(date)s.") % {"date": formats.date(until)}] if until else []


def _not_taken(data: Data, _currency: str) -> Sequence[str]:
    said = _NOT_TAKEN.get(str(data.get("outcome")))
    return [_(said)] if said else []


def _member(data: Data, _currency: str) -> Sequence[str]:
    return [_("as its parent") if data.get("role") == "parent" else _("as a member")]


def _settled(data: Data, currency: str) -> Sequence[str]:
    return [_("Settled: %(amount)s.") % {"amount": money(data["settled"], currency)}]


_DETAILS: Mapping[str, Callable[[Data, str], Sequence[str]]] = {
    "collection_status_changed": _status,
    "credit_alert_raised": _owed,
    "credit_alert_changed": _owed,
    "credit_alert_activity": lambda data, _currency: [formats.date(data["done_on"])],
    "crm_change_not_taken": _not_taken,
    "note_written": lambda data, _currency: [str(data.get("category") or "")],
    "pay_plan_payments_met": _met,
    "joined_group": _member,
    "agreements_joined": _agreements,
    "household_changed": _household,
    "alert_set": _until,
    "budget_cancelled": _settled,
}
