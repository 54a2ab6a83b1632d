"""`dunwell db`."""

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Call

from dunwell.bootstrap import known_revisions
from dunwell.db.database import Database


def test_status_of_nothing_says_how_to_begin_and_makes_nothing(dunwell: Call, home: Path):
    outcome = dunwell("db", "status")
    assert outcome.code == 0
    assert "dunwell db init" in outcome.out
    assert not home.exists()


def test_the_embedded_database_may_live_in_any_folder(tmp_path: Path):
    # a process of its own: the server runs until the last one that uses it ends
    done = subprocess.run(  # noqa: S603 - our own command
        [Path(sys.executable).with_name("dunwell"), "db", "init"],
        env={**os.environ, "DUNWELL_HOME": str(tmp_path / "Ada's own data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "set up" in done.stdout) == (0, True), done.stderr


def test_init_sets_up_an_empty_server_and_the_second_time_does_nothing(
    dunwell: Call, installation: Database
):
    with installation.connect() as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
    assert dunwell("db", "status", "--json").json["state"] == "empty"
    first = dunwell("db", "init", "--json")
    assert (first.code, first.json) == (0, {"changed": True, "revision": known_revisions()[-1]})
    assert dunwell("db", "init", "--json").json["changed"] is False


def test_status_shows_the_revision_and_counts_but_never_a_password(
    dunwell: Call, installation: Database
):
    status = dunwell("db", "status", "--json").json
    assert status["state"] == "up to date"
    assert status["revision"] == status["newest_revision"]
    assert status["rows"]["account"] == 0
    assert status["server"].startswith("PostgreSQL ")
    assert "dbname=test_" in status["address"]
    text = dunwell("db", "status").out
    assert "up to date" in text


def test_an_address_is_shown_without_its_password():
    for address in (
        "postgresql://anna:secret@db.example.com/collections",
        "postgresql://db.example.com/collections?user=anna&password=secret",
    ):
        shown = repr(Database(address))
        assert "secret" not in shown
        assert "user=anna" in shown
        assert "db.example.com" in shown


def test_a_database_of_a_newer_dunwell_is_left_alone(dunwell: Call, installation: Database):
    with installation.connect() as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    outcome = dunwell("db", "upgrade")
    assert outcome.code == 1
    assert "9999" in outcome.err
    assert "newer" in dunwell("db", "status").out
