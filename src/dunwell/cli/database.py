"""`dunwell db`: set up, look at, upgrade and check the database."""

from dataclasses import asdict
from typing import Any

import typer

from dunwell.cli import output
from dunwell.cli.options import Debug, Json

app = typer.Typer(help="Set up, look at, upgrade and check the database.", no_args_is_help=True)

COUNTED = ("account", "bill_unit", "bill", "item", "collection_case", "policy_version", "run")


@app.command()
def init(as_json: Json = False, debug: Debug = False) -> None:
    """Set up an empty database; does nothing to one that is there."""
    _prepare(as_json=as_json, debug=debug, done="set up", already="already set up")


@app.command()
def upgrade(as_json: Json = False, debug: Debug = False) -> None:
    """Bring the schema to this version of Dunwell (every command does it when needed)."""
    _prepare(as_json=as_json, debug=debug, done="upgraded", already="up to date")


def _prepare(*, as_json: bool, debug: bool, done: str, already: str) -> None:
    from dunwell.bootstrap import (
        known_revisions,
        prepare,
        read_settings,
        set_up_logging,
    )
    from dunwell.db.database import Database

    set_up_logging(debug=debug)
    database = Database.of(read_settings())
    changed = prepare(database)
    newest = known_revisions()[-1]
    if as_json:
        output.answer({"changed": changed, "revision": newest})
    else:
        output.show(f"The database is {done if changed else already}: revision {newest}.")


@app.command()
def status(as_json: Json = False) -> None:
    """Show the server, the schema's revision and how much is in there; changes nothing."""
    from dunwell.bootstrap import read_settings
    from dunwell.db.database import Database

    settings = read_settings()
    if settings.database_url is None and not (settings.home / "postgres").exists():
        if as_json:
            output.answer({"address": None, "state": "absent"})
        else:
            output.show(f"There is no database in {settings.home} yet; `dunwell db init` makes it.")
        return
    found = _look(Database.of(settings))
    if settings.database_url is None:
        found["address"] = f"embedded in {settings.home}"
    if as_json:
        output.answer(found)
        return
    lines = output.table("what", "is", show_header=False)
    for name, value in found.items():
        if name == "rows":
            for table, count in value.items():
                lines.add_row(f"{output.words(table)}s", f"{count:,}")
        else:
            lines.add_row(output.words(name), "none yet" if value is None else str(value))
    output.show(lines)


def _look(database: Any) -> dict[str, Any]:
    from psycopg import sql

    from dunwell.bootstrap import known_revisions, revision

    with database.connect() as connection:
        present, known = revision(connection), known_revisions()
        state = "empty" if present is None else "up to date"
        if present is not None and present != known[-1]:
            state = "older" if present in known else "newer than this Dunwell"
        found: dict[str, Any] = {
            "address": repr(database).removeprefix("Database(").removesuffix(")"),
            "server": f"PostgreSQL {connection.info.parameter_status('server_version')}",
            "state": state,
            "revision": present,
            "newest_revision": known[-1],
        }
        if state == "up to date":
            found["rows"] = {
                table: connection.execute(
                    sql.SQL("select count(*) from {}").format(sql.Identifier(table))
                ).fetchall()[0][0]
                for table in COUNTED
            }
            found["last_night"] = connection.execute(
                "select max(business_date) from run where status = 'completed'"
            ).fetchall()[0][0]
    return found


@app.command()
def check(as_json: Json = False) -> None:
    """Look for rows that contradict each other; exit code 1 if there are any."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.cases import invariants

    with open_application(read_settings()).database.connect() as connection:
        breaches = invariants.check(connection)
    if as_json:
        output.answer({"breaches": [asdict(breach) for breach in breaches]})
    elif not breaches:
        output.show("Every invariant holds.")
    else:
        for breach in breaches:
            output.show(f"{output.words(breach.name)}: {breach.count:,} rows, among them")
            output.show(*(f"  {', '.join(map(str, row))}" for row in breach.examples))
    if breaches:
        raise typer.Exit(1)
