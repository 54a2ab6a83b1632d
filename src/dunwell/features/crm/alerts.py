"""Credit alerts: reported by other systems, worked by people, closed with a reason.

The night raises its own and closes those of whoever leaves collections (`following`). Whatever
happens to an alert is an event that names its source and that system's number, so the source hears
of its end the way every subscriber hears of anything.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain import handles
from dunwell.domain.errors import BadInput, NotFound, RuleViolation, Stale
from dunwell.domain.handles import Handle
from dunwell.domain.money import Currency
from dunwell.domain.statuses import AlertActivity, AlertStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import BillUnit, own, own_accounts

_ALERTS = statements.load(__package__, "alerts.sql")

OURS = "dunwell"
"""The source of alerts that the night raises."""

LONGEST = 10_000
LONGEST_NAME = 200
AHEAD = dt.timedelta(days=1)
"""So far a system's clock may be ahead; what it says later would be passed over until then."""


@dataclass(frozen=True, slots=True)
class Report:
    """What another system says about a customer's credit."""

    source: str
    their_id: str
    reason: str
    amount: Decimal | None = None
    """In the bill unit's currency."""
    oldest_due_on: dt.date | None = None
    their_time: dt.datetime | None = None
    """By the system's clock; a report that is older than what was heard changes nothing."""


def report(operation: Operation, bill_unit_no: str, given: Report) -> Handle:
    """Raise the alert that a system reports, or bring it up to date: a system's number is one
    alert. What is closed stays closed. Raises NotFound, BadInput, RuleViolation.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    _check_report(operation, given)
    unit = own(operation, bill_unit_no)
    facts = _facts(operation, unit, given)
    row = _one(operation, "report", **facts)
    if row is not None:
        _log(operation, row, "credit_alert_raised", **_told(facts))
        return Handle(row["account_id"], row["id"])
    return _report_again(operation, unit, given, facts)


def _report_again(
    operation: Operation, unit: BillUnit, given: Report, facts: dict[str, Any]
) -> Handle:
    known = _one(operation, "reported_before", source=given.source, their_id=given.their_id)
    found = None if known is None else _one(operation, "find", **known)
    if found is None or (found["account_id"], found["bill_unit_id"]) != (unit.account_id, unit.id):
        raise RuleViolation(
            "reported_for_another",
            f"{given.source} has reported {given.their_id!r} for another bill unit; give a new"
            " number.",
        )
    handle = Handle(found["account_id"], found["id"])
    known_time = found["their_time"]
    outdated = known_time is not None and given.their_time is not None
    if found["status"] == AlertStatus.OPEN and not (outdated and given.their_time < known_time):
        facts["their_time"] = given.their_time or known_time
        changed = _count(operation, "update_report", **{**facts, "id": handle.id})
        if changed:
            _log(operation, found, "credit_alert_changed", **_told(facts))
    return handle


def assign(
    operation: Operation,
    alert: str,
    agent: str | None,
    *,
    note: str | None = None,
    expected_version: int | None = None,
) -> None:
    """Give an open alert to an agent, or to nobody. Raises NotFound, BadInput, RuleViolation,
    Stale.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    _check_text(note or "", required=False)
    found = _open(operation, alert, expected_version)
    agent_id = None
    if agent is not None:
        row = _one(operation, "agent", name=agent)
        if row is None:
            raise NotFound(f"There is no agent {agent!r}.")
        agent_id = row["id"]
    if found["agent"] == agent:
        return
    _change(operation, found, "assign", agent_id=agent_id)
    _log(operation, found, "credit_alert_assigned", agent=agent, **{"from": found["agent"]})
    if note:
        _record(operation, found, AlertActivity.NOTE, note, operation.date)


def record(
    operation: Operation,
    alert: str,
    kind: AlertActivity,
    *,
    note: str = "",
    done_on: dt.date | None = None,
    expected_version: int | None = None,
) -> None:
    """Record what was done about an open alert, today or on an earlier day; a note on its own says
    something. Raises NotFound, BadInput, RuleViolation, Stale.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    _check_text(note, required=kind is AlertActivity.NOTE)
    if done_on is not None and done_on > operation.date:
        raise BadInput(f"{done_on} is after today, {operation.date}; record it once it is done.")
    found = _open(operation, alert, expected_version)
    _record(operation, found, kind, note, done_on or operation.date)
    _change(operation, found, "touch_version")


def close(
    operation: Operation,
    alert: str,
    *,
    reason: str,
    note: str | None = None,
    expected_version: int | None = None,
) -> None:
    """Close an open alert. Raises NotFound, RuleViolation, Stale."""
    operation.actor.require(Permission.WORK_ACTIONS)
    _check_text(note or "", required=False)
    found = _open(operation, alert, expected_version)
    reasons.check(operation, found["brand_id"], Category.CLOSE_ALERT, reason)
    if note:
        _record(operation, found, AlertActivity.NOTE, note, operation.date)
    _change(operation, found, "close", reason=reason)
    _log(operation, found, "credit_alert_closed", reason=reason)


def check_time(operation: Operation, their_time: dt.datetime | None) -> None:
    """A moment with its time zone that isn't in the future. Raises BadInput."""
    if their_time is None:
        return
    if their_time.tzinfo is None:
        raise BadInput(f"The time {their_time} has no time zone; write it as 2026-03-01T12:00:00Z.")
    today = dt.datetime.combine(operation.date, dt.time(), dt.UTC)
    if their_time > max(today, dt.datetime.now(dt.UTC)) + AHEAD:
        raise BadInput(
            f"The time {their_time.isoformat()} is more than a day ahead; give when it was done,"
            " and see to that system's clock."
        )


