"""Severance in the story of a case: each of its events as people would tell it, for `timeline`."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dunwell.cli import output

Data = Mapping[str, Any]
Told = Iterator[tuple[str, str, str]]

_ACTIVITIES = {"disconnect_warning": "a warning at the door", "cut": "the cut"}


def _started(data: Data, _currency: str, _kind: str) -> Told:
    agreement = data["service_agreement_no"]
    if data["purpose"] == "reconnect":
        yield "reconnection", f"{agreement}: {data['template']}", "bold green"
        return
    owed, ends = (
        output.money(data[name], data["currency"]) for name in ("arrears", "cancel_amount")
    )
    detail = f"{agreement} owes {owed}: {data['template']}"
    if data["auto_cancel"]:
        detail += f"; ends at {ends} or less"
    yield "severance", detail, "bold red"


def _screened_out(data: Data, _currency: str, _kind: str) -> Told:
    yield "not severed", f"{data['service_agreement_no']}: {data['reason']}", ""


def _dated(data: Data, _currency: str, _kind: str) -> Told:
    yield "next", ", ".join(f"{each['event']} on {each['due_on']}" for each in data["events"]), ""


def _about(data: Data) -> str:
    what = _ACTIVITIES.get(data.get("activity", ""), output.words(data.get("activity") or ""))
    named = data["event"] if not what else f"{data['event']}, {what}"
    return f"{named} ({data['service_agreement_no']})" if "service_agreement_no" in data else named


_WORDS = {
    "field_activity_sent": ("to the field", ""),
    "field_activity_released": ("released", ""),
    "field_activity_postponed": ("put off", "yellow"),
    "field_activity_recalled": ("recalled", "green"),
    "severance_to_do": ("to do", "cyan"),
    "severance_event_refused": ("refused", "yellow"),
    "severance_event_completed": ("done", ""),
    "severance_event_failed": ("failed", "bold red"),
}


def _event(data: Data, _currency: str, kind: str) -> Told:
    what, style = _WORDS[kind]
    told = (data.get("outcome"), data.get("reason"), data.get("note"))
    why = [output.words(str(each)) for each in told if each and each != "done"]
    yield what, _about(data) + (f": {', '.join(why)}" if why else ""), style


def _cut(data: Data, _currency: str, _kind: str) -> Told:
    yield "cut", f"{data['service_agreement_no']} is cut", "bold red"


def _expired(data: Data, _currency: str, _kind: str) -> Told:
    yield "ended", f"the agreement {data['service_agreement_no']}", "bold red"


def _cancelled(data: Data, currency: str, _kind: str) -> Told:
    detail = f"{data['template']}: {output.words(data['reason'])}"
    if "overdue_amount" in data:
        owed, limit = (
            output.money(data[name], currency) for name in ("overdue_amount", "cancel_amount")
        )
        detail += f" to {owed}; {limit} or less ends it"
    if data.get("cancelled"):
        detail += "; no longer to come: " + ", ".join(each["event"] for each in data["cancelled"])
    yield "cancelled", detail, "bold green"


def _completed(data: Data, _currency: str, _kind: str) -> Told:
    yield "completed", f"{data['template']}: all its events are closed", ""


TELL: Mapping[str, Callable[[Data, str, str], Told]] = {
    "severance_started": _started,
    "severance_screened_out": _screened_out,
    "severance_events_dated": _dated,
    **dict.fromkeys(_WORDS, _event),
    "service_cut": _cut,
    "agreement_expired": _expired,
    "severance_cancelled": _cancelled,
    "severance_completed": _completed,
}
