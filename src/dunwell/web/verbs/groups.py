"""The sharing group of a bill unit: make one, rename it, take others in or out, let another one
answer, end it.
"""

import re

from dunwell.domain.errors import RuleViolation
from dunwell.features.access.actor import Permission
from dunwell.features.policy.reasons import Category
from dunwell.features.sharing import queries, service
from dunwell.web import forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Field, Of, Verb, entry

MAY = (Permission.MANAGE_CASES,)


class Why(forms.Given):
    """Why a group is made or changed."""

    reason: forms.Line


class Making(Why):
    """A name, and the first members if there are some already."""

    name: forms.Line
    members: forms.Text = ""


class Naming(Why):
    """Another name."""

    name: forms.Line


class Adding(Why):
    """Numbers of bill units, separated by blanks or commas."""

    members: forms.Text


class Answering(Why):
    """Who answers for the group from now on."""

    parent: forms.Line


def _numbers(text: str) -> list[str]:
    return [each for each in re.split(r"[\s,;]+", text) if each]


def _group(asked: Asked) -> int:
    found = queries.role(asked.operation, asked.number)
    if found["group_id"] is None:
        raise RuleViolation("not_a_member", _("It is in no sharing group."))
    return int(found["group_id"])


def _make(asked: Asked, given: Making) -> str:
    members = _numbers(given.members)
    service.create(asked.operation, given.name, asked.number, members, reason=given.reason)
    return _("It answers for the group %(name)s now.") % {"name": given.name}


def _add(asked: Asked, given: Adding) -> str:
    members = _numbers(given.members)
    service.add_members(asked.operation, _group(asked), members, reason=given.reason)
    return _("In the group now: %(names)s.") % {"names": ", ".join(members)}


def _remove(asked: Asked, given: Why) -> str:
    member = asked.member or asked.number
    service.remove_members(asked.operation, _group(asked), [member], reason=given.reason)
    return _("%(name)s has left the group; it is chased on its own from the next night on.") % {
        "name": member
    }


def _answer(asked: Asked, given: Answering) -> str:
    service.change_parent(asked.operation, _group(asked), given.parent, reason=given.reason)
    return _("%(name)s answers for the group now.") % {"name": given.parent}


def _rename(asked: Asked, given: Naming) -> str:
    service.rename(asked.operation, _group(asked), given.name, reason=given.reason)
    return _("The group is called %(name)s now.") % {"name": given.name}


def _delete(asked: Asked, given: Why) -> str:
    service.delete(asked.operation, _group(asked), reason=given.reason)
    return _("The group is gone; each of it is chased on its own from the next night on.")


def _name(asked: Asked) -> list[Field]:
    now = queries.role(asked.operation, asked.number)["group"] or ""
    return [entry("name", _("Name of the group"), now, required=True)]


VERBS = (
    Verb(
        "make_group",
        N_("Make a group"),
        MAY,
        Making,
        _make,
        fields=lambda _asked: [
            entry("name", _("Name of the group"), required=True),
            entry("members", _("Members"), hint=_("numbers of bill units")),
        ],
        explains=lambda _asked: _("It will be the parent, who is chased for the whole group."),
        category=Category.SHARING_GROUP,
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
        category=Category.SHARING_GROUP,
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
        category=Category.SHARING_GROUP,
        back_to="group",
    ),
    Verb(
        "leave_group",
        N_("Take out of the group"),
        MAY,
        Why,
        _remove,
        of=Of.MEMBER,
        category=Category.SHARING_GROUP,
        back_to="group",
    ),
    Verb(
        "rename_group",
        N_("Rename the group"),
        MAY,
        Naming,
        _rename,
        fields=_name,
        category=Category.SHARING_GROUP,
        back_to="group",
    ),
    Verb(
        "delete_group",
        N_("Delete the group"),
        MAY,
        Why,
        _delete,
        explains=lambda _asked: _("Not while one of it is in collections."),
        category=Category.SHARING_GROUP,
        back_to="group",
        grave=True,
    ),
)
