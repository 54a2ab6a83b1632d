"""The command line as a person calls it: arguments in, exit code and both outputs out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dunwell.cli import main
from dunwell.db.database import Database


@dataclass
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)


Call = Callable[..., Outcome]


@pytest.fixture
def dunwell(capsys: pytest.CaptureFixture[str]) -> Call:
    def call(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Outcome(ended.value.code, said.out, said.err)

    return call


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of its own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("DUNWELL_HOME", str(folder))
    monkeypatch.delenv("DUNWELL_DATABASE_URL", raising=False)
    return folder


@pytest.fixture
def installation(home: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An empty installation that the commands work on."""
    monkeypatch.setenv("DUNWELL_DATABASE_URL", database.address)
    return database
