"""Promises to pay: made, changed, paid, and how they end."""

from collections.abc import Iterator

from dunwell.features.events.stories.telling import N_, Event, Stories, Told

_CHANGED = {
    "promise_made": N_("Promise to pay"),
    "instalment_added": N_("Promise: an instalment more"),
    "instalments_changed": N_("Promise: instalments changed"),
    "instalments_rescheduled": N_("Promise: instalments on other days"),
    "instalment_completed": N_("Promise: an instalment taken as paid"),
    "instalment_cancelled": N_("Promise: an instalment cancelled"),
}
_ENDS = {
    "promise_kept": (N_("Promise kept"), "good"),
    "promise_broken": (N_("Promise broken"), "bad"),
    "promise_revoked": (N_("Promise revoked"), "quiet"),
}


def _promised(event: Event) -> Iterator[Told]:
    instalments = [each for each in event.data["instalments"] if each["status"] != "cancelled"]
    said = "; ".join(event.planned(each) for each in instalments)
    yield Told(event.say(_CHANGED[event.kind]), [said], "live")


def _paid(event: Event) -> Iterator[Told]:
    for each in event.data["instalments"]:
        yield Told(event.say("Instalment paid"), [event.planned(each)], "good")


def _ended(event: Event) -> Iterator[Told]:
    title, tone = _ENDS[event.kind]
    data = event.data
    paid = (
        event.say(
            "%(paid)s of %(wanted)s was paid by then.",
            paid=event.money(data["paid"]),
            wanted=event.money(data["wanted"]),
        )
        if "paid" in data and "wanted" in data
        else ""
    )
    start = data.get("actions_start_on")
    again = event.say("Actions start again on %(date)s.", date=event.date(start)) if start else ""
    yield Told(event.say(title), [paid, again], tone)


STORIES: Stories = {
    **dict.fromkeys(_CHANGED, _promised),
    "instalments_paid": _paid,
    **dict.fromkeys(_ENDS, _ended),
}
