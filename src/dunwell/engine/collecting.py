"""Collecting payments as part of delivery: settle, collect, settle again, write the files.

First the bill units with something to be charged are settled, so that nobody is charged for what
they have paid or disputed meanwhile; afterwards those that paid, so that they get no letter.
"""

import datetime as dt
from collections import Counter
from pathlib import Path

from pluggy import PluginManager

from dunwell.db import outgoing_files
from dunwell.db.database import Database
from dunwell.domain.handles import Handle
from dunwell.engine import relief
from dunwell.engine.settling import settle
from dunwell.features.access.actor import Actor
from dunwell.features.payments import collecting
from dunwell.features.payments.collecting import Collection
from dunwell.features.payments.gateways.registry import Gateways


def collect_payments(
    database: Database,
    plugins: PluginManager,
    gateways: Gateways,
    actor: Actor,
    date: dt.date,
    *,
    slice_width: int = 50_000,
) -> tuple[Collection, Counter[str]]:
    """Charge what is due on this business date, with settlement before and after; what came of it,
    and how many cases closed, by reason.
    """
    with database.connect() as connection:
        ready = collecting.ready_units(connection, date)
    closed = settle(database, plugins, date, ready, slice_width=slice_width)
    collection = collecting.collect(
        database, gateways, actor, date, slice_width=slice_width, before_commit=relief.relieve
    )
    closed += settle(database, plugins, date, collection.paid, slice_width=slice_width)
    return collection, closed


def write_files(database: Database, gateways: Gateways, folder: Path) -> list[Path]:
    """Put the direct debits that are in no folder yet into this one."""
    with database.connect(autocommit=True) as connection:
        return outgoing_files.write(connection, folder, [collecting.FILE_KIND], gateways.vault.open)


def capture(
    database: Database,
    plugins: PluginManager,
    gateways: Gateways,
    actor: Actor,
    date: dt.date,
    attempt: Handle,
    *,
    slice_width: int = 50_000,
) -> Collection:
    """Charge what a person has asked for (`payments.capturing`), and settle if it was paid."""
    collection = collecting.charge(
        database,
        gateways,
        actor,
        date,
        (attempt.account_id, attempt.id),
        slice_width=slice_width,
        before_commit=relief.relieve,
    )
    settle(database, plugins, date, collection.paid, slice_width=slice_width)
    return collection
