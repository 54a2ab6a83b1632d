"""What the policy file may say of collection substatuses and credit alerts."""

from pathlib import Path

import pytest
from tests.policies import policy, scenario

from dunwell.domain.errors import BadPolicy
from dunwell.features.policy import file as policy_file

KEPT = {"collection_status": "true"}


def problems(tmp_path: Path, more: str, settings: dict[str, str] | None = None) -> str:
    path = tmp_path / "policy.toml"
    path.write_text(policy(scenario(), settings=settings or KEPT, more=more), encoding="utf-8")
    with pytest.raises(BadPolicy) as refused:
        policy_file.read(path)
    return str(refused.value)


def substatus(text: str) -> str:
    return "[[collection_substatuses]]\n" + "\n".join(text.split("; ")) + "\n"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (substatus('name = "Late"; severity = 1'), "a substatus that holds for everybody ('Late')"),
        (substatus('name = "Entered"; severity = 1; from_days = 3'), "Dunwell uses itself"),
        (
            substatus('name = "Late"; severity = 1; actions = ["leter"]'),
            "there is no action ('leter') — did you mean 'letter'?",
        ),
        (
            substatus('name = "Late"; severity = 1; scenarios = ["remind"]'),
            "there is no scenario ('remind') — did you mean 'reminders'?",
        ),
        (2 * substatus('name = "Late"; severity = 1; from_days = 3'), "the same name twice"),
        (substatus('name = "Late"; severity = 0; from_days = 3'), "severity"),
        (substatus('name = "Late"; severity = 1; action_types = ["letter"]'), "('letter') — write"),
    ],
)
def test_a_substatus_that_means_nothing_is_refused(tmp_path: Path, more: str, message: str):
    told = problems(tmp_path, more)
    assert message in told
    assert "policy.toml:" in told


def test_credit_alerts_need_the_status(tmp_path: Path):
    told = problems(tmp_path, "", {"credit_alerts": "true"})
    assert "credit alerts without collection_status" in told
