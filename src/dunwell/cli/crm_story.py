"""Collection status and credit alerts in the story of a case, for `timeline`."""

from collections.abc import Iterator, Mapping
from typing import Any

from dunwell.cli import output

Data = Mapping[str, Any]
Told = Iterator[tuple[str, str, str]]


def _status_changed(data: Data, _currency: str, _kind: str) -> Told:
    to, before = (
        ", ".join(output.words(data[side][part]) for part in ("status", "substatus"))
        for side in ("to", "from")
    )
    yield "status", f"{to}; was {before}", ""


def _alert(data: Data, currency: str, kind: str) -> Told:
    told = [output.words(data["reason"])] if data.get("reason") else []
    if data.get("amount") is not None:
        told.append(output.money(data["amount"], data.get("currency") or currency))
    if kind == "credit_alert_assigned":
        told.append(f"to {data['agent']}" if data.get("agent") else "to nobody")
    if data.get("activity"):
        told.append(output.words(data["activity"]))
    if data.get("source") not in (None, "dunwell"):
        told.append(f"from {data['source']}")
    what = output.words(kind.removeprefix("credit_"))
    yield what, ", ".join(told) or data["credit_alert"], ""


def _not_taken(data: Data, _currency: str, _kind: str) -> Told:
    why = f" ({data['reason']})" if data.get("reason") else ""
    change = f"{output.words(data['change'])} of {data['noun']} {data['handle']}"
    yield "not taken", f"{change}, by {data['system']}: {output.words(data['outcome'])}{why}", ""


TELL = {
    "collection_status_changed": _status_changed,
    "credit_alert_raised": _alert,
    "credit_alert_changed": _alert,
    "credit_alert_assigned": _alert,
    "credit_alert_activity": _alert,
    "credit_alert_closed": _alert,
    "crm_change_not_taken": _not_taken,
}
