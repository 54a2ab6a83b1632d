"""Whose the case is: given to an agent, or to nobody."""

from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import assigning
from dunwell.features.policy import queries
from dunwell.features.policy.reasons import Category
from dunwell.web import forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Field, Verb, entry


def choices(operation: Operation) -> list[tuple[str, str]]:
    """Who can be given bill units and to-dos."""
    found = queries.objects(operation.connection, "agent", operation.actor.sees)
    return [(each.name, each.name) for each in found]


class Assigning(forms.Reasoned):
    """To whom; empty: to nobody."""

    agent: forms.Line | None = None


def _assign(asked: Asked, given: Assigning) -> str:
    assigning.assign(
        asked.operation, [asked.number], given.agent, reason=given.reason, note=given.note
    )
    if given.agent is None:
        return _("It is nobody's now.")
    return _("%(agent)s has it now.") % {"agent": given.agent}


def _agents(asked: Asked) -> list[Field]:
    names = choices(asked.operation)
    now = next((case.agent for case in asked.cases if case.agent), "")
    return [
        entry(
            "agent",
            _("Agent"),
            now,
            choices=[("", _("nobody")), *names],
        )
    ]


VERBS = (
    Verb(
        "assign",
        N_("Assign"),
        (Permission.ASSIGN,),
        Assigning,
        _assign,
        fields=_agents,
        category=Category.ASSIGN,
        key="s",
    ),
)
