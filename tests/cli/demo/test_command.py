"""`dunwell demo`, small, from an empty folder to its last page."""

import re
from pathlib import Path

import pytest
from tests.cli.conftest import Call


def test_a_small_demo_runs_to_its_end_and_what_it_suggests_works(
    dunwell: Call, home: Path, monkeypatch: pytest.MonkeyPatch
):
    outcome = dunwell("demo", "--accounts", "20", "--nights", "100")
    assert outcome.code == 0, outcome.err
    for said in ("loaded 20 accounts", "The night of 2025-12-15", "What is owed on", "Try next"):
        assert said in outcome.out
    suggested = re.findall(r"dunwell (case|explain|ageing) (.*)$", outcome.out, re.MULTILINE)
    assert [command for command, _ in suggested] == ["case", "explain", "ageing"]
    monkeypatch.setenv("DUNWELL_HOME", str(home / "demo"))
    for command, arguments in suggested:
        again = dunwell(command, *arguments.split())
        assert again.code == 0, again.err
    assert dunwell("db", "check").code == 0
    assert dunwell("run", "--date", "2025-12-16").code == 0
