"""Builds the application from settings: the only place that wires.

Every surface starts here: the database is there and up to date, an empty one is set up, plug-ins
are loaded, logging is configured. Nothing else in Dunwell reads the environment.
"""

import sys
from collections.abc import MutableMapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pluggy
import psycopg
from psycopg.rows import TupleRow

from dunwell.db.database import Database
from dunwell.domain.errors import BadInput, Unavailable
from dunwell.settings import Settings

SETUP_LOCK = 0x44756E77
"""The advisory lock under which one process at a time sets up or upgrades a database."""

PERSONAL = frozenset({"name", "company", "email", "phone", "address", "city", "postal_code"})
"""What never stands in a log, whoever logs it."""


@dataclass(frozen=True, slots=True)
class Application:
    """An installation, ready to work."""

    settings: Settings
    database: Database
    plugins: pluggy.PluginManager


def read_settings() -> Settings:
    """The installation's settings from the environment; a bad value is the caller's mistake."""
    from pydantic import ValidationError  # noqa: PLC0415 - only to name the variable
    from pydantic_settings import SettingsError  # noqa: PLC0415 - the same

    try:
        return Settings()
    except SettingsError as failure:
        # its own message names the field; the value may be a secret
        field = str(failure).partition('"')[2].partition('"')[0]
        raise BadInput(f"DUNWELL_{field.upper()} can't be read; it must be JSON.") from failure
    except ValidationError as failure:
        problem = failure.errors()[0]
        variable = "DUNWELL_" + "__".join(str(part) for part in problem["loc"]).upper()
        # a misspelt variable may hold a password
        value = "" if problem["type"] == "extra_forbidden" else f" is {problem['input']!r}"
        raise BadInput(f"{variable}{value}: {problem['msg']}.") from failure


def open_application(settings: Settings) -> Application:
    """Open the installation; an empty database is set up, an older schema is upgraded."""
    from dunwell.plugins.loader import plugin_manager  # noqa: PLC0415 - not for `db status`

    database = Database.of(settings)
    prepare(database)
    plugins = plugin_manager(settings.plugins)
    if settings.connectors:
        register_connectors(plugins)
    return Application(settings, database, plugins)


def register_connectors(plugins: pluggy.PluginManager) -> None:
    """The connectors that come with Dunwell are plug-ins like any other."""
    from dunwell.features.connectors import folder, pull, stripe  # noqa: PLC0415 - few have any

    for module in (folder, pull, stripe):
        plugins.register(module, module.__name__)


def prepare(database: Database) -> bool:
    """Bring the schema up to date and install what an empty database needs; whether that was
    any work. Of several processes that start at once, one does it and the others wait.
    """
    with database.connect(autocommit=True) as connection:
        if _is_ready(connection):
            return False
        connection.execute("select pg_advisory_lock(%s)", [SETUP_LOCK])
        if _is_ready(connection):
            return False
        from dunwell.db import migrations  # noqa: PLC0415 - a second that a ready database saves
        from dunwell.features.policy import installation  # noqa: PLC0415

        migrations.upgrade(database)
        with database.connect() as inside:
            installation.install(inside)
    return True


def revision(connection: psycopg.Connection[TupleRow]) -> str | None:
    """The schema revision of the database; none if it is empty."""
    if connection.execute("select to_regclass('alembic_version')").fetchone() == (None,):
        return None
    row = connection.execute("select version_num from alembic_version").fetchone()
    return None if row is None else str(row[0])


def known_revisions() -> list[str]:
    """The revisions of this version of Dunwell, oldest first, told by the names of their files
    (importing the migration tool to ask takes longer than most commands).
    """
    versions = files("dunwell.db") / "migrations" / "versions"
    return sorted(
        entry.name.partition("_")[0] for entry in versions.iterdir() if entry.name[0].isdigit()
    )


def _is_ready(connection: psycopg.Connection[TupleRow]) -> bool:
    present, known = revision(connection), known_revisions()
    if present is not None and present not in known:
        raise Unavailable(
            f"The database's schema is at revision {present}, which this Dunwell doesn't know"
            f" (its newest is {known[-1]}). Use the Dunwell that last ran on it, or a newer one."
        )
    return (
        present == known[-1]
        and connection.execute("select 1 from brand limit 1").fetchone() is not None
    )


def set_up_logging(*, debug: bool = False, server: bool = False) -> None:
    """Log to standard error, warnings and worse (everything with `debug`, each request with
    `server`): for people on a
    terminal, as one JSON object a line elsewhere; never personal data.
    """
    import logging  # noqa: PLC0415 - most commands log nothing

    import structlog  # noqa: PLC0415

    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_personal_data,
            *([] if terminal else [structlog.processors.format_exc_info]),
            # tracebacks without local variables: those hold customers
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if terminal
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if debug else logging.INFO if server else logging.WARNING
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _without_personal_data(
    _logger: Any, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key in PERSONAL & entry.keys():
        entry[key] = "…"
    return entry
