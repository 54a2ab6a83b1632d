"""The story of a case in lines: each event as people would tell it, then what is still to come.

One function for each kind of event. A kind without one (a plug-in's, a later version's) is told
plainly by its name and data, so nothing is ever left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dunwell.cli import crm_story, output, severance_story

Data = Mapping[str, Any]

OPEN = ("pending", "waiting", "error")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline."""

    date: str
    what: str
    detail: str
    style: str = ""
    to_come: bool = False
    """Open: it hasn't been done yet, whatever its date."""


def lines(file: Data) -> Iterator[Line]:
    """The past of a case by its events, then its open actions by their dates."""
    for event in file["events"]:
        tell = _TELL.get(event["kind"], _plainly)
        for what, detail, style in tell(event["data"], file["currency"], event["kind"]):
            yield Line(str(event["date"]), what, detail, style)
    coming = [action for action in file["actions"] if action["status"] in OPEN]
    for action in sorted(coming, key=lambda action: (str(action["due_on"]), action["step"])):
        yield _coming(action)


Told = Iterator[tuple[str, str, str]]


def _opened(data: Data, currency: str, _kind: str) -> Told:
    ripe, needed = (output.money(data[name], currency) for name in ("ripe_amount", "entry_amount"))
    detail = (
        f"{data['scenario']}: {ripe} is at least {data['entry_days']} days overdue, {needed} is"
        f" enough; overdue since {data['overdue_date']}, entry date {data['entry_date']}"
    )
    yield "entered", detail, "bold yellow"


def _closed(data: Data, currency: str, _kind: str) -> Told:
    amount, limit = (
        output.money(data[name], currency) for name in ("overdue_amount", "exit_amount")
    )
    detail = f"{output.words(data['reason'])}: {amount} overdue; {limit} or less leaves"
    if data["cancelled"]:
        names = ", ".join(action["action"] for action in data["cancelled"])
        detail += f"; no longer to come: {names}"
    yield "left", detail, "bold green"


_OUTCOMES = {
    "completed": ("done", ""),
    "error": ("failed", "bold red"),
    "pending": ("task", "cyan"),
    "cancelled": ("cancelled", "dim"),
}


def _performed(data: Data, currency: str, _kind: str) -> Told:
    for action in data["actions"]:
        what, style = _OUTCOMES.get(action["status"], (action["status"], ""))
        detail = action["action"]
        if action.get("amount") is not None:
            detail += f", {output.money(action['amount'], currency)}"
        if action.get("message"):
            detail += f": {action['message']}"
        yield what, detail, style


def _released(data: Data, _currency: str, _kind: str) -> Told:
    names = ", ".join(f"{action['action']} on {action['due_on']}" for action in data["actions"])
    days = data["moved_by_days"]
    moved = f"; dates moved by {days:+d} {data['day_unit']} days" if days else ""
    yield "next", f"{names}{moved}", ""


_BY_HAND = {
    "action_completed": "done",
    "action_cancelled": "cancelled",
    "action_added": "added",
    "action_rescheduled": "moved",
    "action_retried": "to retry",
    "action_executed": "executed",
    "action_payment_changed": "changed",
}


def _by_hand(data: Data, _currency: str, kind: str) -> Told:
    detail = f"{data['action']}, by hand"
    if kind in ("action_added", "action_rescheduled"):
        detail += f", due on {data['due_on']}"
    if data.get("reason"):
        detail += f" ({data['reason']})"
    if data.get("note"):
        detail += f": {data['note']}"
    if data.get("others"):
        detail += "; with it: " + ", ".join(
            f"{other['action']} {other['status']}, {other['due_on']}" for other in data["others"]
        )
    yield _BY_HAND[kind], detail, ""


