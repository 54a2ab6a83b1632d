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
