"""The log's monthly partitions. Steps write their events themselves, in the same statement."""

from datetime import date

import psycopg
from psycopg.rows import TupleRow


def ensure_month(connection: psycopg.Connection[TupleRow], day: date) -> None:
    """The partition of the event log for the month of `day`; the caller commits."""
    if connection.execute("select to_regclass(%s)", [f"event_{day:%Y_%m}"]).fetchone() != (None,):
        return
    connection.execute("select ensure_event_month(%s)", [day])
