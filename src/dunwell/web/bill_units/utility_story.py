"""Severance, pay plans, to-dos and services in the story of a case, for `timeline`: titles, details
and tones by the kind of event.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dunwell.web import formats
from dunwell.web.formats import money
from dunwell.web.languages import N_, _
from dunwell.web.words import word

Data = Mapping[str, Any]
Told = tuple[str, Sequence[str], str]

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


def _plain(data: Data, currency: str, kind: str) -> Told:
    title, tone = _TITLES[kind]
    said = []
    if kind == "severance_event_refused":
        said.append(word("refusal", data["reason"]))
    if data.get("outcome") not in (None, "done"):
        said.append(word("outcome", data["outcome"]))
    if kind.startswith("pay_plan") and data.get("total"):
        said.append(money(data["total"], currency))
    if kind in ("to_do_assigned", "to_do_forwarded"):
        said.append(data.get("agent") or data.get("to") or _("nobody"))
    if data.get("activity"):
        said.append(word("event_type", data["activity"]))
    if kind == "agreement_changed" and data["from"] != data["to"]:
        said.append(word("agreement", data["to"]))
    return _(title) % data, [" · ".join(said)], tone


def _started(data: Data) -> Told:
    if data["purpose"] == "reconnect":
        return _("%(service_agreement_no)s is given back: %(template)s") % data, (), "good"
    facts = {name: money(data[name], data["currency"]) for name in ("arrears", "cancel_amount")}
    ends = _("%(arrears)s is owed; it ends at %(cancel_amount)s or less.") % facts
    return _("%(service_agreement_no)s is severed: %(template)s") % data, (ends,), "bad"


def _cancelled(data: Data) -> Told:
    names = ", ".join(each["event"] for each in data.get("cancelled", ()))
    return (
        _("%(template)s: cancelled") % data,
        (
            word("end", data["reason"]),
            _("No longer to come: %(names)s.") % {"names": names} if names else "",
        ),
        "good",
    )


def _dated(data: Data) -> Told:
    names = ", ".join(
        f"{each['event']} ({formats.date(each['due_on'])})" for each in data["events"]
    )
    return _("Next: %(names)s") % {"names": names}, (), ""


KINDS = frozenset({*_TITLES, "severance_started", "severance_cancelled", "severance_events_dated"})

SAYS_WHY = frozenset({"severance_event_refused", "severance_cancelled"})
"""Kinds whose reason is part of what is told."""


def tell(data: Data, currency: str, kind: str) -> Iterator[Told]:
    """One event of these kinds."""
    match kind:
        case "severance_started":
            yield _started(data)
        case "severance_cancelled":
            yield _cancelled(data)
        case "severance_events_dated":
            yield _dated(data)
        case _:
            yield _plain(data, currency, kind)
