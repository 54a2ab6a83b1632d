"""Running connectors: what one fetches goes through the loader, its cursor is kept when all is in.

One run of a connector at a time (an advisory lock, which dies with its process). A crash anywhere
is made good by running again: what was loaded already changes nothing.
"""

import datetime as dt
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from pluggy import PluginManager

from dunwell.db import locks
from dunwell.db.database import Database
from dunwell.domain.errors import BadInput, Conflict, DunwellError, NotFound, RuleViolation
from dunwell.engine.loading import load, load_rows
from dunwell.engine.settling import settle
from dunwell.features.connectors import state
from dunwell.features.connectors.state import State
from dunwell.features.events import log
from dunwell.features.policy.today import business_date, time_zone
from dunwell.features.receivables.kinds import KINDS
from dunwell.features.receivables.load import FileReport
from dunwell.features.subscriptions.addresses import networks
from dunwell.plugins.connecting import Connector, Found, Listener, Outcome, Rows, Wanted
from dunwell.settings import Settings

logger = structlog.get_logger()


@dataclass(slots=True)
class Ran:
    """What a run of a connector came to."""

    connector: str
    loads: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    outdated: int = 0
    rejected: int = 0
    refused: list[str] = field(default_factory=list)
    """Why loads weren't applied at all."""
    failure: str | None = None
    """Why the run counts as failed: a load was refused that nobody else puts away."""
    rejects_files: list[str] = field(default_factory=list)
    rows: state.Weighed = field(default_factory=state.Weighed)

    @property
    def problem(self) -> str | None:
        """What somebody has to put right, and how."""
        if not self.rejected and not self.refused:
            return None
        listed = f"; they are listed in {', '.join(self.rejects_files)}" if self.rejected else ""
        refused = f" {' '.join(self.refused)}" if self.refused else ""
        return (
            f"{self.rejected} rows couldn't be taken{listed}.{refused} Put right what they"
            f" say, then fetch everything again: dunwell connector run {self.connector} --anew"
        )

    def add(self, report: FileReport, given: Rows | Path) -> None:
        """Count a load in."""
        names = _names(given) if isinstance(given, Rows) else []
        bad = {names[each.line - 1] for each in report.rejects if each.line <= len(names)}
        if report.applied:
            self.rows.taken |= set(names) - bad
        if len(bad) < report.rejected or not report.applied:
            self.rows.all_known = False
        self.rows.untaken |= bad
        self.created += report.created
        self.changed += report.changed
        self.unchanged += report.unchanged
        self.outdated += report.outdated
        self.rejected += report.rejected


