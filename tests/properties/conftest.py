"""Fresh databases for each example that Hypothesis tries."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest

from dunwell.db.database import Database
from tests.conftest import new_database

Worlds = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(scope="session")
def worlds(server: str, template: str) -> Worlds:
    """Call it for a database that is an empty installation and goes away at the block's end."""
    return partial(new_database, server, template)
