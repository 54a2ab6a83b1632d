"""The sharing group of a bill unit: make one, take others in or out, let another one answer."""

import re

from dunwell.domain.errors import RuleViolation
from dunwell.features.access.actor import Permission
from dunwell.features.sharing import queries, service
from dunwell.web import forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Of, Verb, entry

MAY = (Permission.MANAGE_CASES,)


class Making(forms.Given):
    """A name, and the first members."""

    name: forms.Line
    members: forms.Text


class Adding(forms.Given):
    """Numbers of bill units, separated by blanks or commas."""

    members: forms.Text


class Answering(forms.Given):
    """Who answers for the group from now on."""

    parent: forms.Line


class Leaving(forms.Given):
    """Nothing else is needed."""


def _numbers(text: str) -> list[str]:
    return [each for each in re.split(r"[\s,;]+", text) if each]


def _group(asked: Asked) -> int:
    found = queries.role(asked.operation, asked.number)
    if found["group_id"] is None:
        raise RuleViolation("not_a_member", _("It is in no sharing group."))
    return int(found["group_id"])


def _make(asked: Asked, given: Making) -> str:
    service.create(asked.operation, given.name, asked.number, _numbers(given.members))
    return _("It answers for the group %(name)s now.") % {"name": given.name}


def _add(asked: Asked, given: Adding) -> str:
    members = _numbers(given.members)
    service.add_members(asked.operation, _group(asked), members)
    return _("In the group now: %(names)s.") % {"names": ", ".join(members)}


def _remove(asked: Asked, _given: Leaving) -> str:
    member = asked.member or asked.number
    service.remove_members(asked.operation, _group(asked), [member])
    return _("%(name)s has left the group; it is chased on its own from the next night on.") % {
        "name": member
    }


def _answer(asked: Asked, given: Answering) -> str:
    service.change_parent(asked.operation, _group(asked), given.parent)
    return _("%(name)s answers for the group now.") % {"name": given.parent}


VERBS = (
    Verb(
        "make_group",
        N_("Make a group"),
        MAY,
        Making,
        _make,
        fields=lambda _asked: [
            entry("name", _("Name of the group"), required=True),
            entry("members", _("Members"), required=True, hint=_("numbers of bill units")),
        ],
        explains=lambda _asked: _("It will be the parent, who is chased for the whole group."),
        back_to="group",
    ),
    Verb(
        "add_members",
        N_("Take into the group"),
        MAY,
        Adding,
        _add,
        fields=lambda _asked: [
            entry("members", _("Members"), required=True, hint=_("numbers of bill units"))
        ],
        back_to="group",
    ),
    Verb(
        "change_parent",
        N_("Let another one answer"),
        MAY,
        Answering,
        _answer,
        fields=lambda _asked: [
            entry("parent", _("The new parent"), required=True, hint=_("the number of a bill unit"))
        ],
        explains=lambda _asked: _("The old parent leaves the group."),
        back_to="group",
    ),
    Verb(
        "leave_group",
        N_("Take out of the group"),
        MAY,
        Leaving,
        _remove,
        of=Of.MEMBER,
        back_to="group",
    ),
)