def _check_report(operation: Operation, given: Report) -> None:
    check_time(operation, given.their_time)
    for name, value in (("source", given.source), ("number", given.their_id)):
        if not value.strip() or len(value) > LONGEST_NAME or "\0" in value:
            raise BadInput(f"A {name} has 1 to {LONGEST_NAME} characters, unlike {value!r}.")
    if given.source.casefold() == OURS:
        raise BadInput(f"The source {OURS!r} is Dunwell itself; name the system that reports.")
    if not given.reason.strip() or len(given.reason) > LONGEST_NAME or "\0" in given.reason:
        raise BadInput(f"Say why, in 1 to {LONGEST_NAME} characters.")
    if given.oldest_due_on is not None and given.oldest_due_on > operation.date:
        raise BadInput(f"{given.oldest_due_on} is after today, {operation.date}.")
    if given.amount is not None and given.amount < 0:
        raise BadInput(f"An amount of {given.amount} isn't owed; give what is, or none.")


def _facts(operation: Operation, unit: BillUnit, given: Report) -> dict[str, Any]:
    row = _one(operation, "currency", account_id=unit.account_id, bill_unit_id=unit.id)
    assert row is not None
    currency = Currency(row["code"], row["digits"])
    if given.amount is not None and currency.round(given.amount) != given.amount:
        raise BadInput(f"{given.amount} has more decimals than {currency.code}.")
    return {
        "account_id": unit.account_id,
        "bill_unit_id": unit.id,
        "brand_id": unit.brand_id,
        "source": given.source,
        "their_id": given.their_id,
        "their_time": given.their_time,
        "reason": given.reason,
        "amount": given.amount,
        "shown_amount": None if given.amount is None else currency.text(given.amount),
        "currency": currency.code,
        "oldest_due_on": given.oldest_due_on,
    }


def _told(facts: dict[str, Any]) -> dict[str, Any]:
    due = facts["oldest_due_on"]
    return {
        "reason": facts["reason"],
        "amount": facts["shown_amount"],
        "currency": facts["currency"],
        "oldest_due_on": None if due is None else due.isoformat(),
    }


def _check_text(text: str, *, required: bool) -> None:
    if (required and not text.strip()) or len(text) > LONGEST or "\0" in text:
        raise BadInput(f"Write 1 to {LONGEST:,} characters, without NUL.")


def _open(operation: Operation, alert: str, expected: int | None) -> dict[str, Any]:
    handle = handles.parse(alert, "credit alert")
    own_accounts(operation, [handle.account_id])
    found = _one(operation, "find", account_id=handle.account_id, id=handle.id)
    if found is None or not operation.actor.sees(found["brand_id"]):
        raise NotFound(f"There is no credit alert {alert!r}.")
    if expected is not None and expected != found["version"]:
        raise Stale(
            f"Somebody changed the credit alert {alert} meanwhile (version {found['version']}, not"
            f" {expected}). Look again, then repeat."
        )
    if found["status"] != AlertStatus.OPEN:
        raise RuleViolation(
            "alert_closed",
            f"The credit alert {alert} was closed on {found['closed_on']} by {found['closed_by']}.",
        )
    return found


def _record(
    operation: Operation, found: dict[str, Any], kind: AlertActivity, note: str, day: dt.date
) -> None:
    _change(operation, found, "record", kind=str(kind), note=note, done_on=day)
    # what is written may be personal; the log says that something is there
    _log(
        operation,
        found,
        "credit_alert_activity",
        activity=str(kind),
        done_on=day.isoformat(),
    )


def _change(operation: Operation, found: dict[str, Any], name: str, **values: Any) -> None:
    _count(operation, name, account_id=found["account_id"], id=found["id"], **values)


def _log(operation: Operation, found: dict[str, Any], kind: str, **facts: Any) -> None:
    told = {
        "credit_alert": f"{found['account_id']}-{found['id']}",
        "source": found["source"],
        "their_id": found["their_id"],
        **facts,
    }
    _count(
        operation,
        "log",
        account_id=found["account_id"],
        bill_unit_id=found["bill_unit_id"],
        case_id=found["case_id"],
        kind=kind,
        facts=Jsonb({name: value for name, value in told.items() if value is not None}),
    )


def _parameters(operation: Operation, given: dict[str, Any]) -> dict[str, Any]:
    return {"business_date": operation.date, "actor": operation.actor.name, **given}


def _count(operation: Operation, name: str, /, **given: Any) -> int:
    return _ALERTS[name].run(operation.connection, _parameters(operation, given)).rowcount


def _one(operation: Operation, name: str, /, **given: Any) -> dict[str, Any] | None:
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_ALERTS[name].render(), _parameters(operation, given)).fetchone()
