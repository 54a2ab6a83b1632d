"""Alerts that other systems set and clear. Setting one again under the same name changes it, and
clearing one that is gone does nothing, so that a system may repeat what it isn't sure about.
"""

import datetime as dt
from typing import Any

from dunwell.db import statements
from dunwell.domain.errors import BadInput, RuleViolation
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.alerts.queries import account
from dunwell.features.alerts.registry import Outside
from dunwell.features.receivables.bill_units import own_accounts

_SERVICE = statements.load(__package__, "service.sql")

LONGEST = 1_000


def set_alert(
    operation: Operation,
    account_no: str,
    kind: Outside,
    outside_id: str,
    *,
    text: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    bill_unit_no: str | None = None,
    premise_no: str | None = None,
    context: str | None = None,
) -> bool:
    """Show an alert about an account from today or another day on, or change the one of that name;
    whether it is new. Raises NotFound, BadInput, RuleViolation.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    for name in (outside_id, premise_no, context, text):
        _check(name)
    if not outside_id.strip():
        raise BadInput("An alert needs the name by which its system clears it again.")
    first = since or operation.date
    if until is not None and until < first:
        raise BadInput(f"The alert ends on {until}, before it starts on {first}.")
    given = {
        **_own(operation, account_no, kind, outside_id),
        "text": text,
        "since": first,
        "until": until,
        "bill_unit_no": bill_unit_no,
        "premise_no": premise_no,
        "context": context,
    }
    _check_place(operation, account_no, given)
    row = _SERVICE["set"].run(operation.connection, given).fetchone()
    return row is not None and bool(row[0])


def clear_alert(operation: Operation, account_no: str, kind: Outside, outside_id: str) -> bool:
    """No longer show an alert; whether it was there. Raises NotFound for the account only."""
    operation.actor.require(Permission.MANAGE_CASES)
    given = _own(operation, account_no, kind, outside_id)
    return _SERVICE["clear"].run(operation.connection, given).fetchone() is not None


def _own(operation: Operation, account_no: str, kind: Outside, outside_id: str) -> dict[str, Any]:
    account_id, _ = account(operation, account_no)
    own_accounts(operation, [account_id])
    return {
        "account_id": account_id,
        "kind": str(kind),
        "outside_id": outside_id,
        "business_date": operation.date,
        "actor": operation.actor.name,
    }


def _check(text: str | None) -> None:
    if text is not None and (len(text) > LONGEST or "\0" in text):
        raise BadInput(
            f"An alert's words have at most {LONGEST:,} characters and no NUL, not {len(text):,}."
        )


def _check_place(operation: Operation, account_no: str, given: dict[str, Any]) -> None:
    """What it names must be the account's."""
    row = _SERVICE["place"].run(operation.connection, given).fetchone()
    assert row is not None
    for name, noun, known in (
        ("bill_unit_no", "bill unit", row[0]),
        ("premise_no", "premise", row[1]),
    ):
        if given[name] is not None and not known:
            raise RuleViolation(
                f"unknown_{name.removesuffix('_no')}",
                f"The account {account_no!r} has no {noun} {given[name]!r}; name one of its own,"
                " or none.",
            )
