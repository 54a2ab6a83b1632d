"""One installation of two brands for all tests, which only look, or roll back."""

from collections.abc import Iterator

import pytest
from tests.conftest import new_database
from tests.features.access.town import fill
from tests.world import World


@pytest.fixture(scope="session")
def world(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with new_database(server, template) as database:
        yield fill(World(database, tmp_path_factory.mktemp("walls")))
