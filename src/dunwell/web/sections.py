"""The sections of the top bar: where they lead, and which permission shows them.

A section appears when its page exists; so a noun adds its page and nothing else.
"""

from dataclasses import dataclass

from dunwell.features.access.actor import Actor, Permission
from dunwell.features.policy.using import Using
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
    uses: str | None = None
    """What the installation must use for it; none: nothing in particular."""
    everywhere: bool = False
    """It is for who sees every brand."""
    also: tuple[str, ...] = ()
    """Other paths whose pages belong to it."""

    def covers(self, path: str) -> int:
        """How many letters of the path say that the page is of this section; 0: it isn't."""
        return max(
            (
                len(each)
                for each in (self.path, *self.also)
                if path == each or path.startswith(each + "/")
            ),
            default=0,
        )


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
        "nights",
        N_("Nights"),
        "/manager/nights",
        frozenset({_P.RUN_NIGHT}),
        "n",
        everywhere=True,
    ),
    Section(
        "configuration", N_("Configuration"), "/configuration", frozenset({_P.CHANGE_POLICY}), "o"
    ),
    Section("people", N_("People"), "/configuration/people", frozenset({_P.ADMINISTER}), "p"),
    Section(
        "customers",
        N_("Customers"),
        "/customers",
        frozenset({_P.VIEW}),
        "u",
        also=("/adjustments",),
    ),
    Section("to_dos", N_("To-dos"), "/to-dos", frozenset({_P.VIEW}), "d", "to_dos"),
    Section("severances", N_("Severance"), "/severances", frozenset({_P.VIEW}), "v", "severance"),
    Section(
        "reports",
        N_("Reports"),
        "/reports",
        frozenset({_P.VIEW}),
        "r",
        also=("/report-schedules", "/report-rows", "/experiments"),
    ),
)


def shown(actor: Actor, paths: frozenset[str], using: Using) -> list[Section]:
    """What the actor may go to, of what exists."""
    return [
        section
        for section in SECTIONS
        if section.path in paths
        and section.permissions & actor.permissions
        and (section.uses is None or getattr(using, section.uses))
        and (actor.brands is None or not section.everywhere)
    ]


def current(sections: list[Section], path: str) -> str | None:
    """The name of the one that the page is in; none for pages that are in no section."""
    found = max(sections, key=lambda section: section.covers(path), default=None)
    return found.name if found and found.covers(path) else None
