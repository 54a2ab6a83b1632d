"""The top bar marks one section as the one that a page is in."""

import pytest

from dunwell.web import sections
from dunwell.web.sections import SECTIONS


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/manager/nights", "nights"),
        ("/manager/nights/7", "nights"),
        ("/manager", "manager"),
        ("/manager/failures", "manager"),
        ("/configuration/people/new", "people"),
        ("/configuration/scenarios", "configuration"),
        ("/tasks/1-2/complete", "tasks"),
        ("/to-dos", "to_dos"),
        ("/report-schedules/1", "reports"),
        ("/adjustments/1-2", "customers"),
        ("/bill-units/B1", None),
        ("/managers", None),
    ],
)
def test_of_nested_sections_the_inner_one_is_marked(path: str, name: str | None):
    assert sections.current(list(SECTIONS), path) == name


def test_who_has_no_nights_is_in_the_managers_section():
    seen = [each for each in SECTIONS if each.name != "nights"]
    assert sections.current(seen, "/manager/nights") == "manager"
