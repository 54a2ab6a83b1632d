"""What a person, and a machine, is told when something is wrong."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cli.conftest import Call

from dunwell.cli import database as database_commands
from dunwell.db.database import Database
from dunwell.features.cases import invariants


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("2026-02-30", "day is out of range for month"),
        ("31.03.2026", "write it like 2026-03-31"),
        ("20260331", "write it like 2026-03-31"),
        ("2026-W01-1", "write it like 2026-03-31"),
    ],
)
def test_a_date_that_is_none_is_named_with_the_way_to_write_it(
    dunwell: Call, value: str, remedy: str
):
    outcome = dunwell("run", "--date", value)
    assert outcome.code == 2
    assert value in outcome.err
    assert remedy in outcome.err
    assert outcome.out == ""


def test_with_json_the_error_is_one_json_object_too(dunwell: Call):
    outcome = dunwell("run", "--date", "2026-02-30", "--json")
    assert outcome.code == 2
    assert outcome.json["error"]["code"] == "bad_input"
    assert "2026-02-30" in outcome.json["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "2026-03-01"], "needs both ends"),
        (["--from", "2026-03-02", "--to", "2026-03-01"], "lies before"),
        (["--date", "2026-03-02", "--from", "2026-03-01"], "one or the other"),
        (["--workers", "0"], "--workers"),
    ],
)
def test_days_that_contradict_each_other_are_refused_before_anything_runs(
    dunwell: Call, home: Path, arguments: list[str], said: str
):
    outcome = dunwell("run", *arguments)
    assert outcome.code == 2
    assert said in outcome.err
    assert not home.exists()


@pytest.mark.parametrize("boundaries", ["30,x", "30,30", "60,30", "0,30", "-5"])
def test_bucket_boundaries_must_rise(dunwell: Call, boundaries: str):
    outcome = dunwell("ageing", f"--boundaries={boundaries}")
    assert outcome.code == 2
    assert repr(boundaries) in outcome.err
    assert "30,60,90" in outcome.err


def test_an_unknown_command_points_to_the_help(dunwell: Call):
    outcome = dunwell("nigth")
    assert outcome.code == 2
    assert "nigth" in outcome.err
    assert "dunwell --help" in outcome.err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["case"], "Missing argument 'BILL_UNIT_NO'; see dunwell case --help"),
        (["load"], "Missing argument 'PATH'; see dunwell load --help"),
        (["template", "preview"], "Missing option '--name'; see dunwell template preview --help"),
    ],
)
def test_what_is_missing_is_named(dunwell: Call, command: list[str], said: str):
    outcome = dunwell(*command)
    assert (outcome.code, outcome.err.strip()) == (2, f"error: {said}")


def test_a_noun_without_a_verb_shows_its_verbs(dunwell: Call):
    outcome = dunwell("db")
    assert outcome.code == 2
    assert outcome.err.startswith("Usage: dunwell db")
    assert "upgrade" in outcome.err


def test_a_server_that_does_not_answer_is_a_failure_that_names_the_variable(
    dunwell: Call, home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DUNWELL_DATABASE_URL", "postgresql://anna:secret@127.0.0.1:1/none")
    outcome = dunwell("db", "status")
    assert outcome.code == 1
    assert "DUNWELL_DATABASE_URL" in outcome.err
    assert "secret" not in outcome.err


def test_a_bad_environment_variable_is_named(dunwell: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DUNWELL_SLICE_WIDTH", "wide")
    outcome = dunwell("db", "status")
    assert outcome.code == 2
    assert "DUNWELL_SLICE_WIDTH" in outcome.err
    assert "'wide'" in outcome.err


def test_a_fault_of_ours_is_one_line_unless_debug(
    dunwell: Call, home: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError("twice\nbroken")

    monkeypatch.setattr(database_commands, "_prepare", broken)
    outcome = dunwell("db", "init")
    assert outcome.code == 1
    assert outcome.err.strip() == "error: ZeroDivisionError: twice broken (--debug shows where)"
    with pytest.raises(ZeroDivisionError):
        dunwell("db", "init", "--debug")


def test_a_database_that_is_lost_on_the_way_says_how_to_go_on(
    dunwell: Call, installation: Database, monkeypatch: pytest.MonkeyPatch
):
    def lost(_connection: object) -> None:
        with installation.connect() as connection:
            connection.execute("select pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(invariants, "check", lost)
    outcome = dunwell("db", "check", "--json")
    assert outcome.code == 1
    assert outcome.json["error"]["code"] == "unavailable"
    assert "run the same command again" in outcome.err


def test_letters_that_the_terminal_lacks_end_no_command(tmp_path: Path):
    # the only process whose output has another encoding is another one
    shown = subprocess.run(  # noqa: S603 - our own command
        [Path(sys.executable).with_name("dunwell"), "policy", "check", tmp_path / "Weiß €.toml"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (shown.returncode, b"There is no file" in shown.stderr) == (2, True)


def test_help_comes_quickly():
    fastest = min(_seconds_of_help() for _ in range(3))
    assert fastest < 0.4


def _seconds_of_help() -> float:
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-c", "from dunwell.cli import main; main(['--help'])"],
        check=True,
        capture_output=True,
    )
    return time.monotonic() - started


def test_bare_dunwell_prints_its_commands(dunwell: Call):
    outcome = dunwell()
    assert outcome.code == 0
    for noun in ("demo", "db", "policy", "load", "run", "ageing", "explain", "case"):
        assert f"\n  {noun} " in outcome.out
