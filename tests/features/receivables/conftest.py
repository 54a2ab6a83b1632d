"""The desk at which the loader's tests sit."""

from pathlib import Path

import pytest
from tests.features.receivables.desk import Desk

from dunwell.db.database import Database


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path)
