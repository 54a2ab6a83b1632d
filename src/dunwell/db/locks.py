"""Advisory locks: who may write what at the same time (DESIGN rule 8).

Every writer takes the lock of the slices it writes before anything else, in ascending order: the
night alone, everyone else shared. So nobody deadlocks, and the night meets no half-done change.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import TupleRow

from dunwell.domain.errors import Conflict

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
QUEUE = 68_007
"""One process at a time makes or upgrades the tables of the worker's jobs."""

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

PATIENCE = 5.0
"""Seconds to wait for what was just killed; the server notices that within one."""


@contextmanager
def alone(
    connection: psycopg.Connection[TupleRow], lock: int, otherwise: Conflict
) -> Iterator[None]:
    """Have a lock until the block ends, over many transactions. Raises `otherwise` while another
    has it.
    """
    deadline = time.monotonic() + PATIENCE
    while connection.execute("select pg_try_advisory_lock(%s)", [lock]).fetchone() != (True,):
        if time.monotonic() > deadline:
            raise otherwise
        time.sleep(0.1)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("select pg_advisory_unlock(%s)", [lock])


@contextmanager
def same_policy(connection: psycopg.Connection[TupleRow]) -> Iterator[None]:
    """Let nobody change the policy until the block ends, over many transactions."""
    connection.execute("select pg_advisory_lock_shared(%s)", [POLICY])
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("select pg_advisory_unlock_shared(%s)", [POLICY])


def have_slice(connection: psycopg.Connection[TupleRow], no: int) -> None:
    """Have a slice alone until the transaction ends; waits for the writers who share it."""
    connection.execute("select pg_advisory_xact_lock(%s, %s)", [SLICE, no])


def share_slice(connection: psycopg.Connection[TupleRow], account_id: int, width: int) -> None:
    """Share the slice of an account until the transaction ends; waits for the night."""
    connection.execute("select pg_advisory_xact_lock_shared(%s, %s)", [SLICE, account_id // width])


def one_by_one(connection: psycopg.Connection[TupleRow], seen: str) -> None:
    """Wait for whoever has named the same text, until their transaction ends."""
    connection.execute("select pg_advisory_xact_lock(%s, hashtext(%s))", [SEEN, seen])
