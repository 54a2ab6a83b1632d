"""Advisory locks: who may write what at the same time (DESIGN rule 8).

Every writer takes the lock of the slices it writes before anything else, in ascending order: the
night alone, everyone else shared. So nobody deadlocks, and the night meets no half-done change.
"""

import psycopg
from psycopg.rows import TupleRow

RUN = 68_000
SLICE = 68_002
LAST_SLICE = 2**31 - 1
"""PostgreSQL's locks with two numbers take small ones."""
LOADER = 68_003
POLICY = 68_004
"""A run shares it, so that the policy doesn't change between its slices."""
FAN_OUT = 68_005
SUBSCRIPTION = 68_006
"""One deliverer at a time for each subscription, by its id."""

DELIVERY = 68_020
"""One delivery at a time: what another one left half-done is then known to be orphaned."""

COLLECTOR = 68_030
"""One process at a time collects payments: what it finds half done was left by one that died."""

STATEMENTS = 68_031
"""One process at a time imports bank statements: two would look entries up before either has
written them."""

REPORTS = 68_035
"""One process at a time prepares the sums of reports."""

CONNECTOR = 68_036
"""One run of a connector at a time, by a hash of its name."""

ASKED = 68_038
"""One process at a time runs the nights that were asked for."""

SEEN = 68_037
"""One change of what was seen in one state at a time, by a hash of that state."""

WALLS = 68_040
PEOPLE = 68_041
"""One change of people at a time (`features/access/people.sql`)."""


def have_slice(connection: psycopg.Connection[TupleRow], no: int) -> None:
    """Have a slice alone until the transaction ends; waits for the writers who share it."""
    connection.execute("select pg_advisory_xact_lock(%s, %s)", [SLICE, no])


def share_slice(connection: psycopg.Connection[TupleRow], account_id: int, width: int) -> None:
    """Share the slice of an account until the transaction ends; waits for the night."""
    connection.execute("select pg_advisory_xact_lock_shared(%s, %s)", [SLICE, account_id // width])


def one_by_one(connection: psycopg.Connection[TupleRow], seen: str) -> None:
    """Wait for whoever has named the same text, until their transaction ends."""
    connection.execute("select pg_advisory_xact_lock(%s, hashtext(%s))", [SEEN, seen])
