"""What one can do to a bill unit, its case, an action or an instalment: what a verb is. Each noun
has a list of its verbs, with their forms and services; `doing` shows the forms, pages offer them.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import queries
from dunwell.web import forms


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody wants to do something: to which bill unit, and to what of it."""

    operation: Operation
    number: str
    of: str
    """The handle of a case or an action, the step of an instalment, the number of a member."""
    version: int | None = None
    """Of what was seen; somebody else's change since is a conflict."""

    @property
    def today(self) -> dt.date:
        """The business date."""
        return self.operation.date

    @property
    def open_case(self) -> Mapping[str, Any] | None:
        """The open case, the newest if there are several."""
        files = (file.fields for file in queries.files_of(self.operation, self.number))
        return next((file for file in files if file["status"] == "open"), None)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form; `options` as the macro `field` takes them."""

    name: str
    title: str
    options: Mapping[str, Any] = field(default_factory=dict)


def entry(name: str, title: str, **options: Any) -> Field:
    """A field of a form."""
    return Field(name, title, options)


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that one can do."""

    name: str
    title: str
    permission: Permission
    given: type[forms.Given]
    do: Callable[[Asked, Any], str]
    """Does it; the answer is what is said about it afterwards."""
    fields: Callable[[Asked], list[Field]] = lambda _asked: []
    explains: Callable[[Asked], str] = lambda _asked: ""
    """What it means, above the form."""
    category: str | None = None
    """Under which the policy keeps its reason codes."""
    about: str | None = None
    """A template with more to know, given what `look` finds."""
    look: Callable[[Asked], Mapping[str, Any]] = lambda _asked: {}
    preview: Callable[[Asked, Any], Mapping[str, Any]] | None = None
    """What would come of it, for `about`; the transaction is rolled back."""
    back_to: str = ""
    """The part of the page where it is seen afterwards."""
    grave: bool = False
    key: str | None = None

    @property
    def previews(self) -> bool:
        """Whether one can see first what would come of it."""
        return self.preview is not None

    @property
    def noted(self) -> bool:
        """Whether a note may stand beside the reason."""
        return "note" in self.given.model_fields

    @property
    def reasoned(self) -> bool:
        """Whether it takes a reason."""
        return "reason" in self.given.model_fields
