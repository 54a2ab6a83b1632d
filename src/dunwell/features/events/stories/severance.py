"""Severance, and what a utility does besides: agreements, to-dos, pay plans, contacts, ratings."""

from collections.abc import Iterator

from dunwell.features.events.stories.telling import N_, Event, Stories, Told

_TITLES = {
    "severance_screened_out": (N_("%(service_agreement_no)s isn't severed"), "quiet"),
    "field_activity_sent": (N_("%(event)s: before the field"), "live"),
    "field_activity_released": (N_("%(event)s: the field may act"), ""),
    "field_activity_postponed": (N_("%(event)s: put off"), "quiet"),
    "field_activity_recalled": (N_("%(event)s: recalled from the field"), "good"),
    "severance_to_do": (N_("%(event)s: a to-do for somebody"), "live"),
    "severance_event_refused": (N_("%(event)s: not today"), "quiet"),
    "severance_event_completed": (N_("%(event)s: done"), "good"),
    "severance_event_failed": (N_("%(event)s: failed"), "bad"),
    "service_cut": (N_("%(service_agreement_no)s is cut"), "bad"),
    "agreement_expired": (N_("%(service_agreement_no)s has ended"), "bad"),
    "agreement_changed": (N_("%(service_agreement_no)s changed"), ""),
    "agreement_left": (N_("%(service_agreement_no)s left the case"), "good"),
    "agreement_added": (N_("%(service_agreement_no)s put into the case"), "live"),
    "agreement_removed": (N_("%(service_agreement_no)s taken out of the case"), "quiet"),
    "severance_completed": (N_("%(template)s: all its events are closed"), "good"),
    "to_do_made": (N_("To-do: %(type)s"), "live"),
    "to_do_assigned": (N_("To-do %(type)s: given to somebody"), ""),
    "to_do_forwarded": (N_("To-do %(type)s: passed on"), ""),
    "to_do_completed": (N_("To-do %(type)s: done with"), "good"),
    "pay_plan_made": (N_("Pay plan made"), "live"),
    "pay_plan_changed": (N_("Pay plan changed"), "live"),
    "pay_plan_kept": (N_("Pay plan kept"), "good"),
    "pay_plan_broken": (N_("Pay plan broken"), "bad"),
    "pay_plan_cancelled": (N_("Pay plan cancelled"), "quiet"),
    "contact_recorded": (N_("Contact: %(contact_class)s / %(contact_type)s"), ""),
    "demerit_added": (N_("Rating changed by %(points)s points"), "bad"),
}

SAYS_WHY = frozenset({"severance_event_refused", "severance_cancelled"})
"""Kinds whose reason is part of what is told."""


def _plain(event: Event) -> Iterator[Told]:
    kind, data = event.kind, event.data
    title, tone = _TITLES[kind]
    said = []
    if kind == "severance_event_refused":
        said.append(event.word("refusal", data["reason"]))
    if data.get("outcome") not in (None, "done"):
        said.append(event.word("outcome", data["outcome"]))
    if kind.startswith("pay_plan") and data.get("total"):
        said.append(event.money(data["total"]))
    if kind in ("to_do_assigned", "to_do_forwarded"):
        said.append(data.get("agent") or data.get("to") or event.say("nobody"))
    if data.get("activity"):
        said.append(event.word("event_type", data["activity"]))
    if kind == "agreement_changed" and data["from"] != data["to"]:
        said.append(event.word("agreement", data["to"]))
    yield Told(event.say(title), [" · ".join(said)], tone)


def _started(event: Event) -> Iterator[Told]:
    if event.data["purpose"] == "reconnect":
        yield Told(event.say("%(service_agreement_no)s is given back: %(template)s"), (), "good")
        return
    facts = {name: event.money(event.data[name]) for name in ("arrears", "cancel_amount")}
    owed = (
        event.say("%(arrears)s is owed; it ends at %(cancel_amount)s or less.", **facts)
        if event.data["auto_cancel"]
        else facts["arrears"]
    )
    yield Told(event.say("%(service_agreement_no)s is severed: %(template)s"), [owed], "bad")


def _cancelled(event: Event) -> Iterator[Told]:
    names = ", ".join(each["event"] for each in event.data.get("cancelled", ()))
    gone = event.say("No longer to come: %(names)s.", names=names) if names else ""
    why = event.word("end", event.data["reason"])
    yield Told(event.say("%(template)s: cancelled"), [why, gone], "good")


def _dated(event: Event) -> Iterator[Told]:
    names = ", ".join(
        f"{each['event']} ({event.date(each['due_on'])})" for each in event.data["events"]
    )
    yield Told(event.say("Next: %(names)s", names=names))


STORIES: Stories = {
    **dict.fromkeys(_TITLES, _plain),
    "severance_started": _started,
    "severance_cancelled": _cancelled,
    "severance_events_dated": _dated,
}
