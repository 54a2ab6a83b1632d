"""The sections of the top bar: where they lead, and which permission shows them.

A section appears when its page exists; so a noun adds its page and nothing else.
"""

from dataclasses import dataclass

from dunwell.features.access.actor import Actor, Permission
from dunwell.web.languages import N_

_P = Permission


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the top bar; any of its permissions shows it."""

    name: str
    title: str
    path: str
    permissions: frozenset[Permission]
    key: str
    """Pressed after `g` (go), it leads there."""


SECTIONS = (
    Section("tasks", N_("Tasks"), "/tasks", frozenset({_P.WORK_ACTIONS}), "t"),
    Section(
        "credit_alerts",
        N_("Credit alerts"),
        "/credit-alerts",
        frozenset({_P.WORK_ACTIONS}),
        "a",
    ),
    Section("cases", N_("Cases"), "/cases", frozenset({_P.VIEW}), "c"),
    Section("manager", N_("Manager"), "/manager", frozenset({_P.ASSIGN, _P.MANAGE_CASES}), "m"),
    Section(
        "configuration", N_("Configuration"), "/configuration", frozenset({_P.CHANGE_POLICY}), "o"
    ),
    Section("people", N_("People"), "/configuration/people", frozenset({_P.ADMINISTER}), "p"),
    Section("customers", N_("Customers"), "/customers", frozenset({_P.VIEW}), "u"),
    Section("reports", N_("Reports"), "/reports", frozenset({_P.VIEW}), "r"),
)


def shown(actor: Actor, paths: frozenset[str]) -> list[Section]:
    """What the actor may go to, of what exists."""
    return [
        section
        for section in SECTIONS
        if section.path in paths and section.permissions & actor.permissions
    ]
