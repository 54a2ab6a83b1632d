"""What happens to a case: it opens, its actions are done, moved and changed, it closes; and what
people do that spares or places a bill unit.
"""

from collections.abc import Iterator

from dunwell.features.events.stories.telling import N_, Event, Stories, Told

_OUTCOMES = {
    "completed": (N_("%(action)s: done"), "good"),
    "error": (N_("%(action)s: failed"), "bad"),
    "pending": (N_("%(action)s: a task for somebody"), "live"),
    "cancelled": (N_("%(action)s: cancelled"), "quiet"),
}
_BY_HAND = {
    "action_completed": (N_("%(action)s: done by hand"), "good"),
    "action_cancelled": (N_("%(action)s: cancelled by hand"), "quiet"),
    "action_added": (N_("%(action)s: added by hand"), "live"),
    "action_rescheduled": (N_("%(action)s: put on another day"), "live"),
    "action_retried": (N_("%(action)s: to be tried again"), "live"),
    "action_executed": (N_("%(action)s: carried out by hand"), "good"),
    "action_payment_changed": (N_("%(action)s: payment details changed"), "live"),
}
_SPARED = {
    "exempted": (N_("Exempted from collections"), "quiet"),
    "exemption_lifted": (N_("Exemption ended"), "live"),
    "held": (N_("Put on hold"), "quiet"),
    "hold_lifted": (N_("Hold ended"), "live"),
}
_PLACED = {
    "scenario_replaced": N_("Scenario replaced by hand: %(to)s instead of %(from)s"),
    "placed_in_scenario": N_("Put into the scenario %(scenario)s by hand"),
}

SAYS_WHY = frozenset({"case_closed", "case_dates_moved"})
"""Kinds whose reason is part of what is told."""


def _opened(event: Event) -> Iterator[Told]:
    data = event.data
    ripe = (
        event.say(
            "%(ripe)s was at least %(days)s days overdue; %(enough)s is enough.",
            ripe=event.money(data["ripe_amount"]),
            days=data["entry_days"],
            enough=event.money(data["entry_amount"]),
        )
        if "ripe_amount" in data
        else ""
    )
    since = event.say(
        "Overdue since %(overdue)s; actions count from %(entry)s.",
        overdue=event.date(data["overdue_date"]),
        entry=event.date(data["entry_date"]),
    )
    arm = (
        event.say("Its treatment in the experiment %(experiment)s: %(arm)s.")
        if "arm" in data
        else ""
    )
    yield Told(event.say("Entered collections: %(scenario)s"), [ripe, since, arm], "live")


def _closed(event: Event) -> Iterator[Told]:
    data = event.data
    names = ", ".join(each["action"] for each in data.get("cancelled", ()))
    yield Told(
        event.say("Left collections: %(reason)s", reason=event.word("status", data["reason"])),
        [
            event.say(
                "%(overdue)s was overdue; it leaves at %(exit)s or less.",
                overdue=event.money(data["overdue_amount"]),
                exit=event.money(data["exit_amount"]),
            ),
            event.say("No longer to come: %(names)s.", names=names) if names else "",
        ],
        "good",
    )


def _performed(event: Event) -> Iterator[Told]:
    for action in event.data["actions"]:
        title, tone = _OUTCOMES.get(action["status"], ("%(action)s: %(status)s", ""))
        amount = action.get("amount")
        said = ["" if amount is None else event.money(amount), action.get("message") or ""]
        yield Told(event.say(title, **action), said, tone)


def _released(event: Event) -> Iterator[Told]:
    days = event.data["moved_by_days"]
    names = ", ".join(
        f"{each['action']} ({event.date(each['due_on'])})" for each in event.data["actions"]
    )
    moved = event.voice.texts("Moved by %(days)s day.", "Moved by %(days)s days.", abs(days))
    yield Told(
        event.say("Next: %(names)s", names=names), [moved % {"days": f"{days:+d}"} if days else ""]
    )


def _by_hand(event: Event) -> Iterator[Told]:
    title, tone = _BY_HAND[event.kind]
    dated = event.kind in ("action_added", "action_rescheduled")
    others = ", ".join(
        f"{other['action']}: {event.word('status', other['status'])}, {event.date(other['due_on'])}"
        for other in event.data.get("others", ())
    )
    yield Told(
        event.say(title),
        [
            event.say("Due on %(date)s.", date=event.date(event.data["due_on"])) if dated else "",
            event.say("With it: %(others)s.", others=others) if others else "",
        ],
        tone,
    )


def _dates_moved(event: Event) -> Iterator[Told]:
    days = {name: event.date(day) for name, day in event.data["overdue_date"].items()}
    moved = event.say("Overdue since %(to)s instead of %(from)s.", **days)
    yield Told(event.say("The dates of the case moved"), [moved])


def _assigned(event: Event) -> Iterator[Told]:
    given = event.data.get("agent")
    yield Told(event.say("Assigned to %(agent)s") if given else event.say("Assigned to nobody"))


def _spared(event: Event) -> Iterator[Told]:
    title, tone = _SPARED[event.kind]
    until = event.data.get("until")
    said = event.say("Until %(date)s.", date=event.date(until)) if until else ""
    yield Told(event.say(title), [said], tone)


def _placed(event: Event) -> Iterator[Told]:
    yield Told(event.say(_PLACED[event.kind]), (), "live")


STORIES: Stories = {
    "case_opened": _opened,
    "case_closed": _closed,
    "case_dates_moved": _dates_moved,
    "case_assigned": _assigned,
    "actions_performed": _performed,
    "actions_released": _released,
    **dict.fromkeys(_BY_HAND, _by_hand),
    **dict.fromkeys(_SPARED, _spared),
    **dict.fromkeys(_PLACED, _placed),
}
