"""Worlds that are built once and copied for each test that begins with one: to copy a database
takes a small part of the time of the loads and nights that filled it.
"""

import uuid
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.conftest import new_database
from tests.world import World

Build = Callable[[World], object]
CopyOf = Callable[[Build], World]
"""What the fixture `copy_of` gives."""


class Prepared:
    """The worlds of a test run, by what builds them; `close` drops them."""

    def __init__(self, server: str, template: str, folder: Path) -> None:
        self._server = server
        self._template = template
        self._folder = folder
        self._made: dict[Build, tuple[str, int]] = {}
        self._stack = ExitStack()

    def database(self, build: Build) -> tuple[str, int]:
        """The name of the database to be copied, and the next number of its world."""
        if build not in self._made:
            made = self._stack.enter_context(new_database(self._server, self._template))
            folder = self._folder / uuid.uuid4().hex
            folder.mkdir()
            world = World(made, folder)
            build(world)
            with made.connect() as connection:
                name = connection.info.dbname
            # a database that somebody is in can't be copied
            made.close()
            self._made[build] = name, world.number()
        return self._made[build]

    def close(self) -> None:
        """Drop what was built."""
        self._stack.close()
