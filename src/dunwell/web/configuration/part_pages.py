"""The pages of one part: shown, checked as it is typed, and put into the draft."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from dunwell.domain.errors import DunwellError, NotFound, RuleViolation
from dunwell.features.policy import drafts, editing, parts
from dunwell.features.policy.editing import BadPart, Finding
from dunwell.web import refusals
from dunwell.web.caller import Caller
from dunwell.web.configuration import buttons
from dunwell.web.configuration import words as told
from dunwell.web.configuration.desk import Noun, Owner, PartId, desk_of
from dunwell.web.configuration.fields import Offer, names_of
from dunwell.web.configuration.form_page import (
    beside,
    data_of,
    form_page,
    hidden,
    model_of,
    picture_of,
    show_form,
)
from dunwell.web.configuration.kinds import Raw
from dunwell.web.configuration.reading import Reading, nested
from dunwell.web.forms import Fields
from dunwell.web.languages import _

router = APIRouter(prefix="/configuration")


@router.get("/{noun}/new")
def new_part(
    noun: Noun,
    caller: Owner,
    kind: Annotated[str | None, Query(alias="type", max_length=40)] = None,
    like: Annotated[str | None, Query(pattern="^[0-9a-f]{12}$")] = None,
) -> Response:
    """The form of a new part; of an action, once its type is chosen."""
    return show_form(caller, noun, None, kind=kind, like=like)


@router.get("/{noun}/{part_id}")
def show_part(
    noun: Noun, part_id: PartId, caller: Owner, entry: Annotated[dt.date | None, Query()] = None
) -> Response:
    """The form of a part."""
    return show_form(caller, noun, part_id, entry=entry)


@router.post("/{noun}")
def save_single_or_new(noun: Noun, caller: Owner, fields: Fields) -> Response:
    """Put a new part into the draft, or what there is one of."""
    return _save(caller, noun, None, fields)


@router.post("/{noun}/check")
def check_new(noun: Noun, caller: Owner, fields: Fields) -> Response:
    """What is wrong with a new part as it is typed."""
    return _check(caller, noun, None, fields)


@router.post("/{noun}/{part_id}")
def save_part(noun: Noun, part_id: PartId, caller: Owner, fields: Fields) -> Response:
    """Put a part into the draft in its place; a button of the form only changes the form."""
    return _save(caller, noun, part_id, fields)


@router.post("/{noun}/{part_id}/check")
def check_part(noun: Noun, part_id: PartId, caller: Owner, fields: Fields) -> Response:
    """What is wrong with a part as it is typed."""
    return _check(caller, noun, part_id, fields)


def _save(caller: Caller, noun: str, part_id: str | None, fields: dict[str, Any]) -> Response:
    raw = nested(fields)
    command = raw.pop("do", None)
    seen = str(raw.pop("version", ""))
    reading = Reading()
    entry = _date(raw.pop("entry", None))
    try:
        with caller.oversee() as operation:
            desk = desk_of(operation)
            if noun not in parts.SINGLE:
                parts.find_list(desk.policy, noun)
            if isinstance(command, str):
                focus = buttons.act(raw, command)
                return form_page(
                    caller,
                    operation,
                    desk,
                    noun,
                    part_id,
                    raw,
                    {},
                    entry=entry,
                    focus=focus,
                    version=seen,
                )
            data = data_of(noun, raw, reading)
            # a draft that another window has begun meanwhile isn't what was seen
            draft = desk.draft or drafts.start(operation)
            version = int(seen) if desk.draft and seen.isdecimal() else draft.version
            _draft, new_id = drafts.put(operation, noun, data, part_id=part_id, version=version)
    except DunwellError as failure:
        if isinstance(failure, NotFound):
            raise
        return _refused(caller, noun, part_id, raw, reading, failure, entry)
    address = f"/configuration/{noun}" + (f"/{new_id}" if new_id else "")
    return caller.go(address, flash=("good", _("Saved in your draft.")))


def _refused(
    caller: Caller,
    noun: str,
    part_id: str | None,
    raw: Raw,
    reading: Reading,
    failure: DunwellError,
    entry: dt.date | None,
) -> Response:
    """The form again, with what was typed and why it wasn't taken."""
    with caller.oversee() as operation:
        desk = desk_of(operation)
        errors: dict[str, str] = {}
        problem: str | None = refusals.told(failure.message)
        if isinstance(failure, BadPart):
            errors = beside(reading, _findings(noun, failure))
            problem = _("Nothing was saved: see the messages beside the fields.")
        elif isinstance(failure, RuleViolation) and failure.rule in {"name_in_use", "predefined"}:
            errors = {reading.field_of(parts.NAMED_BY[noun][-1]): refusals.told(failure.message)}
        return form_page(
            caller,
            operation,
            desk,
            noun,
            part_id,
            raw,
            errors,
            status=422,
            problem=problem,
            entry=entry,
        )


def _findings(noun: str, failure: BadPart) -> list[Finding]:
    return [
        Finding(each.severity, noun, "", "", ".".join(map(str, each.place)), each.message)
        for each in failure.found
    ]


def _check(caller: Caller, noun: str, part_id: str | None, fields: dict[str, Any]) -> Response:
    """The messages beside every field, for htmx."""
    raw = nested(fields)
    for name in ("do", "version"):
        raw.pop(name, None)
    entry = _date(raw.pop("entry", None))
    reading = Reading()
    with caller.oversee() as operation:
        desk = desk_of(operation)
        data = data_of(noun, raw, reading)
        found = editing.of_part(desk.policy, noun, data, part_id=part_id)
        errors = beside(reading, found)
        offer = Offer({}, errors, hidden(noun))
        shown = offer.fields(model_of(noun, raw), raw)
        values: dict[str, Any] = {}
        if noun == "scenarios":
            values = picture_of(operation, desk.policy, raw, entry)
    return caller.page(
        "configuration/checked.html",
        errors=errors,
        names=names_of(shown),
        noun=noun,
        told=told,
        **values,
    )


def _date(given: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(given)) if given else None
    except ValueError:
        return None
