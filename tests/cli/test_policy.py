"""`dunwell policy`: a file on its way into force and back."""

from pathlib import Path

from tests.cli.conftest import Call

from dunwell.cli.demo.command import POLICY
from dunwell.db.database import Database


def test_the_sample_policy_is_good(dunwell: Call):
    outcome = dunwell("policy", "check", POLICY)
    assert outcome.code == 0
    assert "is a good policy" in outcome.out


def test_a_bad_policy_is_refused_with_all_its_problems(dunwell: Call, tmp_path: Path):
    file = tmp_path / "policy.toml"
    file.write_text('[[profiles]]\nname = "all"\ncurrency = "DOLLARS"\n\n[[scenarioes]]\n', "utf-8")
    outcome = dunwell("policy", "check", file, "--json")
    assert outcome.code == 2
    assert outcome.json["error"]["code"] == "bad_policy"
    assert len(outcome.json["error"]["problems"]) >= 2
    text = dunwell("policy", "check", file)
    assert "policy.toml:3" in text.err


def test_what_diff_shows_apply_does_and_export_gives_back(
    dunwell: Call, installation: Database, tmp_path: Path
):
    shown = dunwell("policy", "diff", POLICY)
    assert "+ scenario Standard" in shown.out
    assert "~ brand default" in shown.out
    applied = dunwell("policy", "apply", POLICY, "--as", "anna", "--note", "first", "--json").json
    assert "Nothing would change." in dunwell("policy", "diff", POLICY).out
    copy = tmp_path / "copy.toml"
    assert dunwell("policy", "export", copy).code == 0
    assert dunwell("policy", "apply", copy, "--json").json == applied
    assert dunwell("policy", "export").out == copy.read_text("utf-8")
    refused = dunwell("policy", "export", tmp_path)
    assert (refused.code, f"{tmp_path} can't be written" in refused.err) == (2, True)
    with installation.connect() as connection:
        assert connection.execute(
            "select applied_by, note from policy_version order by id desc limit 1"
        ).fetchone() == ("anna", "first")
