"""A business of two brands and two currencies over four months, with something for every report."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.conftest import new_database
from tests.policies import two_brands
from tests.world import World

from dunwell.bootstrap import set_up_logging
from dunwell.features.access.actor import Actor, Operation, Permission, operator
from dunwell.features.reports import preparing

LAST = dt.date(2026, 6, 20)
BOTH = ("north", "south")

POLICY = two_brands(
    "2 letter {brand}, 10 fee {brand}, 15 call {brand}, 30 Refer to collections agency,"
    " 60 Write off balance",
    yen=True,
    more="""
[[agents]]
name = "Jennifer"
role = "manager"

[[agents]]
name = "Omar"
supervisor = "Jennifer"
""",
)


def fill(world: World) -> None:
    """Twelve customers, six in each brand, who behave differently."""
    world.policy(POLICY)
    for brand, currency in (("north", "USD"), ("south", "JPY")):
        for number in range(1, 7):
            no = f"{brand}-{number}"
            world.customer(no, currency=currency, brand=brand, email=f"{no}@example.com")
            for month in (2, 3, 4, 5, 6):
                world.bill(f"{number}00", f"2026-{month:02}-15", no)
    night = dt.date(2026, 2, 20)
    deeds = _deeds(world)
    while night <= LAST:
        for deed in deeds.get(night, ()):
            deed()
        world.night(night)
        if night.day != 1:
            world.deliver(night)
        night += dt.timedelta(days=5)


def _deeds(world: World) -> dict[dt.date, list[Callable[[], Any]]]:
    """What happens on the eve of some nights, in both brands alike."""

    def pay(number: int, amount: str, on: str) -> Callable[[], Any]:
        return lambda: [world.pay(amount, on, f"{brand}-{number}") for brand in BOTH]

    def by_hand(
        unit: int, on: str, verb: str, /, *given: Any, who: str = "jen", **more: Any
    ) -> Callable[[], Any]:
        def do() -> None:
            for brand in BOTH:
                person = world.by_hand(on, operator(who))
                no = f"{brand}-{unit}"
                if verb == "assign":
                    person.assign(*given, no)
                else:
                    getattr(person, verb)(*given, bill_unit_no=no, **more)

        return do

    def bounce() -> None:
        for brand in BOTH:
            unit = f"{brand}-1"
            no = world.pay("60", "2026-05-17", unit, payment_no=f"bounced {unit}")
            world.pay("-60", "2026-05-20", unit, reverses=no)

    def waive() -> None:
        for brand in BOTH:
            world.adjust("-12", "2026-04-12", f"{brand}-5")

    return {
        dt.date(2026, 3, 2): [pay(1, "100", "2026-02-27")],
        dt.date(2026, 3, 7): [
            pay(2, "150", "2026-03-05"),
            *(by_hand(number, "2026-03-06", "assign", "Omar") for number in (2, 3, 6)),
        ],
        dt.date(2026, 3, 17): [
            by_hand(3, "2026-03-17", "promise", number=2, total_days=20),
            by_hand(2, "2026-03-17", "promise", number=2, total_days=10, who="eve"),
        ],
        dt.date(2026, 3, 22): [
            pay(4, "400", "2026-03-21"),
            pay(3, "150", "2026-03-19"),
            pay(5, "7", "2026-03-21"),
        ],
        dt.date(2026, 4, 6): [pay(3, "350", "2026-04-02"), by_hand(6, "2026-04-05", "complete", 3)],
        dt.date(2026, 4, 16): [waive],
        dt.date(2026, 5, 6): [pay(4, "1000", "2026-05-01")],
        dt.date(2026, 5, 16): [pay(3, "300", "2026-03-30")],
        dt.date(2026, 5, 21): [bounce],
        dt.date(2026, 6, 5): [by_hand(6, "2026-06-05", "assign", "Omar")],
        dt.date(2026, 6, 10): [pay(6, "600", "2026-06-07")],
    }


@pytest.fixture(autouse=True, scope="session")
def _quiet() -> None:
    set_up_logging()


@pytest.fixture(scope="session")
def business(
    server: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The business after its last night, with prepared sums; nobody changes it."""
    with new_database(server, template) as database:
        world = World(database, tmp_path_factory.mktemp("business"))
        fill(world)
        assert preparing.prepare(database) is not None
        yield world


@pytest.fixture
def operation(business: World) -> Iterator[Operation]:
    """The installation's operator, who sees everything."""
    with business.database.connect() as connection:
        yield Operation(connection, operator("root"), LAST)


@pytest.fixture
def world(database: Any, tmp_path: Path) -> World:
    return World(database, tmp_path)


def reader(*permissions: Permission, brand_ids: frozenset[int] | None = None, **more: Any) -> Actor:
    return Actor("reader", frozenset(permissions), brand_ids, **more)


def brand_id(connection: psycopg.Connection, name: str) -> int:
    ((number,),) = connection.execute("select id from brand where name = %s", [name]).fetchall()
    return int(number)
