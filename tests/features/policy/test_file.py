"""The policy file: what can't be read, folders, and writing it back."""

from decimal import Decimal

import pytest
from tests.features.policy.written import GOOD, errors

from dunwell.domain.errors import BadFile, BadPolicy
from dunwell.features.policy import file, model


def test_lines_that_are_not_toml_are_told(tmp_path):
    found = errors(tmp_path, 'a = 1\nb = \n[[x]]\nc = "open\n')
    assert found[0].startswith("policy.toml:2: not TOML")
    assert errors(tmp_path, "a = 1\na = 2\n")[0].startswith("policy.toml:2: not TOML")


def test_a_policy_nested_beyond_measure_is_refused(tmp_path):
    deep = "{ not = " * 200 + '{ field = "account.city", missing = true }' + " }" * 200
    text = f'[[profiles]]\nname = "P"\ncurrency = "USD"\nrule = {deep}\n'
    assert "nested too deeply" in errors(tmp_path, text)[0]


def test_a_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_bytes(b"\xff\xfe")
    assert file.examine(path).errors[0].startswith(f"{path}:1: can't be read")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadFile, match=r"nowhere\.toml"):
        file.read(tmp_path / "nowhere.toml")
    with pytest.raises(BadFile, match="no policy in the folder"):
        file.read(tmp_path)


def test_a_folder_is_read_as_one_policy(tmp_path):
    profiles, actions, scenarios = GOOD.split("\n\n")
    (tmp_path / "1-profiles.toml").write_text(profiles)
    (tmp_path / "2-actions.toml").write_text(actions)
    (tmp_path / "3-scenarios.toml").write_text(scenarios)
    whole = tmp_path / "whole" / "policy.toml"
    whole.parent.mkdir()
    whole.write_text(GOOD)
    assert file.read(tmp_path) == file.read(whole)


def test_a_problem_in_a_folder_names_its_own_file_and_line(tmp_path):
    (tmp_path / "a.toml").write_text(GOOD)
    (tmp_path / "b.toml").write_text('[[actions]]\nname = "Letter"\ntype = "dunning_letter"\n')
    with pytest.raises(BadPolicy) as failure:
        file.read(tmp_path)
    assert failure.value.problems == (f"{tmp_path}/b.toml:1: template is missing — add it",)


def test_the_same_switch_in_two_files_is_refused(tmp_path):
    (tmp_path / "a.toml").write_text('[settings]\nentry_date = "computed"\n')
    (tmp_path / "b.toml").write_text('\n[settings]\nentry_date = "processing"\n')
    with pytest.raises(BadPolicy, match=r"b\.toml:3: given in two files \(settings.entry_date\)"):
        file.read(tmp_path)


def test_an_amount_is_exact_with_or_without_quotes(tmp_path):
    path = tmp_path / "policy.toml"
    for written in ("123456789012345.67", '"123456789012345.67"', "123_456_789_012_345.67"):
        path.write_text(GOOD.replace("100.00", written))
        assert file.read(path).scenarios[0].entry_amount == Decimal("123456789012345.67")


def test_the_empty_policy_is_a_valid_file(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(file.write(model.Policy()))
    assert file.read(path) == model.Policy()
    path.write_text("")
    assert file.read(path) == model.Policy()
