"""An example plug-in that implements every hook: a house with rules of its own.

Customers carry its wishes in attributes, so that each test can ask for what it needs.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from dunwell.plugins.batch import Batch
from dunwell.plugins.specs import COMPLETED, Failed, Refused, hookimpl

asked: list[tuple[str, list[str]]] = []
"""Which hooks were called, each with the bill units of its batch."""


def _rows(hook: str, batch: Batch) -> list[dict[str, Any]]:
    rows = batch.rows()
    asked.append((hook, [row["bill_unit_no"] for row in rows]))
    return rows


def _wishes(rows: list[dict[str, Any]], name: str) -> dict[int, str]:
    return {
        row["no"]: row["account_attributes"][name]
        for row in rows
        if name in row["account_attributes"]
    }


@hookimpl
def select_profile(batch: Batch) -> Mapping[int, str]:
    return _wishes(_rows("select_profile", batch), "profile")


@hookimpl
def valid_scenarios(batch: Batch) -> Collection[int]:
    rows = _rows("valid_scenarios", batch)
    refused = _wishes(rows, "refuses")
    return [row["no"] for row in rows if row["scenario"] == refused.get(row["no"])]


@hookimpl
def assign_agent(batch: Batch) -> Mapping[int, str]:
    return _wishes(_rows("assign_agent", batch), "agent")


@hookimpl
def target_bill_units(batch: Batch) -> Mapping[int, Collection[str]]:
    wishes = _wishes(_rows("target_bill_units", batch), "targets")
    return {no: targets.split() for no, targets in wishes.items()}


@hookimpl
def apply_late_fee(batch: Batch) -> Mapping[int, Decimal]:
    wishes = _wishes(_rows("apply_late_fee", batch), "fee")
    return {no: Decimal(fee) for no, fee in wishes.items()}


@hookimpl
def apply_finance_charge(batch: Batch) -> Mapping[int, Decimal]:
    wishes = _wishes(_rows("apply_finance_charge", batch), "interest")
    return {no: Decimal(interest) for no, interest in wishes.items()}


@hookimpl
def prepare_dunning_data(batch: Batch) -> Mapping[int, Mapping[str, Any]]:
    rows = _rows("prepare_dunning_data", batch)
    return {no: {"greeting": found} for no, found in _wishes(rows, "greeting").items()}


@hookimpl
def prepare_invoice_reminder(batch: Batch) -> Mapping[int, Mapping[str, Any]]:
    rows = _rows("prepare_invoice_reminder", batch)
    return {no: {"greeting": found} for no, found in _wishes(rows, "greeting").items()}


@hookimpl
def assign_agency(batch: Batch) -> Mapping[int, str]:
    return _wishes(_rows("assign_agency", batch), "agency")


@hookimpl
def execute_custom_action(batch: Batch) -> Mapping[int, str | Failed]:
    rows = _rows("execute_custom_action", batch)
    outcomes: dict[int, str | Failed] = {}
    for no, wish in _wishes(rows, "visit").items():
        match wish:
            case "raises":
                raise RuntimeError("the van broke down")
            case "fails":
                outcomes[no] = Failed("nobody was at home")
            case "succeeds":
                outcomes[no] = COMPLETED
            case nonsense:
                outcomes[no] = nonsense
    return outcomes


@hookimpl
def publish_event(batch: Batch) -> Mapping[int, Mapping[str, Any]]:
    rows = _rows("publish_event", batch)
    return {no: {"region": region} for no, region in _wishes(rows, "region").items()}


@hookimpl
def shape_promise(batch: Batch) -> Sequence[tuple[date, Decimal]] | Refused | None:
    rows = _rows("shape_promise", batch)
    match rows[0]["account_attributes"].get("promise"):
        case "refused":
            return Refused("Nobody promises twice.")
        case "at the end":
            return [(rows[-1]["due_on"], rows[0]["promised"])]
        case _:
            return None


@hookimpl
def exit_scenario(batch: Batch) -> None:
    rows = _rows("exit_scenario", batch)
    asked.extend((f"left as {row['reason']}", [row["bill_unit_no"]]) for row in rows)
