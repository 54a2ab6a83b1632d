"""Reading ratings: where a customer stands on a day, and every demerit that led there."""

import datetime as dt
from dataclasses import dataclass

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.handles import Handle
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import settings
from dunwell.features.policy.expressions import RATINGS
from dunwell.features.receivables.bill_units import find

_QUERIES = statements.load(__package__, "queries.sql")

FRAGMENTS = {
    "credit_rating": RATINGS["account.credit_rating"],
    "cash_only_score": RATINGS["account.cash_only_score"],
}


@dataclass(frozen=True, slots=True)
class Demerit:
    """Points that count from a day on, and why; `bill_unit_no` is where they come from."""

    handle: Handle
    bill_unit_no: str | None
    kind: str
    points: int
    effective_from: dt.date
    effective_until: dt.date | None
    in_effect: bool
    source: str
    """action, pay_plan, severance or person."""
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class Rating:
    """Where a customer stands on a day, against the policy's thresholds."""

    account_no: str
    date: dt.date
    credit_rating: int
    credit_rating_threshold: int
    is_poor: bool
    cash_only_score: int
    cash_only_threshold: int
    is_cash_only: bool
    demerits: tuple[Demerit, ...]
    """The newest first, those that have ended or are yet to come too."""


def rating(operation: Operation, bill_unit_no: str, *, date: dt.date | None = None) -> Rating:
    """The credit rating and the cash-only score of a bill unit's customer, today or on another
    day. Raises NotFound.
    """
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    on = date or operation.date
    given = {"account_id": bill_unit.account_id, "business_date": on}
    row = _QUERIES["rating"].run(operation.connection, given, FRAGMENTS).fetchone()
    assert row is not None
    account_no, credit_rating, cash_only_score = row
    switches = settings.read(operation.connection)
    return Rating(
        account_no=account_no,
        date=on,
        credit_rating=credit_rating,
        credit_rating_threshold=switches.credit_rating_threshold,
        is_poor=credit_rating < switches.credit_rating_threshold,
        cash_only_score=cash_only_score,
        cash_only_threshold=switches.cash_only_threshold,
        is_cash_only=cash_only_score >= switches.cash_only_threshold,
        demerits=tuple(_demerits(operation, bill_unit.account_id, on)),
    )


def demerit(operation: Operation, account_id: int, number: int) -> Demerit:
    """One demerit, as somebody who has just changed it is shown it."""
    (found,) = _demerits(operation, account_id, operation.date, number)
    return found


def _demerits(
    operation: Operation, account_id: int, on: dt.date, number: int | None = None
) -> list[Demerit]:
    given = {"account_id": account_id, "business_date": on, "id": number}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_QUERIES["demerits"].render(), given).fetchall()
    return [Demerit(handle=Handle(account_id, row.pop("id")), **row) for row in rows]
