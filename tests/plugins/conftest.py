from pathlib import Path

import pytest

from dunwell.db.database import Database
from tests.world import World


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)
