"""requirements.lock: what `make setup` installs."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def test_every_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    ]
    locked = set(re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==", LOCK, re.MULTILINE))
    names = {re.split(r"[\[<>=~! ]", each)[0].lower() for each in wanted}
    assert names <= locked, "run `make lock`"


def test_every_version_has_a_hash_and_no_address_is_named():
    assert "://" not in LOCK
    for entry in re.split(r"\n(?=[a-z])", LOCK.strip()):
        assert "--hash=sha256:" in entry, entry
