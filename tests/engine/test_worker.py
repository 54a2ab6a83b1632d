"""The worker as a process: it does what is scheduled, and ends when told."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from procrastinate.schema import SchemaManager
from tests.features.subscriptions.receiving import Subscriber
from tests.world import World

from dunwell.db import queue
from dunwell.db.database import Database


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


def _wait_until(condition, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.5)


def test_a_worker_sends_events_and_a_killed_one_holds_nobody_up(world: World, tmp_path: Path):
    environment = {
        **os.environ,
        "DUNWELL_HOME": str(tmp_path),
        "DUNWELL_DATABASE_URL": world.database.address,
        "DUNWELL_WEBHOOK_NETWORKS": '["127.0.0.0/8", "::1/128"]',
        "DUNWELL_SECRET_KEY": "k" * 32,
    }

    def dunwell(*words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", "from dunwell.cli import main; main()", *words]
        return subprocess.Popen(  # noqa: S603 - our own command
            command, env=environment, stdout=subprocess.PIPE
        )

    with Subscriber() as subscriber:
        made = dunwell("subscriptions", "create", "all", subscriber.url)
        secret = made.communicate()[0].decode().strip()
        assert made.returncode == 0
        worker = dunwell("worker")
        try:
            _wait_until(lambda: subscriber.received)
            assert subscriber.received[0].verify(secret)["type"] == "dunwell.subscription_changed"
        finally:
            worker.kill()
            worker.wait()
        subscriber.take()
        worker = dunwell("worker")
        try:
            assert dunwell("subscriptions", "pause", "all").wait() == 0
            assert dunwell("subscriptions", "resume", "all").wait() == 0
            _wait_until(lambda: len(subscriber.received) == 2)
        finally:
            worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=120) == 0


def test_the_queue_of_an_older_procrastinate_is_brought_up_to_date(world: World):
    with world.database.connect() as connection:
        assert not queue.bring_up_to_date(connection)
        shape = _shape(connection)
        connection.execute("drop schema procrastinate cascade")
        assert queue.installed(connection) is None
        assert queue.bring_up_to_date(connection)
        assert _shape(connection) == shape
        # as procrastinate 3.2 left it, made by its own changes one after the other
        connection.execute("drop schema procrastinate cascade")
        connection.execute("create schema procrastinate")
        connection.execute("set local search_path = procrastinate")
        for path in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql")):
            if path.name < "03.03":
                connection.execute(path.read_bytes())
        connection.execute("set local search_path = public")
        connection.execute("comment on schema procrastinate is '3.2.2'")
        assert _shape(connection) != shape
        assert queue.bring_up_to_date(connection)
        assert _shape(connection) == shape
        # a newer one is left alone
        connection.execute("comment on schema procrastinate is '99.0.0'")
        assert not queue.bring_up_to_date(connection)


def _shape(connection) -> Any:
    return connection.execute(
        "select proname::text from pg_proc where pronamespace = 'procrastinate'::regnamespace"
        " union all select relname::text from pg_class"
        " where relnamespace = 'procrastinate'::regnamespace and relkind in ('r', 'i', 'S')"
        " order by 1"
    ).fetchall()


def test_the_queue_s_tables_stand_apart_from_ours(world: World):
    ((count,),) = world.rows(
        "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
        " and starts_with(relname, 'procrastinate')"
    )
    assert count == 0
