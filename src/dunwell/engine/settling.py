"""Settling between nights: when payments have been collected, the bill units that paid are measured
again, and those that meet the exit rule leave, before anything else is sent to them.

The statements are the night's own; nothing enters and nothing acts. What is touched stays touched,
so the next night looks at these bill units as it would have anyway.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

import psycopg
from pluggy import PluginManager
from psycopg.rows import TupleRow

from dunwell.db import locks, statements
from dunwell.db.database import Database
from dunwell.engine import policy_in_force
from dunwell.engine.policy_in_force import PolicyInForce
from dunwell.features.cases import examining, leaving
from dunwell.features.crm import following
from dunwell.features.events import log as event_log
from dunwell.features.receivables import measuring, posting
from dunwell.features.receivables.work import Work, create_temporary_tables

_SETTLING = statements.load(__package__, "settling.sql")

Unit = tuple[int, int]
"""A bill unit by its account and id."""


def settle(
    database: Database,
    plugins: PluginManager,
    date: dt.date,
    units: Collection[Unit],
    *,
    slice_width: int = 50_000,
) -> Counter[str]:
    """Post, measure and let leave these bill units, one transaction for each slice; how many cases
    closed, by reason. Nothing happens where a later night has been.
    """
    closed: Counter[str] = Counter()
    if not units:
        return closed
    by_slice: defaultdict[int, list[Unit]] = defaultdict(list)
    for unit in sorted(set(units)):
        by_slice[unit[0] // slice_width].append(unit)
    with database.connect(autocommit=True) as connection, locks.same_policy(connection):
        create_temporary_tables(connection)
        policy = policy_in_force.read(connection, date)
        event_log.ensure_month(connection, date)
        for slice_no, in_slice in by_slice.items():
            with connection.transaction():
                locks.have_slice(connection, slice_no)
                given = {"slice_no": slice_no, "slice_width": slice_width}
                closed += _settle(connection, plugins, policy, in_slice, given)
    return closed


def _settle(
    connection: psycopg.Connection[TupleRow],
    plugins: PluginManager,
    policy: PolicyInForce,
    units: Sequence[Unit],
    given: dict[str, int],
) -> Counter[str]:
    ((last_date, newest),) = _SETTLING["last_nights"].run(connection, given).fetchall()
    if newest is not None and newest > policy.parameters["business_date"]:
        return Counter()
    connection.execute("set local enable_seqscan = off")
    work = Work(
        connection=connection,
        hooks=plugins.hook,
        parameters={
            **policy.parameters,
            "actor": "settlement",
            "run_id": None,
            "first_account": units[0][0],
            "last_account": units[-1][0],
            "last_date": last_date,
            "accounts": [account_id for account_id, _ in units],
            "bill_units": [bill_unit_id for _, bill_unit_id in units],
        },
        fragments=dict(policy.fragments),
    )
    posting.post(connection, work.parameters)
    work.run(_SETTLING["leave_others_touched"])
    work.run(_SETTLING["examine"])
    examining.units(work)
    if not measuring.measure(work, everything=False):
        return Counter()
    closed = leaving.leave(work)
    measuring.store(work)
    following.follow(work)
    return closed
