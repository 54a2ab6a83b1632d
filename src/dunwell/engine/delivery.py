"""Delivery: what the night left for the outside world leaves the house, after it has committed.

`deliver` is the manual's utility that sends dunning letters, and more: payments are collected and
settled for first, so that who has paid gets no letter. One delivery goes on at a time. What another
one left half-done is finished or known to be uncertain; nothing goes out twice.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import structlog
from pluggy import PluginManager

from dunwell.db import locks, statements
from dunwell.db.database import Database
from dunwell.domain.errors import Conflict
from dunwell.engine import collecting
from dunwell.features.access.actor import Actor, Operation, Permission
from dunwell.features.agencies import exporting
from dunwell.features.letters import delivering, mailing, printing, reminders
from dunwell.features.letters.delivering import Round
from dunwell.features.letters.rendering import Renderer
from dunwell.features.payments.gateways import registry
from dunwell.features.payments.gateways.registry import Gateways
from dunwell.settings import Settings, Smtp

_DELIVERING = statements.load("dunwell.features.letters", "delivering.sql")

ACTOR = Actor("delivery", frozenset({Permission.DELIVER}), brands=None)

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is asked for."""

    date: dt.date
    """The business date; events carry it, and what was made later stays."""
    folder: Path
    """Where files go: printed letters, reminders, direct debits, what agencies are told."""
    smtp: Smtp = field(default_factory=Smtp)
    gateways: Gateways = field(default_factory=Gateways)
    what: frozenset[str] = frozenset()
    """Names of steps; empty: all of them."""
    one_file: bool = False
    """All letters of a batch in one PDF."""
    again: bool = False
    """Also what is in error."""
    moment: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    """Now, for pauses between attempts and the date of an e-mail."""
    slice_width: int = 50_000

    @classmethod
    def of(
        cls, settings: Settings, date: dt.date, *, folder: Path | None = None, **more: Any
    ) -> "Delivery":
        """A delivery with the installation's settings."""
        return cls(
            date=date,
            folder=folder or settings.export or settings.home / "letters",
            smtp=settings.smtp,
            gateways=registry.of(settings),
            slice_width=settings.slice_width,
            **more,
        )


@dataclass(slots=True)
class Report:
    """What a delivery did, and what stands where after it."""

    date: dt.date
    counts: Counter[str]
    standing: dict[str, int]
    files: list[Path]
    collected: dict[str, Decimal]
    """What was collected for certain, by currency."""
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "date": self.date.isoformat(),
            **{name: self.counts[name] for name in COUNTED},
            "standing": self.standing,
            "files": [str(path) for path in self.files],
            "collected": {code: str(amount) for code, amount in self.collected.items()},
            "seconds": round(self.seconds, 3),
        }


COUNTED = (
    "payments",
    "declined",
    "in_files",
    "unanswered",
    "left_collections",
    "rendered",
    "printed",
    "mailed",
    "reminders",
    "withdrawn",
    "failed",
    "deferred",
    "uncertain",
    "without_mail_server",
    "referrals",
    "recalls",
)
"""What a report counts, in its order."""


@dataclass(slots=True)
class Work:
    """A delivery under way: what its steps share."""

    asked: Delivery
    database: Database
    plugins: PluginManager
    round: Round
    renderer: Renderer
    tell: Callable[[str], None]
    files: list[Path] = field(default_factory=list)
    collected: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a delivery, under the name by which it can be asked for."""

    name: str
    perform: Callable[[Work], None]


def _payments(work: Work) -> None:
    """Payments are collected; who has paid is settled for, and leaves if it suffices."""
    work.tell("collecting payments")
    asked, counts = work.asked, work.round.counts
    collection, closed = collecting.collect_payments(
        work.database,
        work.plugins,
        asked.gateways,
        ACTOR,
        asked.date,
        slice_width=asked.slice_width,
    )
    counts["payments"] += collection.outcomes["succeeded"]
    counts["declined"] += collection.outcomes["declined"]
    counts["in_files"] += collection.in_files
    counts["unanswered"] += collection.unanswered
    counts["left_collections"] += sum(closed.values())
    work.collected.update(collection.collected)
    work.files += collecting.write_files(work.database, asked.gateways, asked.folder)


def _letters(work: Work) -> None:
    """Letters are rendered, then printed and e-mailed."""
    if work.asked.again:
        delivering.try_again(work.round)
    work.tell("rendering letters")
    delivering.render(work.round, work.renderer)
    work.tell("printing letters")
    one_file = work.asked.one_file
    work.files += printing.deliver(work.round, work.asked.folder, one_file=one_file)
    work.tell("sending e-mails")
    mailing.deliver(work.round, work.asked.smtp)


def _messages(work: Work) -> None:
    """Invoice reminders are rendered, and handed to the billing system."""
    if work.asked.again:
        reminders.try_again(work.round)
    work.tell("preparing invoice reminders")
    reminders.render(work.round, work.renderer)
    if (path := reminders.export(work.round, work.asked.folder)) is not None:
        work.files.append(path)


def _agencies(work: Work) -> None:
    """Agencies are told what is referred to them and what is recalled."""
    work.tell("telling agencies")
    with work.database.connect() as connection:
        told = exporting.prepare(
            Operation(connection, ACTOR, work.asked.date, work.asked.slice_width)
        )
    work.round.counts["referrals"] += sum(each.referrals for each in told)
    work.round.counts["recalls"] += sum(each.recalls for each in told)
    work.files += exporting.write(work.database, work.asked.folder)


STEPS: tuple[Step, ...] = (
    # payments are collected and settled for before any letter goes out, agencies get theirs last
    Step("payments", _payments),
    Step("letters", _letters),
    Step("messages", _messages),
    Step("agencies", _agencies),
)
"""What is delivered, in this order."""


def deliver(
    database: Database,
    plugins: PluginManager,
    asked: Delivery,
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Deliver what is ready. Raises Conflict while another delivery is going on."""
    started = time.monotonic()
    busy = Conflict("Another delivery is going on in this database; wait until it has ended.")
    with (
        database.connect(autocommit=True) as connection,
        locks.alone(connection, locks.DELIVERY, busy),
    ):
        round_ = Round.begin(connection, asked.date, asked.moment)
        with Renderer() as renderer:
            work = Work(asked, database, plugins, round_, renderer, tell)
            for step in STEPS:
                if not asked.what or step.name in asked.what:
                    step.perform(work)
        standing: dict[str, int] = dict(_DELIVERING["standing"].run(connection).fetchall())
    seconds = time.monotonic() - started
    report = Report(asked.date, round_.counts, standing, work.files, work.collected, seconds)
    logger.info("delivered", **{name: report.counts[name] for name in COUNTED})
    return report
