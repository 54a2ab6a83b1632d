"""Loading receivables as the surfaces do it: each file is one transaction, and whose debt it lets
fall is relieved of severance within it. Rows that come otherwise than in a file become one.
"""

import datetime as dt
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from pluggy import PluginManager
from psycopg.rows import TupleRow

from dunwell.db.database import Database
from dunwell.domain.errors import BadFile, BadInput
from dunwell.engine import relief
from dunwell.features.access.actor import Actor, Operation
from dunwell.features.policy.today import business_date
from dunwell.features.receivables import load as loader
from dunwell.features.receivables.load import FileReport, LoadReport

LOADER = Actor("loader", brands=None)

Connection = psycopg.Connection[TupleRow]


def load(
    database: Database,
    plugins: PluginManager,
    paths: Iterable[Path],
    *,
    date: dt.date | None = None,
    slice_width: int = 50_000,
    before_commit: loader.BeforeCommit | None = None,
    **options: Any,
) -> LoadReport:
    """`dunwell.features.receivables.load.load`, as on a business date (none: the default brand's
    today).
    """

    def relieve(connection: Connection) -> None:
        today = date or business_date(connection)
        relief.relieve(Operation(connection, LOADER, today, slice_width, plugins.hook))
        if before_commit:
            before_commit(connection)

    return loader.load(database, paths, slice_width=slice_width, before_commit=relieve, **options)


def load_rows(
    database: Database,
    plugins: PluginManager,
    kind: str,
    rows: Sequence[Mapping[str, Any]],
    **options: Any,
) -> FileReport:
    """Load rows of one kind, all with the same names, as `load` does a file of them.

    Raises BadInput if they can't be read.
    """
    with tempfile.TemporaryDirectory(prefix="dunwell-rows-") as folder:
        path = Path(folder) / f"{kind}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for row in rows:
                told = {name: _plain(value) for name, value in row.items()}
                file.write(json.dumps(told) + "\n")
        try:
            (report,) = load(database, plugins, [path], **options).files
        except BadFile as failure:
            raise BadInput(failure.message.replace(f"{path}: ", "")) from failure
    return report


def _plain(value: Any) -> str | None:
    """A value as a load file has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