def utc_now() -> dt.datetime:
    """The clock on the wall."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Connecting:
    """What connectors are run with."""

    database: Database
    plugins: PluginManager
    settings: Settings
    clock: Callable[[], dt.datetime] = utc_now

    def connectors(self) -> dict[str, Connector]:
        """The connectors that the settings ask for, by name. Raises BadInput."""
        if not self.settings.connectors:
            return {}
        with self.database.connect() as connection:
            wanted = _wanted(self.settings, time_zone(connection))
        answers = self.plugins.hook.connectors(wanted=wanted)
        found = {each.name: each for each in chain.from_iterable(filter(None, answers))}
        missing = sorted(wanted.entries.keys() - found.keys())
        if missing:
            kind = wanted.entries[missing[0]].get("type")
            raise BadInput(
                f"DUNWELL_CONNECTORS: {missing[0]!r} has the type {kind!r}, which no plug-in knows;"
                " there are folder, http and stripe, and those of your own plug-ins."
            )
        return dict(sorted(found.items()))

    def named(self, name: str) -> Connector:
        """The connector of that name. Raises NotFound."""
        found = self.connectors()
        if name not in found:
            named = f"; there are {', '.join(found)}" if found else ""
            raise NotFound(f"There is no connector {name!r} in DUNWELL_CONNECTORS{named}.")
        return found[name]

    def states(self) -> list[tuple[Connector, State]]:
        """Every connector with what is known of it."""
        found = self.connectors()
        with self.database.connect() as connection:
            return [(each, state.read(connection, name)) for name, each in found.items()]

    def run(self, connector: Connector, *, anew: bool = False) -> Ran:
        """Fetch what is new, or everything `anew`, and load it. Raises Conflict while another run
        is going on, and what hinders the connector.
        """
        ran = Ran(connector.name)
        with self._alone(connector.name):
            with self.database.connect() as connection:
                cursor = None if anew else state.read(connection, connector.name).cursor
            try:
                self._take(ran, connector.fetch(cursor))
            except Exception as failure:
                said = failure.message if isinstance(failure, DunwellError) else ""
                self._note(ran, said or type(failure).__name__)
                raise
            self._note(ran, ran.failure)
            if cursor is None and ran.loads and not ran.problem:
                with self.database.connect() as connection:
                    state.settled(connection, ran.connector)
        return ran

    def hear(self, name: str, payload: bytes, signature: str) -> Ran:
        """Load what a webhook tells, and let bill units leave that have paid. Raises Forbidden,
        NotFound; RuleViolation when rows couldn't be taken, so that the other side tells it again.
        """
        connector = self.connectors().get(name)
        if not isinstance(connector, Listener):
            # who asks isn't known: nothing is said of what there is
            raise NotFound("Not found.")
        ran = Ran(name)
        paid = self._take(ran, connector.hear(payload, signature))
        if paid:
            with self.database.connect() as connection:
                units, today = state.units(connection, sorted(paid)), self._today(connection)
            width = self.settings.slice_width
            settle(self.database, self.plugins, today, units, slice_width=width)
        if ran.problem:
            self._log(ran)
            raise RuleViolation("rows_rejected", _TOLD_AGAIN)
        with self.database.connect() as connection:
            state.weigh(connection, ran.connector, None, ran.rows)
        return ran

    def _take(self, ran: Ran, found: Iterable[Found]) -> set[str]:
        """Load what was found; the bill units that have paid."""
        paid: set[str] = set()
        for each in found:
            outcomes = [self._load(ran, each, given) for given in each.loads]
            paid |= {
                str(row["bill_unit_no"])
                for given in each.loads
                if isinstance(given, Rows) and given.kind in ("payments", "adjustments")
                for row in given.rows
            }
            if ran.refused and (each.cursor is not None or each.finished is None):
                # from here on no cursor is kept: what was refused is fetched again
                ran.failure = ran.refused[0]
            elif each.cursor is not None:
                with self.database.connect() as connection:
                    state.keep_cursor(connection, ran.connector, each.cursor)
            if each.finished:
                each.finished(outcomes)
        return paid

    def _load(self, ran: Ran, found: Found, given: Rows | Path) -> Outcome:
        ran.loads += 1
        rejects = found.rejects or self._rejects(ran)
        options: dict[str, Any] = {
            "date": self.settings.business_date,
            "slice_width": self.settings.slice_width,
            "keep_good": found.keep_good,
            "rejects": rejects,
        }
        try:
            if isinstance(given, Rows):
                report = load_rows(self.database, self.plugins, given.kind, given.rows, **options)
            else:
                (report,) = load(self.database, self.plugins, [given], **options).files
        except BadInput as failure:
            return _refused(ran, failure.message)
        except (FileNotFoundError, PermissionError) as failure:
            return _refused(ran, f"{failure.filename} can't be read: {failure.strerror}.")
        ran.add(report, given)
        if report.rejected:
            ran.rejects_files.append(str(rejects))
        if not report.applied:
            ran.refused.append(f"{report.file}: {report.rejected} of {report.rows} rows are bad.")
        return Outcome(report.applied, report.rejected)

    def _rejects(self, ran: Ran) -> Path:
        moment = self.clock().strftime("%Y%m%dT%H%M%S.%f")
        return self.settings.home / "connectors" / f"{ran.connector}-{moment}-{ran.loads}.csv"

    def _note(self, ran: Ran, message: str | None) -> None:
        with self.database.connect() as connection:
            before = state.read(connection, ran.connector)
            state.note(connection, ran.connector, self.clock(), message)
            if message is not None and not before.failures:
                facts = {"connector": ran.connector, "message": message}
                self._record(connection, "connector_failed", facts)
        self._log(ran)

    def _log(self, ran: Ran) -> None:
        """What was brought, for everybody to see; and what couldn't be taken until it can."""
        with self.database.connect() as connection:
            state.weigh(connection, ran.connector, ran.problem, ran.rows)
        if not (ran.created or ran.changed or ran.problem):
            return
        counts = ("created", "changed", "outdated", "rejected")
        facts = {"connector": ran.connector, **{name: getattr(ran, name) for name in counts}}
        with self.database.connect() as connection:
            if ran.problem:
                facts["problem"] = ran.problem
            self._record(connection, "connector_loaded", facts)

    def _record(self, connection: Any, kind: str, facts: dict[str, Any]) -> None:
        today = self._today(connection)
        log.ensure_month(connection, today)
        log.record(connection, today, kind, facts, actor="connector")

    def _today(self, connection: Any) -> dt.date:
        return self.settings.business_date or business_date(connection)

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        lock = [locks.CONNECTOR, zlib.crc32(name.encode()) & 0x7FFF_FFFF]
        with self.database.connect(autocommit=True) as connection:
            got = connection.execute("select pg_try_advisory_lock(%s, %s)", lock).fetchone()
            if got != (True,):
                raise Conflict(f"The connector {name!r} is running already; wait for it.")
            yield


_TOLD_AGAIN = (
    "Not everything of this could be taken; `dunwell connector list` says why. Tell it again later."
)


def _names(given: Rows) -> list[str]:
    """What each row is about: by the other system's identifier, else by its own number."""
    key = next((kind.key for kind in KINDS if kind.name == given.kind), ())
    return [
        " ".join([given.kind, *map(str, (row.get("outside_id"), *map(row.get, key)))])
        for row in given.rows
    ]


def _refused(ran: Ran, message: str) -> Outcome:
    ran.rows.all_known = False
    ran.refused.append(message)
    return Outcome(applied=False, message=message)


def run_due(connecting: Connecting) -> list[Ran]:
    """Run what is due, one after the other; what fails is noted and holds no other up."""
    done: list[Ran] = []
    for connector, known in connecting.states():
        if not known.is_due(connector.every, connecting.clock()):
            continue
        try:
            done.append(connecting.run(connector))
        except Conflict:
            continue
        except Exception as failure:  # noqa: BLE001 - a plug-in may raise anything; others go on
            # a message of ours says what is wrong; another's may hold what the log must not
            said = failure.message if isinstance(failure, DunwellError) else type(failure).__name__
            logger.warning("a connector failed", connector=connector.name, message=said)
    return done


def _wanted(settings: Settings, zone: ZoneInfo) -> Wanted:
    key, secret = settings.stripe_key, settings.stripe_webhook_secret
    return Wanted(
        settings.connectors,
        {name: value.get_secret_value() for name, value in settings.connector_secrets.items()},
        networks(settings.webhook_networks),
        {
            "key": key.get_secret_value() if key else None,
            "webhook_secret": secret.get_secret_value() if secret else None,
            "address": settings.stripe_address,
        },
        zone,
    )
