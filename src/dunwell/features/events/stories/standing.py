"""How a bill unit stands: its collection status, credit alerts, its group, its agreements and
household, and what people wrote.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from dunwell.features.events.stories.telling import N_, Event, Stories, Told

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

SAYS_WHY = frozenset(
    {
        "collection_status_changed",
        *("credit_alert_raised", "credit_alert_changed", "credit_alert_closed"),
    }
)
"""Kinds whose reason is part of what is told."""

WITHOUT_NOTE = frozenset({"note_written"})
"""Kinds whose `note` is a handle, and no words."""


def _told(event: Event) -> Iterator[Told]:
    title, tone = _TITLES[event.kind]
    data = event.data
    reason = str(data.get("reason") or "")
    named = event.say(
        title,
        why=event.say(_OF_ALERT[reason]) if reason in _OF_ALERT else reason,
        agent=data.get("agent") or event.say("nobody"),
        alert=event.word("alert", str(data.get("alert", ""))),
        activity=event.word("activity", str(data.get("activity", ""))),
    )
    yield Told(named, _DETAILS[event.kind](event) if event.kind in _DETAILS else (), tone)


def _status(event: Event) -> Iterator[Told]:
    data = event.data
    title, tone = _STATUSES.get(data["reason"], _STATUSES["stage"])
    was, now = (event.word("substatus", str(data[side]["substatus"])) for side in ("from", "to"))
    days = data.get("days_in_collections")
    details = (
        event.say("%(now)s instead of %(was)s.", now=now, was=was) if was != now else "",
        event.say("Scenario: %(scenario)s.") if data.get("scenario") else "",
        event.say("Days in collections: %(days)s.", days=days) if days else "",
    )
    yield Told(event.say(title, now=now), details, tone)


def _owed(event: Event) -> Sequence[str]:
    data = event.data
    since = data.get("oldest_due_on")
    return (
        event.say("%(source)s reported it.") if data["source"] != "dunwell" else "",
        event.money(data["amount"]) if data.get("amount") else "",
        event.say("The oldest of it is due since %(date)s.", date=event.date(since))
        if since
        else "",
    )


def _agreements(event: Event) -> Sequence[str]:
    return [
        f"{each['service_agreement_no']}: {event.money(each['overdue_amount'])}"
        for each in event.data["agreements"]
    ]


def _household(event: Event) -> Sequence[str]:
    yes, no = event.say("yes"), event.say("no")
    return [
        f"{event.word('flag', name)}: {yes if event.data[name] else no}"
        for name in ("life_support", "sensitive_load")
        if event.data.get(name) is not None
    ]


def _until(event: Event) -> Sequence[str]:
    until = event.data.get("until")
    return [event.say("Until %(date)s.", date=event.date(until))] if until else []


def _not_taken(event: Event) -> Sequence[str]:
    said = _NOT_TAKEN.get(str(event.data.get("outcome")))
    return [event.say(said)] if said else []


def _member(event: Event) -> Sequence[str]:
    is_parent = event.data.get("role") == "parent"
    return [event.say("as its parent") if is_parent else event.say("as a member")]


_DETAILS: Mapping[str, Callable[[Event], Sequence[str]]] = {
    "credit_alert_raised": _owed,
    "credit_alert_changed": _owed,
    "credit_alert_activity": lambda event: [event.date(event.data["done_on"])],
    "crm_change_not_taken": _not_taken,
    "note_written": lambda event: [str(event.data.get("category") or "")],
    "pay_plan_payments_met": lambda event: [
        event.planned(each) for each in event.data.get("payments") or ()
    ],
    "joined_group": _member,
    "agreements_joined": _agreements,
    "household_changed": _household,
    "alert_set": _until,
    "budget_cancelled": lambda event: [
        event.say("Settled: %(amount)s.", amount=event.money(event.data["settled"]))
    ],
}

STORIES: Stories = {**dict.fromkeys(_TITLES, _told), "collection_status_changed": _status}
