"""To-dos: made, completed, given to somebody, passed on to another role."""

from dunwell.engine import to_dos
from dunwell.features.access.actor import Permission
from dunwell.features.access.roles import Role
from dunwell.features.policy import queries as policies
from dunwell.features.tasks import service
from dunwell.web import forms, words
from dunwell.web.languages import N_, _
from dunwell.web.verbs import agents
from dunwell.web.verbs.verb import Asked, Field, Of, Verb, entry

MAY = (Permission.WORK_ACTIONS,)


class Making(forms.Given):
    """Of one of the policy's types."""

    type: forms.Line
    message: forms.Text
    agent: forms.Line | None = None


class Ending(forms.Given):
    """What came of it."""

    comment: forms.Text = ""


class Assigning(forms.Given):
    """Whose it is to be; empty: of whoever has its role."""

    agent: forms.Line | None = None
    why: forms.Text = ""


class Forwarding(forms.Given):
    """Which role it goes to, and why."""

    role: forms.Line
    reason: forms.Line


def _make(asked: Asked, given: Making) -> str:
    service.make(asked.operation, asked.number, given.type, given.message, agent=given.agent)
    return _("The to-do is made.")


def _complete(asked: Asked, given: Ending) -> str:
    to_dos.complete(
        asked.operation, str(asked.to_do.handle), comment=given.comment, version=asked.version
    )
    return _("Completed.")


def _assign(asked: Asked, given: Assigning) -> str:
    service.assign(
        asked.operation,
        str(asked.to_do.handle),
        given.agent,
        reason=given.why,
        version=asked.version,
    )
    if given.agent is None:
        return _("It is nobody's now.")
    return _("%(agent)s has it now.") % {"agent": given.agent}


def _forward(asked: Asked, given: Forwarding) -> str:
    service.forward(
        asked.operation,
        str(asked.to_do.handle),
        given.role,
        reason=given.reason,
        version=asked.version,
    )
    return _("It is for the role %(role)s now.") % {"role": given.role}


def _agents(asked: Asked) -> list[tuple[str, str]]:
    return [("", _("whoever has its role")), *agents.choices(asked.operation)]


def _roles(asked: Asked) -> list[tuple[str, str]]:
    """Those that people have, and those for which the policy has to-dos."""
    known = policies.objects(asked.operation.connection, "to_do_type", asked.operation.actor.sees)
    found = {*map(str, Role), *(each.values["role"] for each in known), asked.to_do.role}
    return sorted(((role, words.word("role", role)) for role in found), key=lambda each: each[1])


def _kinds(asked: Asked) -> list[Field]:
    known = policies.objects(asked.operation.connection, "to_do_type", asked.operation.actor.sees)
    return [
        entry("type", _("Type"), choices=[(each.name, each.name) for each in known], required=True),
        entry("agent", _("Agent"), choices=_agents(asked)),
        entry("message", _("What is to be looked at"), rows=2, required=True),
    ]


VERBS = (Verb("to_do", N_("Make a to-do"), MAY, Making, _make, fields=_kinds, back_to="to-dos"),)
OF_TO_DO = (
    Verb(
        "finish",
        N_("Complete"),
        MAY,
        Ending,
        _complete,
        of=Of.TO_DO,
        fields=lambda _asked: [entry("comment", _("Outcome"), rows=3, maxlength=service.LONGEST)],
        back_to="to-dos",
        key="c",
    ),
    Verb(
        "give",
        N_("Assign"),
        MAY,
        Assigning,
        _assign,
        of=Of.TO_DO,
        fields=lambda asked: [
            entry(
                "agent",
                _("Agent"),
                asked.to_do.agent or "",
                choices=_agents(asked),
            ),
            entry("why", _("Reason"), maxlength=200),
        ],
        back_to="to-dos",
        key="s",
    ),
    Verb(
        "forward",
        N_("Forward"),
        MAY,
        Forwarding,
        _forward,
        of=Of.TO_DO,
        fields=lambda asked: [
            entry("role", _("Role"), asked.to_do.role, choices=_roles(asked), required=True)
        ],
        back_to="to-dos",
        key="f",
    ),
)
