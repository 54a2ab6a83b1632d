"""Doing something: the form of a verb, what would come of it as it is typed, and the verb.

Where it is asked for (beside the task list, on the bill unit's page) says what is pointed at, and
how the form and the answer are shown there. Who was slower than somebody else sees what changed,
and decides again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Response

from dunwell.domain.errors import DunwellError, Forbidden, Stale
from dunwell.features.access.actor import Operation
from dunwell.features.cases import queries
from dunwell.features.cases.states import CaseState
from dunwell.features.payments.gateways import registry
from dunwell.features.receivables.bill_units import find
from dunwell.web import formats, forms
from dunwell.web.caller import Caller
from dunwell.web.forms import Form
from dunwell.web.languages import _
from dunwell.web.verbs import nights
from dunwell.web.verbs.foresight import Foresight, foresee
from dunwell.web.verbs.reasons import reason_codes
from dunwell.web.verbs.verb import Asked, Done, Of, Verb, shown

HISTORY = 3
"""Events that somebody sees who was slower."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is asked for."""

    number: str
    show: Callable[[int, dict[str, Any]], Response]
    """The form with what it shows, and the status of the answer."""
    end: Callable[[Verb, Done], Response]
    """After it was done."""
    action: str | None = None
    case: str | None = None
    member: str | None = None
    to_do: str | None = None


class _Pointed(forms.Given):
    """What a form says about what was seen, and about which case it is."""

    version: int | None = None
    case: str | None = None


def ask(caller: Caller, verb: Verb, place: Place) -> Response:
    """The form of a verb, with what would come of it."""
    _require(caller, verb)
    return _form(caller, verb, place, None)


def act(caller: Caller, verb: Verb, place: Place, fields: dict[str, Any]) -> Response:
    """Do it; or, with `preview`, show the form again with what would come of it."""
    _require(caller, verb)
    wants_preview = fields.pop("preview", None)
    if wants_preview:
        return _form(caller, verb, place, Form(fields))
    form = forms.read(verb.given, fields)
    if form.given is None:
        form = _as_shown(caller, verb, place, fields)
    if form.given is None:
        return _form(caller, verb, place, form)
    try:
        done = _do(caller, verb, _pointed_at(caller, place, fields), form.given)
    except Forbidden:
        raise
    except DunwellError as failure:
        form.refuse(failure)
        return _form(caller, verb, place, form, stale=isinstance(failure, Stale))
    return place.end(verb, done)


def _as_shown(caller: Caller, verb: Verb, place: Place, sent: dict[str, Any]) -> Form[Any]:
    """The form without what another choice has hidden in it, which may be half filled."""
    with caller.look_closely() as operation:
        fields = verb.fields(Asked(operation, **_pointed_at(caller, place, sent)))
    form = forms.read(verb.given, shown(fields, sent))
    form.values = sent
    return form


def _require(caller: Caller, verb: Verb) -> None:
    if not verb.may(caller.actor):
        caller.actor.require(verb.permissions[0])
    if verb.apart:
        caller.actor.require(verb.permissions[0], everywhere=True)


def _do(caller: Caller, verb: Verb, pointed_at: dict[str, Any], given: Any) -> Done:
    if verb.apart:
        with caller.look() as operation:
            asked = Asked(operation, **pointed_at)
            find(operation, asked.number)
        said: str | Done = nights.run(caller.request.app.state.application, asked)
    else:
        with caller.change() as operation:
            said = verb.do(Asked(operation, **pointed_at), given)
    return said if isinstance(said, Done) else Done(said)


def _pointed_at(caller: Caller, place: Place, fields: dict[str, Any]) -> dict[str, Any]:
    said = forms.read(_Pointed, fields).given or _Pointed()
    return {
        "number": place.number,
        "action_handle": place.action,
        "case_handle": place.case or said.case,
        "member": place.member,
        "to_do_handle": place.to_do,
        "version": said.version,
        "vault": registry.vault_of(caller.request.app.state.application.settings),
    }


def _form(
    caller: Caller, verb: Verb, place: Place, form: Form[Any] | None, *, stale: bool = False
) -> Response:
    with caller.look_closely() as operation:
        pointed_at = _pointed_at(caller, place, form.values if form else {})
        asked = Asked(operation, **pointed_at)
        find(operation, place.number)
        codes = reason_codes(operation, verb.category) if verb.category else []
        cases = _cases(verb, asked)
        fields = verb.fields(asked)
        if form is None:
            form = Form({field.name: field.value for field in fields if field.value != ""})
        if stale:
            form.values.pop("version", None)
        values: dict[str, Any] = {
            "verb": verb,
            "form": form,
            "fields": fields,
            "codes": codes,
            "explains": verb.explains(asked),
            "subject": _subject(verb, asked, cases),
            "choices_of_case": _choices(cases) if len(cases) > 1 else [],
            "case_of_form": str(cases[0].handle) if verb.of is Of.CASE and len(cases) == 1 else "",
            "version": _version(verb, asked, cases),
            "today": operation.date,
            "history": _meanwhile(operation, verb, asked) if stale else [],
            **verb.look(asked),
        }
    given = (
        forms.read(verb.given, shown(fields, _as_if(form, codes))).given if verb.foreseen else None
    )
    if given is not None and len(cases) == 1:
        found = foresee(caller, verb, given, **{**pointed_at, "version": None})
    else:
        found = Foresight()
    return place.show(form.status, {**values, "foresight": found, "schedule": None, **found.more})


def _cases(verb: Verb, asked: Asked) -> tuple[CaseState, ...]:
    """What it can be about. Raises NotFound if it takes a case and there is none any more."""
    if verb.of is Of.CASE and not asked.about:
        return (asked.case,)
    return asked.about if verb.of in (Of.CASE, Of.ACTION) else ()


def _as_if(form: Form[Any], codes: list[tuple[str, str]]) -> dict[str, Any]:
    """The reason isn't known yet and changes nothing, so any will do."""
    return {**form.values, "reason": form.values.get("reason") or (codes[0][0] if codes else "?")}


def _version(verb: Verb, asked: Asked, cases: tuple[CaseState, ...]) -> int | None:
    """Of what is shown now; of several cases, it isn't known yet which."""
    if verb.of is Of.ACTION:
        return asked.action.version
    if verb.of is Of.TO_DO:
        return asked.to_do.version
    if verb.of is Of.CASE:
        return cases[0].version if len(cases) == 1 else None
    return verb.version(asked)


def _subject(verb: Verb, asked: Asked, cases: tuple[CaseState, ...]) -> str:
    """What it is done to, where that isn't the bill unit as a whole."""
    if verb.of is Of.ACTION:
        return asked.action.name
    if verb.of is Of.MEMBER:
        return asked.member or ""
    if verb.of is Of.TO_DO:
        return asked.to_do.type
    return f"{cases[0].scenario} · {cases[0].debt_class}" if len(cases) == 1 else ""


def _choices(cases: tuple[CaseState, ...]) -> list[tuple[str, str]]:
    return [("", _("choose …"))] + [
        (
            str(case.handle),
            f"{case.debt_class} · {case.scenario} · "
            + formats.money(case.overdue_amount, case.currency),
        )
        for case in cases
    ]


def _meanwhile(operation: Operation, verb: Verb, asked: Asked) -> Any:
    """What somebody else did, who was quicker."""
    if verb.of is not Of.ACTION:
        return []
    return queries.action_history(operation, asked.action_handle or "")[-HISTORY:]
