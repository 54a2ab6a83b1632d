"""Notes about a bill unit."""

import datetime as dt
from typing import Annotated

from pydantic import Field as Bounds

from dunwell.features.access.actor import Permission
from dunwell.features.receivables import notes
from dunwell.web import forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Verb, entry


class Writing(forms.Given):
    """A note."""

    category: forms.Line = notes.GENERAL
    noted_on: dt.date | None = None
    text: Annotated[forms.Text, Bounds(min_length=1)]


def _write(asked: Asked, given: Writing) -> str:
    notes.write_note(
        asked.operation,
        asked.number,
        given.text,
        category=given.category,
        noted_on=given.noted_on,
    )
    return _("The note is written.")


NOTE = Verb(
    "note",
    N_("Write a note"),
    (Permission.WORK_ACTIONS,),
    Writing,
    _write,
    fields=lambda asked: [
        entry("text", _("Text"), rows=3, required=True, maxlength=4000),
        entry("category", _("Category"), notes.GENERAL, maxlength=100),
        entry("noted_on", _("Day"), asked.today, type="date", max=asked.today),
    ],
    back_to="notes",
    key="w",
)
VERBS = (NOTE,)
