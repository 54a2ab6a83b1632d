"""What the worker does, and how often: one function for each, listed in `SCHEDULE`.

Each looks for itself whether there is anything to do, so being called too often, twice at once or
after a long pause does no harm. Add a line to the list for something new.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from pluggy import PluginManager

from dunwell.db.database import Database
from dunwell.domain.errors import Conflict
from dunwell.engine import asked, connecting, delivery, night, watch
from dunwell.features.events import log
from dunwell.features.reports import preparing, sending
from dunwell.features.subscriptions import delivering, fanning, recording
from dunwell.features.subscriptions.outgoing import Outgoing
from dunwell.features.tmf import notifications
from dunwell.settings import Settings

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Duty:
    """What the scheduled work is done with."""

    database: Database
    plugins: PluginManager
    settings: Settings
    outgoing: Outgoing
    clock: recording.Clock = delivering.utc_now
    since: dt.datetime = field(default_factory=delivering.utc_now)
    """When the worker started."""


def run_night(duty: Duty) -> None:
    """The night, if one is due; after a failure again, with growing pauses."""
    with duty.database.connect() as connection:
        standing = watch.nights(connection, duty.settings, duty.clock(), duty.since)
    if standing.due is None or (standing.retry_at and duty.clock() < standing.retry_at):
        return
    for day in _days(duty, standing):
        wanted = night.Night(
            day, workers=duty.settings.night_workers, slice_width=duty.settings.slice_width
        )
        try:
            night.run(duty.database, duty.plugins, wanted)
        except Conflict:
            logger.info("another run is going on", date=str(day))
            return
        except Exception as failure:
            logger.exception("the night broke off", date=str(day))
            message = f"{type(failure).__name__}: {failure}"
            with duty.database.connect() as connection:
                watch.note_failure(connection, standing.due, message, duty.clock())
            return


def _days(duty: Duty, standing: watch.Nights) -> list[dt.date]:
    """The due night, and those missed before it if each is to be run by itself."""
    assert standing.due is not None
    if standing.last_night is None or not duty.settings.night_each_day:
        return [standing.due]
    missed = (standing.due - standing.last_night).days
    return [standing.due - dt.timedelta(days=number) for number in reversed(range(missed))]


def run_asked(duty: Duty) -> None:
    """The nights that somebody asked for over the API."""
    asked.work_off(duty.database, duty.plugins, slice_width=duty.settings.slice_width)


def watch_nights(duty: Duty) -> None:
    """Notice a night that is late."""
    with duty.database.connect() as connection:
        if watch.note_lateness(connection, duty.settings, duty.clock(), duty.since):
            logger.error("the night is late")


def deliver(duty: Duty) -> None:
    """What the nights left for the outside world leaves the house, and what failed is tried again;
    not while a night is due, whose letters and payments go out together after it.
    """
    now = duty.clock()
    with duty.database.connect() as connection:
        standing = watch.nights(connection, duty.settings, now, duty.since)
    if standing.last_night is None or standing.due is not None:
        return
    try:
        asked = delivery.Delivery.of(duty.settings, standing.last_night, moment=now)
        delivery.deliver(duty.database, duty.plugins, asked)
    except Conflict:
        logger.info("another delivery is going on")


def publish_events(duty: Duty) -> None:
    """Find what is new in the log, and send what is due."""
    with duty.database.connect(autocommit=True) as connection:
        fanning.fan_out(connection, duty.clock())
    delivering.deliver(
        duty.database,
        duty.plugins,
        duty.outgoing,
        notification=notifications.notification,
        clock=duty.clock,
    )


def report(duty: Duty) -> None:
    """The sums of reports, once after each night, and those that it makes due by e-mail."""
    prepared = preparing.prepare(duty.database)
    if prepared is not None:
        logger.info(
            "reports prepared",
            date=str(prepared.business_date),
            seconds=round(prepared.seconds, 3),
        )
    sending.send_due(duty.database, sending.Post(duty.settings.smtp, duty.clock()))


def connect(duty: Duty) -> None:
    """Fetch what other systems have that is new, each connector as often as it wants."""
    connecting.run_due(
        connecting.Connecting(duty.database, duty.plugins, duty.settings, duty.clock)
    )


def keep_house(duty: Duty) -> None:
    """Make the log's months ahead of time, so that no night has to."""
    with duty.database.connect() as connection:
        # rather tomorrow than make everybody wait behind us
        connection.execute("set local lock_timeout = '5s'")
        log.ensure_months_ahead(connection, duty.clock().date())


SCHEDULE: tuple[tuple[str, Callable[[Duty], None]], ...] = (
    ("* * * * *", run_night),
    ("* * * * * */5", run_asked),
    ("* * * * *", watch_nights),
    ("*/5 * * * *", deliver),
    ("* * * * * */5", publish_events),
    ("* * * * *", report),
    ("* * * * *", connect),
    ("17 * * * *", keep_house),
)
"""When (a line of crontab in UTC, with seconds if it has six parts), and what."""
