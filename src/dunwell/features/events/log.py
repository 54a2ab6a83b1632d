"""The log's monthly partitions. Steps write their events themselves, in the same statement."""

from datetime import date, timedelta

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow


def ensure_month(connection: psycopg.Connection[TupleRow], day: date) -> None:
    """The partition of the event log for the month of `day`; the caller commits."""
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    name = f"event_{first:%Y_%m}"
    if connection.execute("select to_regclass(%s)", [name]).fetchone() != (None,):
        return
    connection.execute(
        sql.SQL(
            "create table if not exists {} partition of event for values from ({}) to ({})"
        ).format(sql.Identifier(name), sql.Literal(first), sql.Literal(after))
    )
