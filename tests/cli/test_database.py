"""`dunwell db`."""

from pathlib import Path

from tests.cli.conftest import Call

from dunwell.bootstrap import known_revisions
from dunwell.db.database import Database


def test_status_of_nothing_says_how_to_begin_and_makes_nothing(dunwell: Call, home: Path):
    outcome = dunwell("db", "status")
    assert outcome.code == 0
    assert "dunwell db init" in outcome.out
    assert not home.exists()


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
    assert "postgresql://" in status["address"]
    text = dunwell("db", "status").out
    assert "up to date" in text


def test_a_database_of_a_newer_dunwell_is_left_alone(dunwell: Call, installation: Database):
    with installation.connect() as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    outcome = dunwell("db", "upgrade")
    assert outcome.code == 1
    assert "9999" in outcome.err
    assert "newer" in dunwell("db", "status").out
