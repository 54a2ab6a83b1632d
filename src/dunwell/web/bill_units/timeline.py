"""The story of a case as people read it: what happened, each entry with its reason, and what is
still to come.

One function for each kind of event. A kind without one (a plug-in's, a later version's) is told by
its name and its facts, so nothing is left out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dunwell.domain.statuses import ActionStatus
from dunwell.web import formats
from dunwell.web.bill_units import money_story, standing_story, utility_story
from dunwell.web.formats import money
from dunwell.web.languages import N_, _, ngettext
from dunwell.web.words import word

Data = Mapping[str, Any]

OPEN = frozenset({ActionStatus.PENDING, ActionStatus.WAITING, ActionStatus.ERROR})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: what happened on a day, to what, why, and who did it (none: the night)."""

    date: str
    title: str
    details: tuple[str, ...] = ()
    tone: str = ""
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    title: str
    details: Sequence[str] = ()
    tone: str = ""


def entries(events: Sequence[Data], currency: str) -> list[Entry]:
    """What happened, in the order of the events."""
    return [entry for event in events for entry in entry_of(event, currency)]


def entry_of(event: Data, currency: str) -> Iterator[Entry]:
    """One event; the night's can be several entries."""
    data = event["data"]
    actor = event["actor"] if event["actor"] != "night" else None
    for told in _TELL.get(event["kind"], _plainly)(data, currency, event["kind"]):
        details = [detail for detail in told.details if detail]
        if data.get("reason") and event["kind"] not in _SAYS_WHY:
            details.append(_("Reason: %(reason)s") % {"reason": data["reason"]})
        if data.get("note") and event["kind"] not in standing_story.WITHOUT_NOTE:
            details.append(f"“{data['note']}”")
        yield Entry(str(event["date"]), told.title, tuple(details), told.tone, actor)


def is_told(kind: str) -> bool:
    """Whether events of this kind read as sentences, not as their bare facts."""
    return kind in _TELL


def _opened(data: Data, currency: str, _kind: str) -> Iterator[_Told]:
    yield _Told(
        _("Entered collections: %(scenario)s") % data,
        [
            _("%(ripe)s was at least %(days)s days overdue; %(enough)s is enough.")
            % {
                "ripe": money(data["ripe_amount"], currency),
                "days": data["entry_days"],
                "enough": money(data["entry_amount"], currency),
            }
            if "ripe_amount" in data
            else "",
            _("Overdue since %(overdue)s; actions count from %(entry)s.")
            % {
                "overdue": formats.date(data["overdue_date"]),
                "entry": formats.date(data["entry_date"]),
            },
            _("Its treatment in the experiment %(experiment)s: %(arm)s.") % data
            if "arm" in data
            else "",
        ],
        "live",
    )


def _closed(data: Data, currency: str, _kind: str) -> Iterator[_Told]:
    names = ", ".join(each["action"] for each in data.get("cancelled", ()))
    yield _Told(
        _("Left collections: %(reason)s") % {"reason": word("status", data["reason"])},
        [
            _("%(overdue)s was overdue; it leaves at %(exit)s or less.")
            % {
                "overdue": money(data["overdue_amount"], currency),
                "exit": money(data["exit_amount"], currency),
            },
            _("No longer to come: %(names)s.") % {"names": names} if names else "",
        ],
        "good",
    )


_OUTCOMES = {
    "completed": (N_("%(action)s: done"), "good"),
    "error": (N_("%(action)s: failed"), "bad"),
    "pending": (N_("%(action)s: a task for somebody"), "live"),
    "cancelled": (N_("%(action)s: cancelled"), "quiet"),
}


def _performed(data: Data, currency: str, _kind: str) -> Iterator[_Told]:
    for action in data["actions"]:
        title, tone = _OUTCOMES.get(action["status"], ("%(action)s: %(status)s", ""))
        amount = action.get("amount")
        yield _Told(
            _(title) % action,
            [money(amount, currency) if amount is not None else "", action.get("message") or ""],
            tone,
        )


def _released(data: Data, _currency: str, _kind: str) -> Iterator[_Told]:
    names = ", ".join(
        f"{each['action']} ({formats.date(each['due_on'])})" for each in data["actions"]
    )
    days = data["moved_by_days"]
    moved = ngettext("Moved by %(days)s day.", "Moved by %(days)s days.", abs(days))
    yield _Told(
        _("Next: %(names)s") % {"names": names}, [moved % {"days": f"{days:+d}"} if days else ""]
    )