def _dates_moved(data: Data, _currency: str, _kind: str) -> Told:
    days = data["actions_moved_by_days"]
    overdue = data["overdue_date"]
    detail = f"{data['reason']}: overdue since {overdue['to']} instead of {overdue['from']}"
    yield "moved", detail + (f"; actions move by {days:+d} days" if days else ""), ""


_LETTERS = {
    "letter_sent": ("sent", ""),
    "letter_withdrawn": ("not sent", "dim"),
    "letter_failed": ("failed", "bold red"),
    "letter_uncertain": ("uncertain", "yellow"),
    "letter_not_sent": ("not sent", "yellow"),
    "reminder_withdrawn": ("not sent", "dim"),
    "reminder_failed": ("failed", "bold red"),
    "reminder_confirmed": ("sent", ""),
}


def _letter(data: Data, _currency: str, kind: str) -> Told:
    what, style = _LETTERS[kind]
    noun = kind.partition("_")[0]
    what = {"print": "printed", "email": "e-mailed"}.get(data.get("channel", ""), what)
    why = data.get("message") or output.words(data.get("reason", ""))
    on = f" on invoice {data['invoice_no']}" if "invoice_no" in data else ""
    yield what, f"{noun} {data['template']}{on}" + (f": {why}" if why else ""), style


def _promised(data: Data, currency: str, kind: str) -> Told:
    what = {"promise_made": "promised"}.get(kind, "promise")
    instalments = ", ".join(
        f"{output.money(each['amount'], currency)} on {each['due_on']}"
        for each in data["instalments"]
        if each["status"] != "cancelled"
    )
    changed = "" if kind == "promise_made" else f"{output.words(kind)}: "
    yield what, f"{changed}{instalments or 'nothing'}", "cyan"


def _instalments_paid(data: Data, currency: str, _kind: str) -> Told:
    for each in data["instalments"]:
        yield "paid", f"{output.money(each['amount'], currency)} promised for {each['due_on']}", ""


def _promise_ended(data: Data, currency: str, kind: str) -> Told:
    detail = f"{output.money(data['total'], currency)} promised on {data['made_on']}"
    if "due_on" in data:
        paid, wanted = (output.money(data[name], currency) for name in ("paid", "wanted"))
        detail += f": {paid} of {wanted} paid for {data['due_on']}"
    if "actions_start_on" in data:
        detail += f"; actions start again on {data['actions_start_on']}"
    yield output.words(kind), detail, "bold red" if kind == "promise_broken" else "cyan"


def _plainly(data: Data, _currency: str, kind: str) -> Told:
    facts = ", ".join(
        f"{output.words(name)} {value}"
        for name, value in data.items()
        if value is not None and not isinstance(value, list | dict)
    )
    yield output.words(kind), facts, ""


_TELL = {
    "case_opened": _opened,
    "case_closed": _closed,
    "actions_performed": _performed,
    "actions_released": _released,
    "case_dates_moved": _dates_moved,
    **dict.fromkeys(_BY_HAND, _by_hand),
    **dict.fromkeys(_LETTERS, _letter),
    "promise_made": _promised,
    "instalment_added": _promised,
    "instalments_changed": _promised,
    "instalments_rescheduled": _promised,
    "instalment_completed": _promised,
    "instalment_cancelled": _promised,
    "instalments_paid": _instalments_paid,
    "promise_kept": _promise_ended,
    "promise_broken": _promise_ended,
    "promise_revoked": _promise_ended,
    **crm_story.TELL,
    **severance_story.TELL,
}


def _coming(action: Data) -> Line:
    what = {"waiting": "waits", "error": "failed"}.get(action["status"], "to come")
    if action.get("skipped"):
        what = "skipped"
    if action.get("task_on"):
        what = "open task"
    detail = action["action"] + ("" if action["mandatory"] else " (optional)")
    if action.get("message"):
        detail += f": {action['message']}"
    style = "red" if what == "failed" else "cyan" if what == "open task" else "dim"
    return Line(str(action["due_on"]), what, detail, style, to_come=True)
