"""Files dropped into a folder: complete ones are loaded once, and put away."""

import errno
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.features.connectors.conftest import Plant, run

from dunwell.domain.errors import BadInput, NotFound, Unavailable
from dunwell.engine import connecting as engine
from dunwell.engine.connecting import Connecting
from dunwell.plugins.connecting import Outcome


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def _watch(plant: Plant, drop: Path, **given: Any) -> Connecting:
    entry = {"type": "folder", "path": str(drop), "quiet_seconds": 0, **given}
    return plant.with_(connectors={"drop": entry})


def _put(drop: Path, name: str, *lines: str) -> Path:
    path = drop / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _inside(folder: Path) -> list[str]:
    return sorted(path.name.partition("-")[2] for path in folder.iterdir())


def test_files_are_loaded_in_the_order_of_what_depends_on_what_and_put_away(
    plant: Plant, drop: Path
):
    table = pa.table({"account_no": ["A1"], "name": ["Ada"]})
    parquet.write_table(table, drop / "accounts.parquet")
    _put(drop, "bill_units.csv", "bill_unit_no,account_no,currency", "U1,A1,USD")
    ran = run(_watch(plant, drop), "drop")
    assert (ran.created, ran.rejected, ran.refused) == (2, 0, [])
    assert plant.rows("select bill_unit_no from bill_unit") == [("U1",)]
    assert _inside(drop / "done") == ["accounts.parquet", "bill_units.csv"]
    assert run(_watch(plant, drop), "drop").loads == 0


def test_a_file_that_is_still_written_stays(plant: Plant, drop: Path):
    path = _put(drop, "accounts.csv", "account_no,name", "A1,Ada")
    _put(drop, "accounts.csv.part", "account_no,name")
    _put(drop, ".accounts.csv", "account_no,name")
    (drop / "accounts_2.csv").symlink_to(path)
    watched = _watch(plant, drop, quiet_seconds=60)
    assert run(watched, "drop").loads == 0
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 61))
    assert run(watched, "drop").created == 1
    assert _inside(drop / "done") == ["accounts.csv"]
    assert (drop / "accounts.csv.part").exists()


def test_a_file_with_bad_rows_is_put_beside_the_list_of_them(plant: Plant, drop: Path):
    _put(drop, "accounts.csv", "account_no,name,brand", "A1,Ada,", "A2,Bo,none")
    _put(drop, "bills.csv", "bill_no")
    ran = run(_watch(plant, drop), "drop")
    assert (ran.created, ran.rejected, len(ran.refused)) == (0, 1, 2)
    names = _inside(drop / "rejected")
    assert names == [
        "accounts.csv",
        "accounts.csv.rejects.csv",
        "bills.csv",
        "bills.csv.rejects.csv",
    ]
    (listed,) = (drop / "rejected").glob("*accounts.csv.rejects.csv")
    assert "brand,none,is not a brand of the policy" in listed.read_text("utf-8")
    (told,) = plant.events("connector_loaded")
    assert told["rejected"] == 1


def test_the_good_rows_can_be_kept(plant: Plant, drop: Path):
    _put(drop, "accounts.csv", "account_no,name,brand", "A1,Ada,", "A2,Bo,none")
    ran = run(_watch(plant, drop, keep_good=True), "drop")
    assert (ran.created, ran.rejected, ran.refused) == (1, 1, [])
    assert _inside(drop / "done") == ["accounts.csv"]
    assert _inside(drop / "rejected") == ["accounts.csv.rejects.csv"]


def test_a_file_that_was_replaced_meanwhile_is_loaded_too(plant: Plant, drop: Path):
    path = _put(drop, "accounts.csv", "account_no,name", "A1,Ada")
    watched = _watch(plant, drop)
    (found,) = watched.named("drop").fetch(None)
    assert found.finished is not None
    _put(drop, "upload", "account_no,name", "A2,Bo").replace(path)
    found.finished([Outcome(applied=True)])
    assert path.exists()
    assert run(watched, "drop").created == 1
    assert plant.rows("select account_no from account") == [("A2",)]


def test_a_file_that_cannot_be_read_does_not_hold_up_others(
    plant: Plant, drop: Path, monkeypatch: pytest.MonkeyPatch
):
    _put(drop, "accounts.csv", "account_no,name", "A1,Ada")
    _put(drop, "accounts_2.csv", "account_no,name", "A2,Bo")
    opened = Path.open

    def deny(path: Path, *given: Any, **options: Any) -> Any:
        if path.name == "accounts.csv":  # for who runs the tests may read everything
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *given, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", deny)
        ran = run(_watch(plant, drop), "drop")
    assert ran.created == 1
    assert "accounts.csv can't be read: Permission denied" in ran.refused[0]
    assert _inside(drop / "done") == ["accounts_2.csv"]
    assert _inside(drop / "rejected") == ["accounts.csv", "accounts.csv.rejects.csv"]


def test_a_crash_between_loading_and_putting_away_does_no_harm(
    plant: Plant, drop: Path, monkeypatch: pytest.MonkeyPatch
):
    _put(drop, "accounts.csv", "account_no,name", "A1,Ada")
    watched = _watch(plant, drop)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            run(watched, "drop")
    ran = run(watched, "drop")
    assert (ran.created, ran.unchanged) == (0, 1)
    _put(drop, "accounts.csv", "account_no,name", "A1,Ada")
    assert run(watched, "drop").unchanged == 1
    assert (
        _inside(drop / "done") == ["accounts.csv", "accounts.csv"]
        or len(list((drop / "done").iterdir())) == 2
    )


def test_what_fails_is_noted_once_and_tried_again_with_growing_pauses(plant: Plant, tmp_path: Path):
    watched = _watch(plant, tmp_path / "nowhere")
    assert engine.run_due(watched) == []
    ((_, known),) = watched.states()
    assert (known.failures, "is no folder" in str(known.message)) == (1, True)
    assert not known.is_due(watched.named("drop").every, plant.now)
    engine.run_due(watched)
    with pytest.raises(Unavailable):
        run(watched, "drop")
    assert len(plant.events("connector_failed")) == 1
    (tmp_path / "nowhere").mkdir()
    run(watched, "drop")
    ((_, known),) = watched.states()
    assert (known.failures, known.message) == (0, None)


def test_wrong_settings_are_named_without_their_values(plant: Plant):
    with pytest.raises(BadInput, match="'x' has the type 'ftp'"):
        plant.with_(connectors={"x": {"type": "ftp"}}).connectors()
    wrong = plant.with_(connectors={"x": {"type": "folder", "pass": "hunter2"}})
    with pytest.raises(BadInput, match="x: path: Field required") as refused:
        wrong.connectors()
    assert "hunter2" not in refused.value.message
    with pytest.raises(NotFound, match="no connector 'y'"):
        plant.with_().named("y")
