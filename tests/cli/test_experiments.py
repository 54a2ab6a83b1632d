"""`dunwell experiments` compares arms, and the utility's sample policy is a good one."""

from pathlib import Path

from tests.cli.conftest import Call

import dunwell as package
from dunwell.db.database import Database
from dunwell.features.policy import file as policy_file

UTILITY = Path(package.__file__).parent / "cli" / "demo" / "utility_criteria.toml"


def test_the_sample_policy_for_a_utility_has_neither_errors_nor_warnings():
    examined = policy_file.examine(UTILITY)
    assert (examined.errors, examined.warnings) == ((), ())


def test_an_experiment_is_compared_arm_by_arm(dunwell: Call, installation: Database):
    assert installation
    assert dunwell("policy", "apply", str(UTILITY)).code == 0
    told = dunwell("experiments", "compare", "call before the second letter").out
    assert "residential (champion)" in told
    assert "residential, call first" in told
    assert "Undecided after 0 judged customers" in told
    unknown = dunwell("experiments", "compare", "none")
    assert unknown.code != 0
    assert "There is no experiment 'none'." in unknown.err
