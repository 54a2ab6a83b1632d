"""Posting: payments, adjustments and corrections meet open items, each missed day in turn.

The loader never touches an allocation; what it changed (a reduced bill, a bounced payment) shows
as a negative open amount or a mark, and is put right here first.
"""

from collections.abc import Mapping
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
_ISSUED = "select from bill where bill.account_id = credit.account_id and bill.id = credit.bill_id"
_PAID = (
    {
        "debt": "bill_id",
        "eligible": f"exists ({_ISSUED} and bill.issued_on <= %(posting_date)s::date)",
    },
    {
        "debt": "bill_unit_id",
        "eligible": f"not exists ({_ISSUED} and bill.issued_on > %(posting_date)s::date)",
    },
)


def post(connection: psycopg.Connection[TupleRow], parameters: Mapping[str, Any]) -> None:
    """Post what is due in the slice, from the day after `last_date` to `business_date`.

    Parameters: first_account, last_account, last_date (none: never posted), business_date.
    The bill units whose items or credits changed are added to the temporary table `examined`.
    """
    missed = [day for (day,) in _POST["posting_days"].run(connection, parameters)]
    for day in (*missed, parameters["business_date"]):
        _post_day(connection, {**parameters, "posting_date": day})


def _post_day(connection: psycopg.Connection[TupleRow], parameters: Mapping[str, Any]) -> None:
    _POST["give_back"].run(connection, parameters)
    for sides in _SHRUNK:
        _POST["release"].run(connection, parameters, sides)
    for debts in _PAID:
        _POST["apply"].run(connection, parameters, debts)
