"""Ageing: what is owed on a date, by currency and by how long it is overdue.

Any date will do: allocations carry the date from which they count, so that a past date doesn't see
later payments. Disputed parts are not taken out.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - `date` is the parameter's name
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound
from dunwell.domain.money import Currency
from dunwell.features.policy.today import last_night
from dunwell.features.receivables import posting
from dunwell.features.receivables.work import create_temporary_tables

NOT_DUE = "not due"
MOST_BOUNDARIES = 10
_LONGEST = 36_500

Connection = psycopg.Connection[TupleRow]


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """One currency's open items of one age; the bucket is named by its last day overdue."""

    currency: str
    bucket: str
    items: int
    amount: Decimal
    accounts: int

    def as_json(self) -> dict[str, Any]:
        """The row for machines; the amount as a decimal string."""
        return {
            "currency": self.currency,
            "bucket": self.bucket,
            "items": self.items,
            "amount": format(self.amount, "f"),
            "accounts": self.accounts,
        }


def ageing(
    connection: Connection,
    *,
    date: Date,
    boundaries: Sequence[int] | None = None,
    bill_unit_no: str | None = None,
) -> list[AgeingRow]:
    """What is open on `date`: for each currency, not yet due, then bucket by bucket.

    Without `boundaries`, the policy's. Raises BadInput for impossible boundaries and NotFound for
    an unknown bill unit.
    """
    sql = statements.load("dunwell.features.receivables", "ageing.sql")
    days = _boundaries(connection, boundaries)
    account_id, bill_unit_id = _bill_unit(connection, bill_unit_no)
    given = {
        "date": date,
        "boundaries": days,
        "account_id": account_id,
        "bill_unit_id": bill_unit_id,
    }
    with _posted(connection, date, account_id):
        rows = sql["ageing"].run(connection, given).fetchall()
    names = [NOT_DUE, *map(str, days), f">{days[-1] if days else 0}"]
    return [
        AgeingRow(code, names[bucket], items, Currency(code, digits).round(amount), accounts)
        for code, digits, bucket, items, amount, accounts in rows
    ]


def boundaries(connection: Connection) -> list[int]:
    """The last days of the policy's buckets, rising; what is older stands behind the last."""
    return _boundaries(connection, None)


@contextmanager
def _posted(connection: Connection, date: Date, account_id: int | None) -> Iterator[None]:
    """Post what no night has posted yet, up to `date`, for the account or for all; nothing of it
    stays.
    """
    given = {
        "first_account": account_id if account_id is not None else 0,
        "last_account": account_id if account_id is not None else 2**62,
        "last_date": last_night(connection),
        "business_date": date,
    }
    if not posting.is_wanted(connection, given):
        yield
        return
    create_temporary_tables(connection)
    with connection.transaction(force_rollback=True):
        posting.post(connection, given)
        yield


def _boundaries(connection: Connection, given: Sequence[int] | None) -> list[int]:
    if given is None:
        sql = statements.load("dunwell.features.receivables", "ageing.sql")
        return [days for (days,) in sql["boundaries"].run(connection)]
    days = list(given)
    ascending = all(lower < upper for lower, upper in zip([0, *days], days, strict=False))
    if not days or len(days) > MOST_BOUNDARIES or not ascending or days[-1] > _LONGEST:
        raise BadInput(
            f"The boundaries {', '.join(map(str, days)) or '(none)'} don't do: give 1 to"
            f" {MOST_BOUNDARIES} whole numbers of days, each greater than the one before, from 1 to"
            f" {_LONGEST}, such as 30,60,90."
        )
    return days


def _bill_unit(connection: Connection, number: str | None) -> tuple[int | None, int | None]:
    if number is None:
        return None, None
    sql = statements.load("dunwell.features.receivables", "ageing.sql")
    row = sql["bill_unit"].run(connection, {"bill_unit_no": number}).fetchone()
    if row is None:
        raise NotFound(f"There is no bill unit {number!r}; is it loaded?")
    return row[0], row[1]
