"""The schema's history, and the two things one does with it: look and upgrade."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from dunwell.db import walls
from dunwell.db.database import Database


def _configuration(database: Database) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", "dunwell.db:migrations")
    configuration.attributes["engine"] = database.engine
    return configuration


def newest() -> str:
    """The revision that this version of Dunwell needs."""
    configuration = Config()
    configuration.set_main_option("script_location", "dunwell.db:migrations")
    return str(ScriptDirectory.from_config(configuration).get_current_head())


def current(database: Database) -> str | None:
    """The database's revision; none if it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database) -> None:
    """Bring the schema to the newest revision; nothing happens when it is there."""
    command.upgrade(_configuration(database), "head")
    with database.connect() as connection:
        walls.put_up(connection)
