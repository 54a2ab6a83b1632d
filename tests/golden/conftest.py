from pathlib import Path

import pytest
from tests.world import World

from dunwell.db.database import Database


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)
