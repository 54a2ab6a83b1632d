"""Which day it is for the business, when nobody says, and which the nights have come to."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import TupleRow


def time_zone(connection: psycopg.Connection[TupleRow]) -> ZoneInfo:
    """The time zone of the default brand."""
    zones = connection.execute("select time_zone from brand where is_default").fetchall()
    return ZoneInfo(zones[0][0])


def business_date(connection: psycopg.Connection[TupleRow]) -> date:
    """Today in the time zone of the default brand."""
    return datetime.now(time_zone(connection)).date()


def last_night(connection: psycopg.Connection[TupleRow]) -> date | None:
    """The latest business date that any slice has seen; none: no night was run yet."""
    ((day,),) = connection.execute("select max(business_date) from run_slice").fetchall()
    found: date | None = day
    return found
