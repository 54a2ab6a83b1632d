"""Service agreements by hand: started, stopped, taken up again, closed; and whom a cut would harm,
at the premise or in the household. The loader says the same from files.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.statuses import AgreementStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import find_customer, own_accounts

_SUPPLYING = statements.load(__package__, "supplying.sql")

LONGEST = 4_000

_S = AgreementStatus
MAY_BECOME = {
    _S.PENDING_START: {_S.ACTIVE, _S.CLOSED},
    _S.ACTIVE: {_S.STOPPED, _S.CLOSED},
    _S.STOPPED: {_S.ACTIVE, _S.CLOSED},
    _S.CLOSED: set[AgreementStatus](),
}
"""Which status may follow which; a closed agreement stays closed, another one takes its place."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be otherwise; none: as it is. `on` is the day of a start or a stop."""

    status: AgreementStatus | None = None
    on: dt.date | None = None
    life_support: bool | None = None
    sensitive_load: bool | None = None


@dataclass(frozen=True, slots=True)
class Household:
    """Whom a cut would harm, wherever the account is supplied."""

    life_support: bool
    sensitive_load: bool


def change_agreement(
    operation: Operation,
    service_agreement_no: str,
    change: Change,
    *,
    reason: str,
    note: str | None = None,
) -> str:
    """Change an agreement's status, or what is known about its premise; the number of its bill
    unit. Raises NotFound, BadInput, RuleViolation.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    _check_note(note)
    found = _found(operation, service_agreement_no)
    reasons.check(operation, found["brand_id"], Category.SERVICE_AGREEMENT, reason)
    given = _changed(operation, found, change)
    told = {"reason": reason, **({"note": note} if note else {})}
    _run(operation, "change", **{**found, **given}, told=Jsonb(told))
    return str(found["bill_unit_no"])


def change_household(
    operation: Operation,
    account_no: str,
    *,
    life_support: bool | None = None,
    sensitive_load: bool | None = None,
    reason: str,
    note: str | None = None,
) -> Household:
    """Say whether a cut would harm somebody in the customer's household. Raises NotFound,
    BadInput, RuleViolation.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    _check_note(note)
    if life_support is None and sensitive_load is None:
        raise BadInput("Say whether there is life support, or a sensitive load, in the household.")
    customer = find_customer(operation, account_no)
    own_accounts(operation, [customer.account_id])
    reasons.check(operation, customer.brand_id, Category.SERVICE_AGREEMENT, reason)
    told = {"reason": reason, **({"note": note} if note else {})}
    (row,) = _run(
        operation,
        "change_household",
        account_id=customer.account_id,
        life_support=life_support,
        sensitive_load=sensitive_load,
        told=Jsonb(told),
    )
    return Household(**row)


def household(operation: Operation, account_no: str) -> Household:
    """Whether a cut would harm somebody in the customer's household. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    account_id = find_customer(operation, account_no).account_id
    (row,) = _run(operation, "household", account_id=account_id)
    return Household(**row)


def bill_unit_of(operation: Operation, service_agreement_no: str) -> str:
    """The number of an agreement's bill unit. Raises NotFound, also for another brand's."""
    return str(_find(operation, service_agreement_no)["bill_unit_no"])


def _find(operation: Operation, number: str) -> dict[str, Any]:
    rows = _run(operation, "find", service_agreement_no=number)
    if not rows or not operation.actor.sees(rows[0]["brand_id"]):
        raise NotFound(f"There is no service agreement {number!r}.")
    return rows[0]


def _found(operation: Operation, number: str) -> dict[str, Any]:
    """The agreement: first its slice is shared, then its row is locked and read again."""
    found = _find(operation, number)
    own_accounts(operation, [found["account_id"]])
    _run(operation, "lock", **found)
    return _find(operation, number)


def _changed(operation: Operation, found: dict[str, Any], change: Change) -> dict[str, Any]:
    """The columns as they are to be."""
    status = AgreementStatus(found["status"])
    wanted = change.status or status
    if change == Change():
        raise BadInput("Say what is to change: the status, life support or the sensitive load.")
    if wanted is not status and wanted not in MAY_BECOME[status]:
        able = ", ".join(sorted(MAY_BECOME[status])) or "nothing else"
        raise RuleViolation(
            "agreement_status",
            f"The service agreement {found['service_agreement_no']!r} is {status}, which may become"
            f" {able}, and not {wanted}.",
        )
    day = change.on or operation.date
    started, stopped = found["started_on"], found["stopped_on"]
    if wanted is not status and wanted is _S.ACTIVE:
        # one that is taken up again keeps the day of its first start
        started, stopped = (day if status is _S.PENDING_START else started), None
    elif wanted in (_S.STOPPED, _S.CLOSED) and stopped is None and status is not _S.PENDING_START:
        stopped = day
    if day > operation.date:
        raise BadInput(
            f"The supply can't start or end on {day}, after today, {operation.date}: the status"
            f" changes at once, so say it on that day."
        )
    if stopped is not None and started is not None and stopped < started:
        raise BadInput(f"The supply can't end on {stopped}, before its start on {started}.")
    if change.on not in (None, started, stopped):
        raise BadInput(
            f"{change.on} would be neither the start nor the end of the supply: leave the day out,"
            f" or say which status begins on it."
        )
    return {
        "new_status": str(wanted),
        "started_on": started,
        "stopped_on": stopped,
        "life_support": change.life_support,
        "sensitive_load": change.sensitive_load,
    }


def _check_note(note: str | None) -> None:
    if len(note or "") > LONGEST:
        raise BadInput(f"A note has at most {LONGEST:,} characters.")


def _run(operation: Operation, name: str, **given: Any) -> list[dict[str, Any]]:
    parameters = {
        "business_date": operation.date,
        "actor": operation.actor.name,
        **given,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_SUPPLYING[name].render(), parameters)
        return cursor.fetchall() if cursor.description else []
