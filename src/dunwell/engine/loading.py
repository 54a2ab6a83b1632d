"""Loading receivables as the surfaces do it: each file is one transaction, and whose debt it lets
fall is relieved of severance within it.
"""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from pluggy import PluginManager
from psycopg.rows import TupleRow

from dunwell.db.database import Database
from dunwell.engine import relief
from dunwell.features.access.actor import Actor, Operation
from dunwell.features.policy.today import business_date
from dunwell.features.receivables import load as loader
from dunwell.features.receivables.load import LoadReport

LOADER = Actor("loader", brands=None)


def load(
    database: Database,
    plugins: PluginManager,
    paths: Iterable[Path],
    *,
    date: dt.date | None = None,
    slice_width: int = 50_000,
    **options: Any,
) -> LoadReport:
    """`dunwell.features.receivables.load.load`, as on a business date (none: the default brand's
    today).
    """

    def relieve(connection: psycopg.Connection[TupleRow]) -> None:
        today = date or business_date(connection)
        relief.relieve(Operation(connection, LOADER, today, slice_width, plugins.hook))

    return loader.load(database, paths, slice_width=slice_width, before_commit=relieve, **options)
