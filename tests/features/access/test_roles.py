"""What roles give."""

from pathlib import Path

from dunwell.features.access import roles
from dunwell.features.access.actor import Permission
from dunwell.features.access.roles import Role

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "permissions.md"


def test_the_page_says_what_the_roles_give():
    assert PAGE.read_text("utf-8") == roles.reference(), "make docs writes it anew"


def test_every_permission_has_a_meaning_and_somebody_who_has_it():
    assert set(roles.MEANINGS) == set(Permission)
    assert frozenset().union(*roles.PERMISSIONS.values()) == set(Permission)


def test_denied_beats_granted_beats_the_role():
    may = roles.permissions([Role.AGENT], ["assign", "deliver"], ["deliver", "view"])
    assert Permission.ASSIGN in may
    assert not may & {Permission.DELIVER, Permission.VIEW}
