"""Letters and reminders: sent, not sent, and to be sent again."""

from collections.abc import Iterator

from dunwell.features.events.stories.telling import N_, Event, Stories, Told

_TITLES = {
    "letter_sent": (N_("Letter %(template)s: sent"), "good"),
    "letter_withdrawn": (N_("Letter %(template)s: not sent"), "quiet"),
    "letter_failed": (N_("Letter %(template)s: failed"), "bad"),
    "letter_uncertain": (N_("Letter %(template)s: nobody knows whether it was sent"), "bad"),
    "letter_not_sent": (N_("Letter %(template)s: was not sent after all"), "quiet"),
    "reminder_withdrawn": (N_("Reminder %(template)s: not sent"), "quiet"),
    "reminder_failed": (N_("Reminder %(template)s: failed"), "bad"),
    "reminder_confirmed": (N_("Reminder %(template)s: on an invoice"), "good"),
}
_AGAIN = {
    "letter_retried": N_("Letter %(template)s: to be sent again"),
    "reminder_retried": N_("Reminder %(template)s: to be made again"),
}
_CHANNELS = {"print": N_("on paper"), "email": N_("by e-mail")}
WHY = {
    "case_closed": N_("The case has been closed."),
    "instalment_closed": N_("The instalment is closed, or no longer collected."),
    "nothing_owed": N_("Nothing is owed any more, or it is on its way."),
    "paid": N_("Enough has been paid meanwhile."),
    "exempted": N_("It is exempt."),
    "severance_cancelled": N_("The severance process was cancelled."),
}
"""Why a letter or a charge wasn't wanted any more, by its code."""

SAYS_WHY = frozenset(_TITLES)
"""Kinds whose reason is part of what is told."""


def why(event: Event, code: str) -> str:
    """A code as a sentence; those of gateways and banks are their own."""
    return event.say(WHY[code]) if code in WHY else code


def _letter(event: Event) -> Iterator[Told]:
    title, tone = _TITLES[event.kind]
    data = event.data
    channel, invoice = data.get("channel"), data.get("invoice_no")
    yield Told(
        event.say(title),
        [
            data.get("message") or why(event, str(data.get("reason", ""))),
            event.say(_CHANNELS[channel]) if channel in _CHANNELS else "",
            event.say("bill %(number)s", number=invoice) if invoice else "",
        ],
        tone,
    )


def _again(event: Event) -> Iterator[Told]:
    yield Told(event.say(_AGAIN[event.kind]), (), "live")


STORIES: Stories = {**dict.fromkeys(_TITLES, _letter), **dict.fromkeys(_AGAIN, _again)}
