"""Posting: payments, adjustments and corrections meet open items, each missed day in turn.

The loader never touches an allocation; what it changed (a reduced bill, a bounced payment) shows
as a negative open amount or a mark, and is put right here first.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements

_POST = statements.load(__package__, "post.sql")

_SHRUNK = (
    {"over": "item", "other": "credit", "released": "true"},
    # a reversal's negative amount waits for its date in `give_back`
    {"over": "credit", "other": "item", "released": "reverses_id is null"},
)
_BY_BILL = {"debt": "bill_id"}
_BY_BILL_UNIT = {"debt": "bill_unit_id"}


def post(connection: psycopg.Connection[TupleRow], parameters: Mapping[str, Any]) -> None:
    """Post what is due in the slice, from the day after `last_date` to `business_date`.

    Parameters: first_account, last_account, last_date (none: never posted), business_date.
    The bill units whose items or credits changed are added to the temporary table `examined`.
    """
    ((put_right,),) = _POST["put_right"].run(connection, parameters).fetchall()
    for number, day in enumerate(_days(connection, parameters)):
        given = {**parameters, "posting_date": day}
        if put_right:
            # a bounced payment waits for its date, so every day is asked
            _POST["give_back"].run(connection, given)
            for sides in _SHRUNK if number == 0 else ():
                _POST["release"].run(connection, given, sides)
        ((postable, naming_a_bill),) = _POST["postable"].run(connection, given).fetchall()
        if postable:
            # usually few, and the planner would never guess so
            connection.execute("analyze postable")
            if naming_a_bill:
                _POST["apply"].run(connection, given, _BY_BILL)
            _POST["apply"].run(connection, given, _BY_BILL_UNIT)
            _POST["clear_postable"].run(connection)


def post_today(
    connection: psycopg.Connection[TupleRow], parameters: Mapping[str, Any], account_id: int
) -> None:
    """Post once more for an account that is posted up to today: new charges meet its credit."""
    of_account = {"first_account": account_id, "last_account": account_id}
    today = {"last_date": parameters["business_date"]}
    post(connection, {**parameters, **of_account, **today})


def is_wanted(connection: psycopg.Connection[TupleRow], parameters: Mapping[str, Any]) -> bool:
    """Whether there may be anything to post in the slice by `business_date`; parameters as of
    `post`. A commit empties every working table, so who only looks rather doesn't touch them.
    """
    return any(
        _POST[name].run(connection, parameters).fetchone() == (True,)
        for name in ("put_right", "any_credit")
    )


def _days(connection: psycopg.Connection[TupleRow], parameters: Mapping[str, Any]) -> list[date]:
    """The missed days on which something can be posted, and the business date itself."""
    today: date = parameters["business_date"]
    last: date | None = parameters["last_date"]
    if last is not None and today - last <= timedelta(days=1):
        return [today]
    missed = _POST["posting_days"].run(connection, parameters).fetchall()
    return [*(day for (day,) in missed), today]
