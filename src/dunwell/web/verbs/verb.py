"""What a verb is: its form, the service behind it, whom it is for; and what somebody who asks for
it points at.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from dunwell.domain.errors import BadInput, NotFound
from dunwell.features.access.actor import Actor, Operation, Permission
from dunwell.features.cases import queries
from dunwell.features.cases.states import ActionState, CaseState
from dunwell.features.payments.vault import Vault
from dunwell.features.tasks import todos
from dunwell.features.tasks.todos import ToDo
from dunwell.web import forms
from dunwell.web.languages import _


class Of(StrEnum):
    """What a verb is done to."""

    BILL_UNIT = "bill unit"
    CASE = "case"
    ACTION = "action"
    MEMBER = "member"
    TO_DO = "to-do"
    ROW = "row"
    """Something else of the bill unit's: a pay plan, an agreement, a demerit."""


@dataclass
class Asked:
    """Somebody wants to do something, and points at it."""

    operation: Operation
    number: str
    """Of the bill unit."""
    action_handle: str | None = None
    case_handle: str | None = None
    member: str | None = None
    """The number of a bill unit of the group, or what names the row."""
    to_do_handle: str | None = None
    version: int | None = None
    """Of what was seen; somebody else's change since is a conflict."""
    vault: Vault = field(default_factory=Vault)
    """Seals account numbers."""

    @property
    def today(self) -> dt.date:
        """The business date."""
        return self.operation.date

    @cached_property
    def action(self) -> ActionState:
        """The action as it was when it was first looked at. Raises NotFound."""
        return self._action_and_case[0]

    @cached_property
    def case(self) -> CaseState:
        """The case as it was when it was first looked at: the one that was pointed at, else the
        only open one. Raises NotFound, and BadInput if there are several.
        """
        if self.action_handle:
            return self._action_and_case[1]
        if self.case_handle:
            case = queries.case_state(self.operation, self.case_handle)
            if case.bill_unit_no != self.number:
                raise NotFound(_("There is no such case."))
            return case
        if not self.cases:
            raise NotFound(_("It isn't in collections any more."))
        if len(self.cases) > 1:
            raise BadInput(_("It has several cases; say which one."))
        return self.cases[0]

    @cached_property
    def cases(self) -> tuple[CaseState, ...]:
        """The open ones, one for each debt class."""
        return queries.open_cases(self.operation, self.number)

    @cached_property
    def to_do(self) -> ToDo:
        """The to-do as it was when it was first looked at. Raises NotFound."""
        found = todos.find(self.operation, self.to_do_handle or "")
        if found.bill_unit_no != self.number:
            raise NotFound(_("There is no such to-do."))
        return found

    @property
    def about(self) -> tuple[CaseState, ...]:
        """The cases that it can be about: the one that was pointed at, else all open ones."""
        return (self.case,) if self.action_handle or self.case_handle else self.cases

    @cached_property
    def _action_and_case(self) -> tuple[ActionState, CaseState]:
        found, case = queries.action_state(self.operation, self.action_handle or "")
        if case.bill_unit_no != self.number:
            raise NotFound(_("There is no such action."))
        return found, case


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form; `options` as the macro `field` takes them."""

    name: str
    title: str
    value: Any = ""
    """To begin with."""
    options: Mapping[str, Any] = field(default_factory=dict)


def entry(name: str, title: str, value: Any = "", **options: Any) -> Field:
    """A field of a form; further `options` as the macro `field` takes them."""
    return Field(name, title, value, options)


def shown(fields: Iterable[Field], sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, without what the choices that were made don't show."""
    kept, with_choices = dict(sent), {None}
    for each in fields:
        if each.options.get("shown_with") not in with_choices:
            kept.pop(each.name, None)
            continue
        for value, _title, *shows in each.options.get("choices", ()):
            if value == kept.get(each.name, ""):
                with_choices.update(*(names.split() for names in shows))
    return kept


def day(asked: Asked, title: str | None = None, value: dt.date | None = None) -> Field:
    """The day from today on for which something is wanted."""
    return entry(
        "due_on", title or _("Due on"), value or "", type="date", min=asked.today, required=True
    )


@dataclass(frozen=True, slots=True)
class Done:
    """What is said about it afterwards."""

    message: str
    tone: str = "good"


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that one can do."""

    name: str
    title: str
    permissions: tuple[Permission, ...]
    """Any of them; the service looks closer."""
    given: type[forms.Given]
    do: Callable[[Asked, Any], str | Done]
    of: Of = Of.BILL_UNIT
    fields: Callable[[Asked], list[Field]] = lambda _asked: []
    explains: Callable[[Asked], str] = lambda _asked: ""
    """What it means, above the form."""
    category: str | None = None
    """Under which the policy keeps its reason codes."""
    reason: str = ""
    """What is suggested, where any words do; to be translated."""
    why: str = ""
    """Another title for the reason; to be translated."""
    about: str | None = None
    """A template with more to know, given what `look` finds."""
    look: Callable[[Asked], Mapping[str, Any]] = lambda _asked: {}
    version: Callable[[Asked], int | None] = lambda _asked: None
    """Of the row that it is done to, so that nobody overwrites what they haven't seen."""
    foreseen: bool = False
    """Whether it is shown what would come of it, by doing it and taking it back; not for what
    reaches out of the database.
    """
    outcome: Callable[[Asked], Mapping[str, Any]] = lambda _asked: {}
    """What else is to be seen once it was done."""
    back_to: str = ""
    """The part of the bill unit's page where it is seen afterwards."""
    grave: bool = False
    key: str | None = None
    apart: bool = False
    """It has transactions of its own, so it is done by the application, outside of any."""

    def may(self, actor: Actor) -> bool:
        """Whether the actor may do it at all."""
        return any(each in actor.permissions for each in self.permissions)

    @property
    def noted(self) -> bool:
        """Whether a note may stand beside the reason."""
        return "note" in self.given.model_fields

    @property
    def reasoned(self) -> bool:
        """Whether it takes a reason."""
        return "reason" in self.given.model_fields
