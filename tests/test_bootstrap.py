"""The only place that wires."""

import json
import threading

import pytest
import structlog

from dunwell import bootstrap
from dunwell.db import migrations
from dunwell.db.database import Database
from dunwell.domain.errors import BadInput


def test_the_newest_revision_told_by_file_names_is_the_migration_tools(database: Database):
    assert bootstrap.known_revisions()[-1] == migrations.newest()
    with database.connect() as connection:
        assert bootstrap.revision(connection) == migrations.current(database)


def test_of_several_processes_that_start_on_an_empty_database_one_sets_it_up(database: Database):
    with database.connect() as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
    done: list[bool] = []
    starting = [
        threading.Thread(target=lambda: done.append(bootstrap.prepare(Database(database.address))))
        for _ in range(4)
    ]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    assert sorted(done) == [False, False, False, True]


def test_a_log_line_is_json_outside_a_terminal_and_holds_no_personal_data(
    capsys: pytest.CaptureFixture[str],
):
    bootstrap.set_up_logging(debug=True)
    structlog.get_logger().debug("loaded", account_no="100001", email="a@example.com", phone="1")
    entry = json.loads(capsys.readouterr().err)
    assert entry["event"] == "loaded"
    assert entry["account_no"] == "100001"
    assert (entry["email"], entry["phone"]) == ("…", "…")
    bootstrap.set_up_logging()
    structlog.get_logger().debug("not told")
    assert capsys.readouterr().err == ""


def test_a_misspelt_variable_does_not_show_what_it_holds(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DUNWELL_SMTP__PASWORD", "hush")
    with pytest.raises(BadInput, match="DUNWELL_SMTP__PASWORD") as refused:
        bootstrap.read_settings()
    assert "hush" not in refused.value.message
