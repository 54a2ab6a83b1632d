"""What an actor may do and see."""

import pytest

from dunwell.domain.errors import Forbidden
from dunwell.features.access.actor import Actor, Permission, operator


def test_what_was_not_given_is_refused_and_the_message_names_the_permission():
    agent = Actor("Grace", frozenset({Permission.VIEW}))
    agent.require(Permission.VIEW)
    with pytest.raises(Forbidden, match="assign"):
        agent.require(Permission.ASSIGN)


def test_a_person_sees_the_brands_they_were_given_and_the_operator_all():
    agent = Actor("Grace", brands=frozenset({2}))
    assert agent.sees(2)
    assert not agent.sees(1)
    assert operator("root").sees(1)