_BY_HAND = {
    "action_completed": (N_("%(action)s: done by hand"), "good"),
    "action_cancelled": (N_("%(action)s: cancelled by hand"), "quiet"),
    "action_added": (N_("%(action)s: added by hand"), "live"),
    "action_rescheduled": (N_("%(action)s: put on another day"), "live"),
    "action_retried": (N_("%(action)s: to be tried again"), "live"),
    "action_executed": (N_("%(action)s: carried out by hand"), "good"),
    "action_payment_changed": (N_("%(action)s: payment details changed"), "live"),
}


def _by_hand(data: Data, _currency: str, kind: str) -> Iterator[_Told]:
    title, tone = _BY_HAND[kind]
    dated = kind in ("action_added", "action_rescheduled")
    others = ", ".join(
        f"{other['action']}: {word('status', other['status'])}, {formats.date(other['due_on'])}"
        for other in data.get("others", ())
    )
    yield _Told(
        _(title) % data,
        [
            _("Due on %(date)s.") % {"date": formats.date(data["due_on"])} if dated else "",
            _("With it: %(others)s.") % {"others": others} if others else "",
        ],
        tone,
    )


def _dates_moved(data: Data, _currency: str, _kind: str) -> Iterator[_Told]:
    overdue = data["overdue_date"]
    yield _Told(
        _("The dates of the case moved"),
        [
            _("Overdue since %(to)s instead of %(from)s.")
            % {"to": formats.date(overdue["to"]), "from": formats.date(overdue["from"])}
        ],
    )


_LETTERS = {
    "letter_sent": (N_("Letter %(template)s: sent"), "good"),
    "letter_withdrawn": (N_("Letter %(template)s: not sent"), "quiet"),
    "letter_failed": (N_("Letter %(template)s: failed"), "bad"),
    "letter_uncertain": (N_("Letter %(template)s: nobody knows whether it was sent"), "bad"),
    "letter_not_sent": (N_("Letter %(template)s: was not sent after all"), "quiet"),
    "reminder_withdrawn": (N_("Reminder %(template)s: not sent"), "quiet"),
    "reminder_failed": (N_("Reminder %(template)s: failed"), "bad"),
    "reminder_confirmed": (N_("Reminder %(template)s: on an invoice"), "good"),
}


def _letter(data: Data, _currency: str, kind: str) -> Iterator[_Told]:
    title, tone = _LETTERS[kind]
    said = data.get("message") or money_story.why(str(data.get("reason", "")))
    yield _Told(_(title) % data, [said], tone)


_PROMISES = {
    "promise_made": N_("Promise to pay"),
    "instalment_added": N_("Promise: an instalment more"),
    "instalments_changed": N_("Promise: instalments changed"),
    "instalments_rescheduled": N_("Promise: instalments on other days"),
    "instalment_completed": N_("Promise: an instalment taken as paid"),
    "instalment_cancelled": N_("Promise: an instalment cancelled"),
}


def _promised(data: Data, currency: str, kind: str) -> Iterator[_Told]:
    instalments = "; ".join(
        f"{money(each['amount'], currency)} – {formats.date(each['due_on'])}"
        for each in data["instalments"]
        if each["status"] != ActionStatus.CANCELLED
    )
    yield _Told(_(_PROMISES[kind]), [instalments], "live")


def _paid(data: Data, currency: str, _kind: str) -> Iterator[_Told]:
    for each in data["instalments"]:
        yield _Told(
            _("Instalment paid"),
            [f"{money(each['amount'], currency)} – {formats.date(each['due_on'])}"],
            "good",
        )


_ENDS = {
    "promise_kept": (N_("Promise kept"), "good"),
    "promise_broken": (N_("Promise broken"), "bad"),
    "promise_revoked": (N_("Promise revoked"), "quiet"),
}


def _promise_ended(data: Data, currency: str, kind: str) -> Iterator[_Told]:
    title, tone = _ENDS[kind]
    yield _Told(
        _(title),
        [
            _("%(paid)s of %(wanted)s was paid by then.")
            % {"paid": money(data["paid"], currency), "wanted": money(data["wanted"], currency)}
            if "paid" in data and "wanted" in data
            else "",
            _("Actions start again on %(date)s.") % {"date": formats.date(data["actions_start_on"])}
            if data.get("actions_start_on")
            else "",
        ],
        tone,
    )


