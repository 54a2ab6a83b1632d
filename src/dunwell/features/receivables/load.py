"""Loading receivables: files into staging, all checks in one pass, a set-based merge.

Each file is one transaction. The kind's SQL file holds its statements, whose names say when they
run: `outside_…` finds what other systems mean by their identifiers (after `load_outside.sql` has
put rows aside that are out of date; both only if the file has such), `draft` makes the table of
typed rows with what they refer to, `prepare_…`, `repeat_…` (until it changes nothing) and `check_…`
find what is wrong, `merge_…` write the good rows, touching only what differs, and `link_…` keep the
identifiers.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements
from dunwell.db.database import Database
from dunwell.domain.errors import BadFile
from dunwell.features.policy import installation
from dunwell.features.receivables import staging
from dunwell.features.receivables.files import Progress, Source, find, open_source
from dunwell.features.receivables.kinds import KINDS
from dunwell.features.receivables.rejects import Reject, RejectsFile

PACKAGE = "dunwell.features.receivables"
ANALYZE_FROM = 10_000
"""A load of more rows than this refreshes the planner's statistics."""

EXAMPLES = 20
"""How many rejects a report holds; the rejects file has all."""

Connection = psycopg.Connection[TupleRow]
BeforeCommit = Callable[[Connection], object]
"""What else belongs to the transaction of a file, once its rows are written."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """A row that was ignored because something newer was taken before."""

    line: int
    outside_id: str
    version: str
    known_version: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: its rows by outcome; `applied` is false when it was refused."""

    file: str
    kind: str
    rows: int
    created: int
    changed: int
    unchanged: int
    rejected: int
    applied: bool
    seconds: float
    rejects: tuple[Reject, ...]
    outdated: int = 0
    outdated_rows: tuple[Outdated, ...] = ()
    """The first of them."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of a load; `not_tried` are the files after a refused one."""

    files: tuple[FileReport, ...]
    not_tried: tuple[str, ...]
    rejects_file: str | None

    @property
    def complete(self) -> bool:
        """Whether every row of every file was taken."""
        return not self.not_tried and not any(file.rejected for file in self.files)

    @property
    def refused(self) -> FileReport | None:
        """The file that was refused because of its rejected rows, if any."""
        return next((file for file in self.files if not file.applied), None)

    def as_json(self) -> dict[str, Any]:
        """The report for machines."""
        return asdict(self)


def load(
    database: Database,
    paths: Iterable[Path],
    *,
    keep_good: bool = False,
    rejects: Path | None = None,
    progress: Progress | None = None,
    slice_width: int = 50_000,
    before_commit: BeforeCommit | None = None,
) -> LoadReport:
    """The work of `dunwell.engine.loading.load`, which surfaces call: it gives `before_commit`.

    Load files, and the load files of folders, in the order of what depends on what.

    Names and headers are looked at before anything is loaded. A file with rejected rows is refused
    and ends the load, unless `keep_good` takes its good rows. Raises BadFile for what can't be
    read; the files before it stay loaded, and the message says which.
    """
    sources = sorted(map(open_source, find(paths)), key=lambda source: KINDS.index(source.kind))
    reports: list[FileReport] = []
    with (
        RejectsFile(rejects) as rejects_file,
        database.connect(autocommit=True) as connection,
    ):
        connection.execute("set temp_buffers = '256MB'")
        for source in sources:
            try:
                report = _load_file(
                    connection,
                    source,
                    rejects_file,
                    keep_good=keep_good,
                    progress=progress,
                    slice_width=slice_width,
                    before_commit=before_commit,
                )
            except BadFile as failure:
                raise BadFile(f"{failure.message} {_so_far(reports)}") from failure
            reports.append(report)
            if not report.applied:
                break
        not_tried = tuple(str(source.path) for source in sources[len(reports) :])
    written = str(rejects) if rejects_file.written else None
    return LoadReport(tuple(reports), not_tried, written)


def _so_far(reports: Sequence[FileReport]) -> str:
    done = ", ".join(report.file for report in reports)
    return f"Nothing of it was applied{f'; loaded before it: {done}' if done else ''}."


def _load_file(
    connection: Connection,
    source: Source,
    rejects_file: RejectsFile,
    *,
    keep_good: bool,
    progress: Progress | None,
    slice_width: int,
    before_commit: BeforeCommit | None,
) -> FileReport:
    started = time.monotonic()
    work = _Work(connection, source, slice_width)
    created = changed = 0
    with connection.transaction() as transaction:
        rows = work.read(progress)
        outdated = work.outdated()
        rejected = work.check()
        found = tuple(work.rejects(EXAMPLES)) if rejected else ()
        if rejected:
            rejects_file.write(work.rejects())
        applied = keep_good or not rejected
        if not applied:
            raise psycopg.Rollback(transaction)
        created, changed = work.merge()
        if before_commit and created + changed:
            before_commit(connection)
    if created + changed > ANALYZE_FROM:
        work.analyze()
    return FileReport(
        file=str(source.path),
        kind=source.kind.name,
        rows=rows,
        created=created,
        changed=changed,
        unchanged=rows - rejected - created - changed - len(outdated) if applied else 0,
        rejected=rejected,
        applied=applied,
        seconds=round(time.monotonic() - started, 3),
        rejects=found,
        outdated=len(outdated),
        outdated_rows=outdated[:EXAMPLES],
    )


