"""`dunwell connector`: a folder is fetched from by hand, and how it does is told."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Call

from dunwell.db.database import Database


@pytest.fixture
def drop(installation: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    entry = {"type": "folder", "path": str(folder), "quiet_seconds": 0}
    monkeypatch.setenv("DUNWELL_CONNECTORS", json.dumps({"drop": entry}))
    return folder


def test_what_was_dropped_is_fetched_and_listed(dunwell: Call, drop: Path):
    assert "never" in dunwell("connector", "list").out
    (drop / "accounts.csv").write_text("account_no,name\nA1,Ada\n", "utf-8")
    ran = dunwell("connector", "run", "drop", "--json")
    assert (ran.code, ran.json["created"], ran.json["refused"]) == (0, 1, [])
    (listed,) = dunwell("connector", "list", "--json").json["connectors"]
    assert (listed["name"], listed["failures"], listed["message"]) == ("drop", 0, None)
    assert listed["ran_at"] is not None


def test_what_is_refused_is_said_and_ends_with_2(dunwell: Call, drop: Path):
    (drop / "accounts.csv").write_text("account_no,name,brand\nA1,Ada,none\n", "utf-8")
    ran = dunwell("connector", "run", "drop")
    assert ran.code == 2
    assert "1 of 1 rows are bad" in ran.err + ran.out
    assert "Bad rows are listed in" in ran.err + ran.out


def test_an_unknown_connector_is_named_with_those_there_are(dunwell: Call, drop: Path):
    assert drop.is_dir()
    unknown = dunwell("connector", "run", "crm")
    assert unknown.code == 2
    assert "no connector 'crm' in DUNWELL_CONNECTORS; there are drop" in unknown.err


def test_secrets_are_never_told(dunwell: Call, drop: Path, monkeypatch: pytest.MonkeyPatch):
    assert drop.is_dir()
    monkeypatch.setenv("DUNWELL_CONNECTOR_SECRETS", '{"drop": "hunter2"}')
    monkeypatch.setenv("DUNWELL_CONNECTORS", '{"drop": {"type": "folder", "token": "hunter3"}}')
    refused = dunwell("connector", "run", "drop")
    assert refused.code == 2
    assert "drop: path: Field required" in refused.err
    assert "hunter" not in refused.err + refused.out
