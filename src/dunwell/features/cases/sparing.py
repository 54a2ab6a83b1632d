"""Sparing a bill unit by hand: exempt it, put it on hold until a day, and the end of both.

An exemption ends its cases with the next night and keeps it out. A hold leaves its cases as they
are: nothing is done to them by the night until the last day has passed, and nothing enters.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.errors import BadInput, RuleViolation
from dunwell.domain.handles import Handle
from dunwell.domain.pages import START, Key
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import desk
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import find, own, own_many
from dunwell.features.receivables.work import Work

_SPARING = statements.load(__package__, "sparing.sql")

MOST = 2_000
"""So many bill units are spared together."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """From which day to which last day a bill unit is exempt; no last day: until it is lifted."""

    handle: Handle
    exempt_from: dt.date
    exempt_until: dt.date | None
    reason: str
    note: str | None
    actor: str


@dataclass(frozen=True, slots=True)
class Hold:
    """From which day to which last day a bill unit is on hold."""

    handle: Handle
    held_from: dt.date
    held_until: dt.date
    reason: str
    note: str | None
    actor: str


def exempt(
    operation: Operation,
    bill_unit_no: str,
    reason: str,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    note: str | None = None,
) -> Exemption:
    """Exempt a bill unit from collections until the last exempt day, from the operation's date or
    from `since`, which may be past. Its open cases leave with the next night.

    Raises NotFound, BadInput, RuleViolation. Manual: PCM_OP_COLLECTIONS_EXEMPT_BILLINFO.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    start = since or operation.date
    if until is not None and until < start:
        raise BadInput(f"The exemption ends on {until}, before it starts on {start}.")
    work = _at_bill_unit(operation, bill_unit_no, Category.EXEMPT, reason)
    row = _row(work, "exempt", since=start, until=until, reason=reason, note=note)
    desk.log(
        work,
        "exempted",
        **{"from": start.isoformat(), "until": until.isoformat() if until else None},
        reason=reason,
        **({"note": note} if note else {}),
    )
    return Exemption(**row)


def lift_exemption(
    operation: Operation, bill_unit_no: str, *, reason: str, note: str | None = None
) -> tuple[Exemption, ...]:
    """End every exemption that is in force or yet to come: the operation's date is no longer
    exempt. The bill unit may enter with the next night. Raises NotFound, RuleViolation.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    work = _at_bill_unit(operation, bill_unit_no, Category.EXEMPT, reason)
    ended = tuple(Exemption(**row) for row in _rows(work, "lift_exemptions"))
    if not ended:
        raise RuleViolation("not_exempt", f"The bill unit {bill_unit_no!r} isn't exempt.")
    desk.log(work, "exemption_lifted", reason=reason, **({"note": note} if note else {}))
    return ended


def hold(
    operation: Operation,
    bill_unit_no: str,
    until: dt.date,
    *,
    reason: str,
    note: str | None = None,
) -> Hold:
    """Put a bill unit on hold from the operation's date to the last day, both included: the night
    performs none of its actions and it enters no scenario; it still leaves when it has paid.

    Raises NotFound, BadInput, RuleViolation.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    if until < operation.date:
        raise BadInput(f"The hold ends on {until}, before it starts on {operation.date}.")
    work = _at_bill_unit(operation, bill_unit_no, Category.HOLD, reason)
    row = _row(work, "hold", until=until, reason=reason, note=note)
    desk.log(
        work,
        "held",
        **{"from": operation.date.isoformat(), "until": until.isoformat()},
        reason=reason,
        **({"note": note} if note else {}),
    )
    return Hold(**row)


def exempt_many(
    operation: Operation,
    bill_unit_nos: Sequence[str],
    reason: str,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    note: str | None = None,
) -> tuple[Exemption, ...]:
    """Exempt several bill units: all or none. Raises what `exempt` raises."""
    operation.actor.require(Permission.MANAGE_CASES)
    return tuple(
        exempt(operation, each, reason, since=since, until=until, note=note)
        for each in _many(operation, bill_unit_nos)
    )


def hold_many(
    operation: Operation,
    bill_unit_nos: Sequence[str],
    until: dt.date,
    *,
    reason: str,
    note: str | None = None,
) -> tuple[Hold, ...]:
    """Put several bill units on hold: all or none. Raises what `hold` raises."""
    operation.actor.require(Permission.MANAGE_CASES)
    return tuple(
        hold(operation, each, until, reason=reason, note=note)
        for each in _many(operation, bill_unit_nos)
    )


def _many(operation: Operation, bill_unit_nos: Sequence[str]) -> list[str]:
    """The bill units, each once, their slices shared in order."""
    if not 1 <= len(set(bill_unit_nos)) <= MOST:
        raise BadInput(f"Give 1 to {MOST:,} bill units, not {len(set(bill_unit_nos)):,}.")
    return sorted(own_many(operation, sorted(set(bill_unit_nos))))


def lift_hold(
    operation: Operation, bill_unit_no: str, *, reason: str, note: str | None = None
) -> tuple[Hold, ...]:
    """End every hold that is in force or yet to come. Raises NotFound, RuleViolation."""
    operation.actor.require(Permission.MANAGE_CASES)
    work = _at_bill_unit(operation, bill_unit_no, Category.HOLD, reason)
    ended = tuple(Hold(**row) for row in _rows(work, "lift_holds"))
    if not ended:
        raise RuleViolation("not_on_hold", f"The bill unit {bill_unit_no!r} isn't on hold.")
    desk.log(work, "hold_lifted", reason=reason, **({"note": note} if note else {}))
    return ended


def exemptions(
    operation: Operation, bill_unit_no: str, *, after: Key = START, limit: int | None = None
) -> tuple[Exemption, ...]:
    """The bill unit's exemptions, the newest first; those after a first day and a number."""
    rows = _list(operation, bill_unit_no, "exemptions", after, limit)
    return tuple(Exemption(**row) for row in rows)


def holds(
    operation: Operation, bill_unit_no: str, *, after: Key = START, limit: int | None = None
) -> tuple[Hold, ...]:
    """The bill unit's holds, in the same way."""
    rows = _list(operation, bill_unit_no, "holds", after, limit)
    return tuple(Hold(**row) for row in rows)


def _at_bill_unit(operation: Operation, bill_unit_no: str, category: str, reason: str) -> Work:
    bill_unit = own(operation, bill_unit_no)
    reasons.check(operation, bill_unit.brand_id, category, reason)
    return desk.work_of(operation, bill_unit.account_id, bill_unit_id=bill_unit.id)


def _list(
    operation: Operation, bill_unit_no: str, name: str, after: Key, limit: int | None
) -> list[dict[str, Any]]:
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    work = desk.work_of(operation, bill_unit.account_id, bill_unit_id=bill_unit.id)
    return _rows(work, name, after_day=after[0], after_id=after[1], most=limit)


def _row(work: Work, name: str, **given: Any) -> dict[str, Any]:
    (row,) = _rows(work, name, **given)
    return row


def _rows(work: Work, name: str, **given: Any) -> list[dict[str, Any]]:
    with work.connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_SPARING[name].render(), {**work.parameters, **given}).fetchall()
    owner = work.parameters["account_id"]
    return [{"handle": Handle(owner, row.pop("id")), **row} for row in found]
