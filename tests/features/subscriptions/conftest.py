"""A publisher's day: a clock that is turned by hand, fan-out and delivery on demand."""

import datetime as dt
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from tests.features.subscriptions.receiving import Subscriber
from tests.world import World

from dunwell.db.database import Database
from dunwell.features.access.actor import Actor, Operation, operator
from dunwell.features.events import log
from dunwell.features.subscriptions import fanning, queries, service
from dunwell.features.subscriptions.delivering import deliver
from dunwell.features.subscriptions.fanning import FanOut
from dunwell.features.subscriptions.outgoing import Outgoing
from dunwell.features.subscriptions.recording import Delivered
from dunwell.features.subscriptions.service import Wish

HERE = Outgoing(b"k" * 32, (ip_network("127.0.0.0/8"), ip_network("::1/128")))
DAY = dt.date(2026, 3, 2)


class Publisher:
    def __init__(self, world: World) -> None:
        self.world = world
        self.database = world.database
        # the receiver's side checks that messages aren't old, so time begins now
        self.now = dt.datetime.now(dt.UTC)
        with self.database.connect() as connection:
            log.ensure_month(connection, DAY)

    def do(self, verb: Any, *given: Any, actor: Actor | None = None, **options: Any) -> Any:
        with self.database.connect() as connection:
            operation = Operation(connection, actor or operator("Grace"), DAY)
            return verb(operation, *given, **options)

    def subscribe(self, url: str, name: str = "billing", outgoing: Outgoing = HERE, **wish) -> str:
        return str(self.do(service.create, outgoing, name, url, Wish(**wish)))

    def write(self, *bill_units: int, kind: str = "exempted", **data: Any) -> None:
        """One event for each, in a transaction."""
        with self.database.connect() as connection:
            for bill_unit in bill_units:
                write(connection, bill_unit, kind, data)

    def fan_out(self) -> FanOut:
        with self.database.connect(autocommit=True) as connection:
            return fanning.fan_out(connection, self.now)

    def deliver(self, outgoing: Outgoing = HERE, **options: Any) -> Delivered:
        return deliver(
            self.database, self.world.plugins, outgoing, clock=lambda: self.now, **options
        )

    def publish(self) -> Delivered:
        self.fan_out()
        return self.deliver()

    def later(self, **time: int) -> None:
        self.now += dt.timedelta(**time)

    def state(self, name: str = "billing") -> Any:
        (state,) = self.do(queries.subscriptions, name)
        return state

    def parked(self, name: str = "billing") -> Any:
        return self.do(queries.parked, name)


def write(connection: Any, bill_unit: int, kind: str = "exempted", data: Any = None) -> int:
    from psycopg.types.json import Jsonb

    row = connection.execute(
        "insert into event (business_date, account_id, bill_unit_id, kind, data)"
        " values (%s, %s, %s, %s, %s) returning id",
        [DAY, bill_unit, bill_unit, kind, Jsonb(data or {})],
    ).fetchone()
    return int(row[0])


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


@pytest.fixture
def publisher(world: World) -> Publisher:
    return Publisher(world)


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    with Subscriber() as subscriber:
        yield subscriber
