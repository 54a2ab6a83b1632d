"""What `policy check` says against severance templates and moratoria."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.features.policy import checks
from dunwell.features.policy.model import Policy
from dunwell.features.policy.severance_checks import circle

NAMES = [f"e{number}" for number in range(6)]


def _told(**parts: object) -> list[str]:
    return [problem.message for problem in checks.check(Policy.model_validate(parts))]


def _template(*events: dict[str, object], **keys: object) -> list[str]:
    return _told(severance_templates=[{"name": "T", "events": list(events), **keys}])


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            _template(
                {"name": "a", "type": "to_do", "after": ["b"]},
                {"name": "b", "type": "to_do", "after": ["a"]},
            ),
            "wait for each other",
        ),
        (_template({"name": "a", "type": "to_do", "after": ["a"]}), "wait for each other"),
        (_template({"name": "a", "type": "to_do", "after": ["x"]}), "event"),
        (_template({"name": "a", "type": "to_do"}, {"name": "a", "type": "expire"}), "twice"),
        (_template({"name": "a", "type": "letter"}), "`template` is for a letter"),
        (_template({"name": "a", "type": "to_do", "activity": "reconnect"}), "`activity` is for"),
        (_template({"name": "a", "type": "field_activity", "activity": "cut"}), "nothing undoes"),
        (_template(reconnect="nowhere"), "nowhere"),
        (_template(notices=[{"event": "x", "days": 3}]), "event"),
        (
            _template(only_with=["life_support"], only_without=["life_support"]),
            "wanted and refused",
        ),
        (
            _told(moratoria=[{"name": "M", "first_day": "11-01", "last_day": "2026-03-31"}]),
            "in the same way",
        ),
        (
            _told(moratoria=[{"name": "M", "first_day": "02-30", "last_day": "03-31"}]),
            "no day of the calendar",
        ),
        (
            _told(moratoria=[{"name": "M", "first_day": "2026-05-01", "last_day": "2026-04-01"}]),
            "before it begins",
        ),
    ],
)
def test_what_is_wrong_is_told(told: list[str], expected: str):
    assert len(told) == 1, told
    assert expected in told[0]


def test_a_sound_template_and_a_winter_that_passes_the_years_end_are_taken():
    assert (
        _template(
            {"name": "a", "type": "to_do"},
            {"name": "b", "type": "expire", "after": ["a"], "days": 3},
        )
        == []
    )
    winter = {"name": "winter", "first_day": "11-01", "last_day": "04-15", "jurisdiction": "WI"}
    assert _told(moratoria=[winter]) == []


@given(
    after=st.dictionaries(
        st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3, unique=True)
    )
)
def test_a_circle_is_found_whenever_some_event_comes_after_itself(after: dict[str, list[str]]):
    reached = {name: set(before) for name, before in after.items()}
    for _ in NAMES:
        for before in reached.values():
            before.update(*[reached.get(each, set()) for each in before])
    found = circle(after)
    assert (found is not None) == any(name in before for name, before in reached.items())
    if found is not None:
        assert found[0] == found[-1]
        assert all(
            first in after[second] or second in after[first] for first, second in pairwise(found)
        )
