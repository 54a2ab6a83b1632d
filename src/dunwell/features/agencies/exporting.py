"""Exporting: one CSV file for each agency with what is referred to it, one with what is recalled.

The file and the referrals that it tells are recorded in one transaction; the folder gets it after
the commit, again if need be, under the same name. So an agency hears of each referral once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dunwell.db import locks, outgoing_files, statements
from dunwell.db.database import Database
from dunwell.domain.spreadsheets import as_csv
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.events import log as event_log
from dunwell.features.receivables.work import IS_OVERDUE

_EXPORTING = statements.load(__package__, "exporting.sql")

FILE_KINDS = ("agency_referrals", "agency_recalls")


@dataclass(frozen=True, slots=True)
class Told:
    """What one agency is told in one file."""

    agency: str
    brand: str
    file: str
    referrals: int
    recalls: int


def prepare(operation: Operation) -> list[Told]:
    """Make the files for every agency that must be told something; the surface commits, then
    `write` puts them into a folder.
    """
    operation.actor.require(Permission.DELIVER)
    event_log.ensure_month(operation.connection, operation.date)
    given = {"brands": operation.actor.brand_ids}
    agencies = _EXPORTING["agencies"].run(operation.connection, given).fetchall()
    told: list[Told] = []
    slices: set[int] = set()
    for agency_id, _, _ in agencies:
        parameters = {"agency_id": agency_id, "slice_width": operation.slice_width}
        found = _EXPORTING["accounts"].run(operation.connection, parameters)
        slices |= {no for (no,) in found}
    for no in sorted(slices):
        width = operation.slice_width
        locks.share_slice(operation.connection, no * width, width)
    for agency_id, agency, brand in agencies:
        told += _prepare(operation, agency_id, agency, brand)
    return told


def _prepare(operation: Operation, agency_id: int, agency: str, brand: str) -> Iterable[Told]:
    given: dict[str, Any] = {
        "agency_id": agency_id,
        "agency": agency,
        "business_date": operation.date,
        "actor": operation.actor.name,
    }
    _EXPORTING["one_exporter"].run(operation.connection, given)
    _EXPORTING["withdraw"].run(operation.connection, given)
    for what in ("referral", "recall"):
        lines = _EXPORTING[f"{what}_lines"]
        cursor = lines.run(operation.connection, given, {"is_overdue": IS_OVERDUE})
        assert cursor.description is not None
        names = [column.name for column in cursor.description]
        rows = cursor.fetchall()
        if not rows:
            continue
        kind = f"agency_{what}s"
        row = _EXPORTING["file_no"].run(operation.connection, {**given, "kind": kind}).fetchone()
        assert row is not None
        who = outgoing_files.plain_name(f"{brand}-{agency}")
        name = f"{what}s-{who}-{operation.date}-{row[0]}.csv"
        # the first two columns are ours
        content = as_csv(names[2:], (line[2:] for line in rows))
        file = outgoing_files.OutgoingFile(kind, name, content)
        told = sorted({line[:2] for line in rows})
        parameters = {
            **given,
            "file": name,
            "file_id": outgoing_files.put(operation.connection, file, operation.date),
            "accounts": [account_id for account_id, _ in told],
            "ids": [number for _, number in told],
        }
        _EXPORTING[f"{what}s_told"].run(operation.connection, parameters)
        referrals, recalls = (len(told), 0) if what == "referral" else (0, len(told))
        yield Told(agency, brand, name, referrals, recalls)


def write(database: Database, folder: Path) -> list[Path]:
    """Put the files that are in no folder yet into this one; each whole or not at all."""
    with database.connect(autocommit=True) as connection:
        return outgoing_files.write(connection, folder, FILE_KINDS)
