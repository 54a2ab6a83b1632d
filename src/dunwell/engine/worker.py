"""The worker: procrastinate, which calls what is in `schedule` at its times.

Any number of workers may run; the database decides which of them gets a job. What a killed one
leaves behind holds nobody up: no job waits for another, and what was going on is found again in our
own tables.
"""

import asyncio
import functools
import threading
from collections.abc import Callable

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Status

from dunwell.db import queue
from dunwell.db.database import Database
from dunwell.engine.schedule import SCHEDULE, Duty

logger = structlog.get_logger()

PATIENCE = 20.0
"""Seconds that work under way has to end when the worker is told to stop."""
STALLED = 60
"""A worker that hasn't given a sign for so many seconds is dead."""


def run(duty: Duty) -> None:
    """Work until told to stop (SIGTERM or SIGINT)."""
    with duty.database.connect() as connection:
        queue.bring_up_to_date(connection)
    asyncio.run(_work(duty))


async def _work(duty: Duty) -> None:
    app = build(duty)
    async with app.open_async():
        await _clear_stalled(app)
        await app.run_worker_async(
            name="dunwell",
            concurrency=len(SCHEDULE),
            delete_jobs="always",
            shutdown_graceful_timeout=PATIENCE,
            stalled_worker_timeout=STALLED,
        )


def build(duty: Duty) -> App:
    """The application with every scheduled task; not opened yet."""
    app = App(connector=_connector(duty.database))
    for cron, work in SCHEDULE:
        name = work.__name__
        task = app.task(name=name, queueing_lock=name)(_at_most_once(work, duty))
        app.periodic(cron=cron)(task)
    return app


def _connector(database: Database) -> PsycopgConnector:
    return PsycopgConnector(
        conninfo=database.address,
        min_size=1,
        max_size=4,
        kwargs={
            "application_name": "dunwell worker",
            "options": f"-c search_path={queue.SCHEMA} -c timezone=UTC",
        },
    )


def _at_most_once(work: Callable[[Duty], None], duty: Duty) -> Callable[[int], None]:
    """The work as a task that is passed over while it is still going on in this process."""
    going_on = threading.Lock()

    @functools.wraps(work)
    def task(timestamp: int) -> None:
        del timestamp  # each looks at the clock itself
        if not going_on.acquire(blocking=False):
            return
        try:
            work(duty)
        except Exception:
            logger.exception("scheduled work failed", work=work.__name__)
            raise
        finally:
            going_on.release()

    return task


async def _clear_stalled(app: App) -> None:
    """Strike what dead workers were at; it is scheduled again anyway."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        if job.id is not None:
            await app.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)
