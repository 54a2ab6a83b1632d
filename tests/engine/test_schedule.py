"""The worker's nights: at their hour, again after a failure, noticed when they are late."""

import datetime as dt
from pathlib import Path

import pytest
from tests.features.letters.conftest import letters_policy
from tests.policies import policy, scenario
from tests.world import World

from dunwell.db import locks
from dunwell.db.database import Database
from dunwell.engine import schedule, watch
from dunwell.engine.schedule import Duty
from dunwell.features.subscriptions.outgoing import Outgoing
from dunwell.plugins.specs import hookimpl
from dunwell.settings import Settings


class Clock:
    def __init__(self) -> None:
        self.now = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def set(self, text: str) -> None:
        self.now = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    world = World(database, tmp_path)
    with database.connect() as connection:
        connection.execute("update brand set time_zone = 'UTC'")
    return world


@pytest.fixture
def duty(world: World, clock: Clock, tmp_path: Path) -> Duty:
    settings = Settings(home=tmp_path, night_grace=60)
    return Duty(world.database, world.plugins, settings, Outgoing(b"k" * 32), clock, clock())


def nights(world: World) -> list[str]:
    rows = world.rows("select business_date::text from run where status = 'completed' order by id")
    return [day for (day,) in rows]


def logged(world: World, kind: str) -> list[str]:
    rows = world.rows("select business_date::text from event where kind = %s order by id", kind)
    return [day for (day,) in rows]


def test_the_night_is_run_at_its_hour_and_once(world: World, duty: Duty, clock: Clock):
    for moment in ("2026-03-02T02:29", "2026-03-02T02:30", "2026-03-02T02:31", "2026-03-03T02:30"):
        clock.set(moment)
        schedule.run_night(duty)
    assert nights(world) == ["2026-03-02", "2026-03-03"]


def test_after_days_without_a_worker_one_night_makes_up_for_all(
    world: World, duty: Duty, clock: Clock
):
    for moment in ("2026-03-02T02:30", "2026-03-06T09:00"):
        clock.set(moment)
        schedule.run_night(duty)
    assert nights(world) == ["2026-03-02", "2026-03-06"]


def test_or_each_missed_day_has_its_own(world: World, duty: Duty, clock: Clock):
    settings = duty.settings.model_copy(update={"night_each_day": True})
    each_day = Duty(duty.database, duty.plugins, settings, duty.outgoing, clock, duty.since)
    for moment in ("2026-03-02T02:30", "2026-03-05T09:00"):
        clock.set(moment)
        schedule.run_night(each_day)
    assert nights(world) == ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]


class Broken:
    @hookimpl
    def select_profile(self, batch):
        raise RuntimeError("the score service is away")


def test_a_night_that_breaks_off_is_told_and_tried_again_after_a_pause(
    world: World, duty: Duty, clock: Clock
):
    world.policy(policy(scenario()))
    world.customer()
    world.bill("100.00", due="2026-02-01")
    broken = Broken()
    world.plugins.register(broken)
    clock.set("2026-03-02T02:30")
    schedule.run_night(duty)
    schedule.run_night(duty)
    assert logged(world, "night_failed") == ["2026-03-02"]
    with world.database.connect() as connection:
        standing = watch.nights(connection, duty.settings, clock())
    assert (standing.failures, standing.due) == (1, dt.date(2026, 3, 2))
    assert "score service" in (standing.message or "")
    clock.set("2026-03-02T02:32")
    schedule.run_night(duty)
    assert logged(world, "night_failed") == ["2026-03-02"] * 2
    world.plugins.unregister(broken)
    clock.set("2026-03-02T03:00")
    schedule.run_night(duty)
    assert nights(world) == ["2026-03-02"]
    with world.database.connect() as connection:
        standing = watch.nights(connection, duty.settings, clock())
    assert (standing.due, standing.failures, standing.is_late) == (None, 0, False)


def test_a_late_night_is_told_once(world: World, duty: Duty, clock: Clock):
    clock.set("2026-03-02T03:29")
    schedule.watch_nights(duty)
    assert logged(world, "night_late") == []
    for moment in ("2026-03-02T03:30", "2026-03-02T05:00"):
        clock.set(moment)
        schedule.watch_nights(duty)
    assert logged(world, "night_late") == ["2026-03-02"]
    schedule.run_night(duty)
    clock.set("2026-03-03T02:31")
    schedule.watch_nights(duty)
    assert logged(world, "night_late") == ["2026-03-02"]


def test_while_another_run_is_going_on_the_worker_s_night_keeps_away(
    world: World, duty: Duty, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("dunwell.db.locks.PATIENCE", 0.1)
    clock.set("2026-03-02T02:30")
    with world.database.connect() as other:
        other.execute("select pg_advisory_lock(%s)", [locks.RUN])
        schedule.run_night(duty)
    assert logged(world, "night_failed") == []
    assert nights(world) == []


def test_months_are_made_ahead(world: World, duty: Duty):
    schedule.keep_house(duty)
    ((count,),) = world.rows(
        "select count(*) from pg_class where relname in"
        " ('event_2026_03', 'event_2026_04', 'event_2026_05')"
    )
    assert count == 3


def test_what_a_night_left_is_delivered_after_it_and_not_while_one_is_due(
    world: World, duty: Duty, clock: Clock
):
    world.policy(letters_policy())
    world.customer()
    world.bill("80.00", "2026-03-01")
    schedule.deliver(duty)
    for moment in ("2026-03-11T02:30", "2026-03-12T02:30"):
        clock.set(moment)
        schedule.run_night(duty)
    clock.set("2026-03-13T02:31")
    schedule.deliver(duty)
    assert world.rows("select status from letter") == [("ready",)]
    clock.set("2026-03-13T01:00")
    schedule.deliver(duty)
    assert world.rows("select status, sent_at is not null from letter") == [("sent", True)]
    assert logged(world, "letter_sent") == ["2026-03-12"]
