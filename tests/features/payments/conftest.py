from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.stripe import FakeStripe
from tests.features.payments.till import Till, gateways
from tests.world import World

from dunwell.db.database import Database


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


@pytest.fixture
def till(world: World, tmp_path: Path) -> Till:
    return Till(world, gateways(), tmp_path / "out")


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    with FakeStripe() as fake:
        yield fake


@pytest.fixture
def property_till(till: Till) -> Till:
    """One installation for all examples: B1 and B2 owe in euro, B9 in US dollars."""
    till.policy(steps="20 call", currency="EUR")
    for number, currency in (("B1", "EUR"), ("B2", "EUR"), ("B9", "USD")):
        till.debtor(number, currency=currency)
    return till
