"""Doing something to a bill unit, its case, an action or an instalment: the form of a verb, and the
verb. The form opens within the bill unit's page, and is a page of its own without JavaScript.
"""

import datetime as dt
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from dunwell.domain.errors import DunwellError, Forbidden, NotFound
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import reasons
from dunwell.features.receivables.bill_units import find
from dunwell.web import forms, rendering
from dunwell.web.bill_units import actions, groups, pages, placing, promises, sparing
from dunwell.web.bill_units.pages import Number
from dunwell.web.bill_units.verbs import Asked, Verb
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields, Form
from dunwell.web.languages import _

router = APIRouter(prefix="/bill-units/{number}/do/{name}")

Viewer = Annotated[Caller, may(Permission.VIEW)]
Of = Annotated[str, Query(max_length=800)]

VERBS = {
    verb.name: verb
    for noun in (
        actions.VERBS,
        actions.OF_ACTION,
        sparing.VERBS,
        placing.VERBS,
        promises.VERBS,
        promises.OF_INSTALMENT,
        groups.VERBS,
    )
    for verb in noun
}


class _Version(forms.Given):
    """Of what was seen when the form was shown."""

    version: int | None = None


@router.get("")
def show_form(number: Number, name: str, caller: Viewer, of: Of = "") -> Response:
    """The form of a verb."""
    verb = _verb(name, caller)
    with caller.look() as operation:
        shown = _shown(verb, Asked(operation, number, of), Form(), {})
    return pages.page(caller, number, "verb", **shown)


@router.post("")
def do(number: Number, name: str, caller: Viewer, fields: Fields, of: Of = "") -> Response:
    """Do it, or show first what would come of it."""
    verb = _verb(name, caller)
    form = forms.read(verb.given, fields)
    version = forms.read(_Version, fields).given
    expected = version.version if version else None
    found: Mapping[str, Any] = {}
    if form.given is not None:
        given = form.given
        wants_preview = verb.preview is not None and "preview" in fields
        try:
            with _transaction(caller, preview=wants_preview) as operation:
                asked = Asked(operation, number, of, expected)
                if wants_preview and verb.preview:
                    found = verb.preview(asked, given)
                else:
                    said = verb.do(asked, given)
        except Forbidden:
            raise
        except DunwellError as error:
            form.refuse(error)
        else:
            if not wants_preview:
                back = rendering.bill_unit_path(number) + (
                    f"/{verb.back_to}" if verb.back_to else ""
                )
                return caller.go(back, flash=("good", said))
    with caller.look() as operation:
        shown = _shown(verb, Asked(operation, number, of, expected), form, found)
    return pages.page(caller, number, "verb", status=form.status, **shown)


def _verb(name: str, caller: Caller) -> Verb:
    verb = VERBS.get(name)
    if verb is None:
        raise NotFound(_("There is no such page."))
    caller.actor.require(verb.permission)
    return verb


def _transaction(caller: Caller, *, preview: bool) -> AbstractContextManager[Operation]:
    return caller.preview() if preview else caller.change()


def _shown(verb: Verb, asked: Asked, form: Form[Any], found: Mapping[str, Any]) -> dict[str, Any]:
    bill_unit = find(asked.operation, asked.number)
    known = (
        reasons.codes(asked.operation, bill_unit.brand_id, verb.category) if verb.category else []
    )
    fields = verb.fields(asked)
    for field in fields:
        value = field.options.get("value")
        if isinstance(value, dt.date) and field.name not in form.values and form.values:
            # it was sent empty: it stays so
            form.values[field.name] = ""
    shown = {
        "verb": verb,
        "form": form,
        "fields": fields,
        "codes": [(code, code) for code in known],
        "explains": verb.explains(asked),
        "about": verb.about,
        "subject": asked.of if "-" not in asked.of else "",
        "version": asked.version,
    }
    return {**shown, **verb.look(asked), **found}