class _Work:
    """One file on its way: its statements, run in the order of their file, group by group."""

    def __init__(self, connection: Connection, source: Source, slice_width: int) -> None:
        self.connection = connection
        self.source = source
        self.shared = statements.load(PACKAGE, "load.sql")
        self.own = statements.load(PACKAGE, f"load_{source.kind.merged_as}.sql")
        kind = source.kind
        self.parameters = {
            "slice_width": slice_width,
            "kind": kind.name,
            "key_column": kind.key[-1],
        }
        self.fragments = {
            "key": ", ".join(kind.key),
            "same_key": " and ".join(f"draft.{name} = twin.{name}" for name in kind.key),
        }
        self.outside = statements.load(PACKAGE, "load_outside.sql")
        self.names_outside = source.kind.names_outside(source.header)

    def read(self, progress: Progress | None) -> int:
        """Fill `stage` and `draft`; from here on no other loader is at work."""
        for name in ("one_loader", "settings", "create_reject", "create_change"):
            self._run(self.shared[name])
        rows = staging.fill(self.connection, self.source, progress)
        if self.names_outside:
            for name, statement in self.outside.items():
                if not name.startswith("list_"):
                    self._run(statement)
            self._group("outside_")
        if self.source.kind.part_of:
            self._group("part_")
        if owner := self.source.kind.owner:
            self._run(self.shared[f"lock_by_{owner}"])
        self._group("draft")
        self.connection.execute("analyze draft")
        return rows

    def outdated(self) -> tuple[Outdated, ...]:
        """The rows that say what is known to be older."""
        if not self.names_outside:
            return ()
        return tuple(Outdated(*row) for row in self._run(self.outside["list_outdated"]))

    def check(self) -> int:
        """Move every bad row from `draft` to `reject`; how many rows that were.

        A rejected row can make others bad (the correction of a rejected bill): again until no more
        are found.
        """
        self._run(self.shared["reject_misfits"])
        while True:
            self._run(self.shared["check_twice"])
            self._group("prepare_", "repeat_", "check_")
            self._run(self.shared["reject_bad"])
            if not self._run(self.shared["discard_bad"]).rowcount:
                break
        return self._number("count_rejected")

    def rejects(self, limit: int | None = None) -> Iterator[Reject]:
        """What was rejected and why, line by line; without a limit through a server-side cursor."""
        with self.connection.cursor(name="rejects") as cursor:
            cursor.execute(self.shared["list_rejects"].text, {"limit": limit})
            for line, column, value, reason in cursor:
                yield Reject(str(self.source.path), line, column, value, reason)

    def merge(self) -> tuple[int, int]:
        """Write the good rows and say who was touched; how many were created and changed."""
        self._group("merge_")
        if self.names_outside:
            self._group("link_")
        if any(column.name == "bill_unit_no" for column in self.source.kind.staged):
            self._run(self.shared["touch"])
        if self.source.kind.merged_as in ("accounts", "bill_units"):
            installation.ensure_default_profiles(self.connection)
        return self._number("count_created"), self._number("count_changed")

    def analyze(self) -> None:
        """Refresh the statistics of the tables that this kind fills."""
        for table in _TABLES[self.source.kind.merged_as]:
            self.connection.execute(f"analyze {table}")

    def _group(self, *prefixes: str) -> None:
        for name, statement in self.own.items():
            if not name.startswith(prefixes):
                continue
            again = self._run(statement).rowcount
            while again and name.startswith("repeat_"):
                again = self._run(statement).rowcount

    def _number(self, name: str) -> int:
        row = self._run(self.shared[name]).fetchone()
        assert row is not None
        return int(row[0])

    def _run(self, statement: statements.Statement) -> psycopg.Cursor[TupleRow]:
        return statement.run(self.connection, self.parameters, self.fragments)


_TABLES = {
    "accounts": ("account",),
    "bill_units": ("bill_unit",),
    "service_agreements": ("service_agreement",),
    "bills": ("bill", "item", "credit", "dispute", "service_agreement"),
    "payments": ("credit",),
    "adjustments": ("credit", "item"),
    "budgets": ("budget",),
    "exchange_rates": ("exchange_rate",),
    "credit_alerts": ("credit_alert",),
}
