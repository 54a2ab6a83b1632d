"""The alerts of an account on a day, in one round trip: the registry's queries put together.

A query reads a few rows by `account_id`, so that their number matters little.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.alerts.registry import BY_NAME, OURS, Level
from dunwell.features.contacts.service import DENIED, PAY_PLAN
from dunwell.features.ratings import queries as ratings
from dunwell.features.receivables.agreements import AT_PREMISE

_ALERTS = statements.load(__package__, "alerts.sql")

MOST = 10
"""So many things an alert names; its number says how many there are."""

FRAGMENTS: Mapping[str, str] = {
    **ratings.FRAGMENTS,
    **AT_PREMISE,
    "shown_after": "(%(business_date)s::date"
    " - (select value::text::int from setting where name = 'alert_days'))",
}


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert about an account or, if it names one, about a bill unit."""

    alert: str
    manual: tuple[str, ...]
    level: Level
    bill_unit_no: str | None
    number: int
    """How many there are of what it is about."""
    since: dt.date | None
    """Since when, or when the first of them was."""
    about: tuple[str, ...]
    """Which ones, the newest first; not more than `MOST`."""
    outside_id: str | None
    """What another system calls it, if it is one's."""
    premise_no: str | None
    text: str | None


def alerts_of(
    operation: Operation, account_no: str, *, context: str | None = None
) -> tuple[Alert, ...]:
    """What is noteworthy about an account today, the loudest first. Alerts of other systems may be
    for one `context` only. Raises NotFound.
    """
    operation.actor.require(Permission.VIEW)
    given = {
        "account_id": account(operation, account_no)[0],
        "business_date": operation.date,
        "pay_plan_class": PAY_PLAN,
        "denied": DENIED,
        "context": context,
        "most": MOST,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_together(), given).fetchall()
    found = [_alert(**row) for row in rows]
    order = list(BY_NAME)
    return tuple(sorted(found, key=lambda each: (_LOUDNESS[each.level], order.index(each.alert))))


def account(operation: Operation, account_no: str) -> tuple[int, int]:
    """The row numbers of an account and its brand. Raises NotFound, also for another brand's."""
    found = _ALERTS["account"].run(operation.connection, {"account_no": account_no}).fetchone()
    if found is None or not operation.actor.sees(found[1]):
        raise NotFound(f"There is no account {account_no!r}.")
    return found[0], found[1]


_LOUDNESS = {level: number for number, level in enumerate(Level)}


def _alert(*, alert: str, about: Sequence[str], **row: object) -> Alert:
    kind = BY_NAME[alert]
    return Alert(alert=alert, manual=kind.manual, level=kind.level, about=tuple(about), **row)  # type: ignore[arg-type]


@cache
def _together() -> bytes:
    """A row for each alert and bill unit, and one for each alert of another system."""
    return _ALERTS["together"].render({"found": found()})


def found() -> str:
    """All queries as one."""
    ours = (
        b"select '%s' as alert, query.* from (%s) as query"
        % (alert.name.encode(), _ALERTS[alert.name].render(FRAGMENTS))
        for alert in OURS
    )
    return b"\nunion all\n".join((*ours, _ALERTS["outside"].render())).decode()
