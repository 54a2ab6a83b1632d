"""Preparing: after a night, the sums that reports are made of, in one go and outside the night.

A repeatable-read transaction reads the operational tables as the last night left them and puts the
sums in the place of the former ones; whoever reads meanwhile sees those. It is made anew as a
whole, so a bill that was re-dated or a payment that was changed needs no thought.
"""

import datetime as dt
import time
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from dunwell.db import locks, statements
from dunwell.db.database import Database

_PREPARING = statements.load(__package__, "preparing.sql")

TABLES = (
    *("report_movement", "report_case", "report_standing", "report_recovery", "report_letter"),
    *("report_promise", "report_forecast"),
)
FORECAST_DAYS = 30
ANSWER_DAYS = 14
"""How many days after a letter a payment counts as its effect."""

Connection = psycopg.Connection[TupleRow]


@dataclass(frozen=True, slots=True)
class Preparation:
    """Up to which night the sums go, and how long they took."""

    business_date: dt.date
    seconds: float


def prepare(database: Database, *, anew: bool = False) -> Preparation | None:
    """Bring the sums up to the last night; none if they are, or if a night is under way.

    `anew` makes them even if no night has been run since.
    """
    with database.connect(autocommit=True) as connection:
        # a lock of the session: the snapshot is taken after it, and sees what another has made
        if connection.execute("select pg_try_advisory_lock(%s)", [locks.REPORTS]).fetchone() != (
            True,
        ):
            return None
        with connection.transaction():
            connection.execute("set transaction isolation level repeatable read")
            return _prepare(connection, anew=anew)


def prepared_until(connection: Connection) -> dt.date | None:
    """The night up to which the sums go."""
    row = _PREPARING["prepared"].run(connection).fetchone()
    return None if row is None else row[1]


def _prepare(connection: Connection, *, anew: bool) -> Preparation | None:
    started = time.monotonic()
    night = _PREPARING["last_night"].run(connection).fetchone()
    former = _PREPARING["prepared"].run(connection).fetchone()
    if night is None or (former and former[0] == night[0] and not anew):
        return None
    run_id, business_date = night
    if _PREPARING["under_way"].run(connection, {"business_date": business_date}).fetchone():
        return None
    connection.execute("set local work_mem = '128MB'")
    connection.execute("set local synchronous_commit = off")
    # a million rows on either side: composite keys make the planner expect one
    connection.execute("set local enable_nestloop = off")
    _fill(connection, business_date)
    seconds = time.monotonic() - started
    noted = {"business_date": business_date, "run_id": run_id, "seconds": seconds}
    _PREPARING["note"].run(connection, noted)
    return Preparation(business_date, seconds)


def _fill(connection: Connection, business_date: dt.date) -> None:
    create_temporary_tables(connection)
    given = {
        "business_date": business_date,
        "forecast_days": FORECAST_DAYS,
        "answer_days": ANSWER_DAYS,
    }
    for gathered in ("debtors", "applied"):
        _PREPARING[gathered].run(connection, given)
    connection.execute("analyze report_debtor; analyze report_applied")
    for table in TABLES:
        # not truncated: that would make readers wait
        connection.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))
    for sums in (
        *("movements_of_items", "movements_of_credits", "overlaps", "cases", "standing"),
        *("recoveries", "letters", "promises", "forecast"),
    ):
        _PREPARING[sums].run(connection, given)
    for table in TABLES:
        connection.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))


def create_temporary_tables(connection: Connection) -> None:
    """What the sums are gathered in, until the transaction ends."""
    _PREPARING["create_temporary_tables"].run(connection)
