"""What is done to a to-do: complete it, give it to somebody, pass it on to another role."""

from dunwell.engine import to_dos
from dunwell.features.access.actor import Permission
from dunwell.features.tasks import service
from dunwell.web import forms, manager_wanted
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Of, Verb, entry

MAY = (Permission.WORK_ACTIONS,)


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


OF_TO_DO = (
    Verb(
        "finish",
        N_("Complete"),
        MAY,
        Ending,
        _complete,
        of=Of.TO_DO,
        fields=lambda _asked: [entry("comment", _("Outcome"), rows=3, maxlength=service.LONGEST)],
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
                choices=[
                    ("", _("whoever has its role")),
                    *manager_wanted.agents(asked.operation),
                ],
            ),
            entry("why", _("Reason"), maxlength=200),
        ],
        key="s",
    ),
    Verb(
        "forward",
        N_("Pass on to another role"),
        MAY,
        Forwarding,
        _forward,
        of=Of.TO_DO,
        fields=lambda asked: [
            entry("role", _("Role"), asked.to_do.role, required=True, maxlength=200)
        ],
        key="f",
    ),
)