_SIMPLE = {
    "exempted": (N_("Exempted from collections"), "quiet"),
    "exemption_lifted": (N_("Exemption ended"), "live"),
    "held": (N_("Put on hold"), "quiet"),
    "hold_lifted": (N_("Hold ended"), "live"),
}


def _spared(data: Data, _currency: str, kind: str) -> Iterator[_Told]:
    title, tone = _SIMPLE[kind]
    until = data.get("until")
    yield _Told(
        _(title), [_("Until %(date)s.") % {"date": formats.date(until)} if until else ""], tone
    )


def _placed(data: Data, _currency: str, kind: str) -> Iterator[_Told]:
    said = {
        "scenario_replaced": N_("Scenario replaced by hand: %(to)s instead of %(from)s"),
        "placed_in_scenario": N_("Put into the scenario %(scenario)s by hand"),
    }[kind]
    yield _Told(_(said) % data, (), "live")


def _assigned(data: Data, _currency: str, _kind: str) -> Iterator[_Told]:
    agent = data.get("agent")
    if agent:
        yield _Told(_("Assigned to %(agent)s") % {"agent": agent})
    else:
        yield _Told(_("Assigned to nobody"))


_STORIES = {
    kind: story for story in (utility_story, money_story, standing_story) for kind in story.KINDS
}


def _elsewhere(data: Data, currency: str, kind: str) -> Iterator[_Told]:
    for title, details, tone in _STORIES[kind].tell(data, currency, kind):
        yield _Told(title, details, tone)


def _plainly(data: Data, _currency: str, kind: str) -> Iterator[_Told]:
    facts = ", ".join(
        f"{name.replace('_', ' ')}: {value}"
        for name, value in data.items()
        if name not in ("reason", "note") and not isinstance(value, list | dict)
    )
    yield _Told(kind.replace("_", " ").capitalize(), [facts])


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


def _cared(data: Data, currency: str, kind: str) -> Iterator[_Told]:
    title, tone = _CARE[kind]
    way = data.get("direction")
    facts = {
        _("bill %(number)s"): data.get("bill_no"),
        _("receipt %(number)s"): data.get("receipt"),
        _("requested by %(number)s"): data.get("requested_by"),
    }
    granted = data.get("granted")
    yield _Told(
        _(title) % {"amount": money(data["amount"], data.get("currency", currency))},
        [
            ", ".join(
                [
                    *([_(_WAYS[way])] if way in _WAYS else []),
                    *([word("pay_type", data["method"])] if data.get("method") else []),
                    *(said % {"number": value} for said, value in facts.items() if value),
                    *(
                        [_("granted: %(amount)s") % {"amount": money(granted, currency)}]
                        if granted
                        else []
                    ),
                ]
            )
        ],
        tone,
    )


_SAYS_WHY = frozenset(
    {
        *("case_closed", "case_dates_moved", *_LETTERS),
        *(*utility_story.SAYS_WHY, *money_story.SAYS_WHY, *standing_story.SAYS_WHY),
    }
)
"""Kinds whose reason is part of what is told."""

_TELL: dict[str, Callable[[Data, str, str], Iterator[_Told]]] = {
    "case_opened": _opened,
    "case_closed": _closed,
    "actions_performed": _performed,
    "actions_released": _released,
    "case_dates_moved": _dates_moved,
    "case_assigned": _assigned,
    "instalments_paid": _paid,
    **dict.fromkeys(_BY_HAND, _by_hand),
    **dict.fromkeys(_LETTERS, _letter),
    **dict.fromkeys(_PROMISES, _promised),
    **dict.fromkeys(_ENDS, _promise_ended),
    **dict.fromkeys(_SIMPLE, _spared),
    "scenario_replaced": _placed,
    "placed_in_scenario": _placed,
    **dict.fromkeys(_CARE, _cared),
    **dict.fromkeys(_STORIES, _elsewhere),
}


def coming(actions: Sequence[Data]) -> list[Data]:
    """The open actions of a case in the order in which they fall due."""
    found = [action for action in actions if action["status"] in OPEN]
    return sorted(found, key=lambda action: (str(action["due_on"]), action["step"]))
