"""The form of a part: its fields filled from the draft, with the messages beside them; of a
scenario, with the picture of its schedule.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from fastapi import Response

from dunwell.domain.errors import BadInput, NotFound
from dunwell.domain.statuses import TemplateKind
from dunwell.features.access.actor import Operation
from dunwell.features.policy import drafts, editing, parts, schedule, wordings
from dunwell.features.policy.editing import BadPart, Finding
from dunwell.features.policy.forms.actions import ACTION_FORMS
from dunwell.features.policy.forms.calendars import DEFAULT_CALENDAR
from dunwell.features.policy.forms.scenarios import DEFAULT_DEBT_CLASS
from dunwell.features.policy.installation import PREDEFINED_ACTIONS
from dunwell.features.policy.model import Policy
from dunwell.features.policy.problems import Severity
from dunwell.features.policy.settings import PolicySettings
from dunwell.web import refusals
from dunwell.web.caller import Caller
from dunwell.web.configuration import conditions
from dunwell.web.configuration import schedule as schedule_picture
from dunwell.web.configuration.desk import Desk, desk_of, page
from dunwell.web.configuration.fields import Offer
from dunwell.web.configuration.kinds import Raw
from dunwell.web.configuration.reading import Reading
from dunwell.web.configuration.texts import raw_of
from dunwell.web.languages import _


def show_form(
    caller: Caller,
    noun: str,
    part_id: str | None,
    *,
    kind: str | None = None,
    like: str | None = None,
    entry: dt.date | None = None,
) -> Response:
    """The form of a part as the draft has it, or an empty one."""
    with caller.oversee() as operation:
        desk = desk_of(operation)
        if noun not in parts.SINGLE:
            parts.find_list(desk.policy, noun)
        raw: Raw = {"type": kind} if kind else {}
        if noun == "settings":
            raw = raw_of(desk.policy.settings)
        elif noun == "aging_buckets":
            raw = {"aging_buckets": "\n".join(map(str, desk.policy.aging_buckets))}
        elif part_id or like:
            raw = raw_of(parts.find(desk.policy, noun, part_id or like or ""))
        if like and not part_id:
            raw["name"] = ""
        errors = {}
        if part_id or noun in parts.SINGLE:
            reading = Reading()
            data_of(noun, raw, reading)
            found = desk.findings if desk.draft else editing.findings(desk.policy)
            own = [each for each in found if (each.noun, each.id) == (noun, part_id or "")]
            errors = beside(reading, own)
        return form_page(caller, operation, desk, noun, part_id, raw, errors, entry=entry)


def form_page(
    caller: Caller,
    operation: Operation,
    desk: Desk,
    noun: str,
    part_id: str | None,
    raw: Raw,
    errors: dict[str, str],
    *,
    status: int = 200,
    problem: str | None = None,
    entry: dt.date | None = None,
    focus: str = "",
    version: str | None = None,
) -> Response:
    """The page with a form filled with these texts."""
    offer = Offer(_choices(desk.policy, raw), errors, hidden(noun))
    known = model_of(noun, raw)
    fields = offer.fields(known, raw) if known else []
    part = parts.find(desk.policy, noun, part_id) if part_id else None
    values: dict[str, Any] = {
        "fields": fields,
        "part_id": part_id,
        "name": parts.name_of(noun, part) if part else None,
        "type": raw.get("type"),
        "types": list(ACTION_FORMS) if noun == "actions" else [],
        "kept": drafts.kept_by(operation, desk.policy, noun, part) if part else None,
        "errors": errors,
        "focus": focus,
        "problem": problem or errors.get(""),
        "subjects": conditions.subjects([each.name for each in desk.policy.criteria]),
        "operators": conditions.OPERATORS,
        "value_types": conditions.TYPES,
        "version": version or (desk.draft.version if desk.draft else NO_DRAFT),
    }
    if noun == "scenarios":
        values |= picture_of(operation, desk.policy, raw, entry)
    return page(caller, "part", desk, noun, status=status, **values)


def hidden(noun: str) -> frozenset[str]:
    """What a form doesn't ask: the type of an action, which decides what else it asks."""
    return frozenset({"type"} if noun == "actions" else ())


NO_DRAFT = 0
"""The version of a draft that isn't there."""


def picture_of(
    operation: Operation, policy: Policy, raw: Raw, entry: dt.date | None
) -> dict[str, Any]:
    """When the scenario's steps would fall; nothing while it can't be read."""
    day = entry or operation.date
    try:
        scenario = editing.read("scenarios", data_of("scenarios", raw, Reading()))
        found = schedule.of(operation, policy, scenario, day)
    except (BadPart, BadInput):
        return {"entry": day, "schedule": None, "picture": None}
    return {
        "entry": day,
        "schedule": found,
        "picture": schedule_picture.picture(day, found.steps, found.closed),
    }


def model_of(noun: str, raw: Raw) -> Any:
    """The model of a part; of an action, that of its type."""
    if noun == "settings":
        return PolicySettings
    if noun == "aging_buckets":
        return editing.Buckets
    if noun == "actions":
        forms_by_type = {kind.value: form for kind, form in ACTION_FORMS.items()}
        return forms_by_type.get(raw.get("type", ""))
    return parts.FORMS[noun]


def data_of(noun: str, raw: Raw, reading: Reading) -> dict[str, Any]:
    """What the form says, as data for the model."""
    known = model_of(noun, raw)
    if known is None:
        raise NotFound(_("There is no such type of action."))
    data = reading.data(known, raw)
    if noun == "actions":
        data["type"] = raw["type"]
    return data


def beside(reading: Reading, findings: Iterable[Finding]) -> dict[str, str]:
    """Messages by the form's fields."""
    found: dict[str, list[Finding]] = {}
    for each in findings:
        found.setdefault(reading.field_of(each.field), []).append(each)
    return {name: _message(of_field) for name, of_field in found.items()}


def _message(findings: list[Finding]) -> str:
    said = " ".join(
        _("Warning: %(said)s") % {"said": refusals.told(each.message)}
        if each.severity is Severity.WARNING
        else refusals.told(each.message)
        for each in findings
    )
    warns = all(each.severity is Severity.WARNING for each in findings)
    return refusals.Warned(said) if warns else said


def _choices(policy: Policy, raw: Raw) -> dict[str, list[str]]:
    """What fields that name another part can be chosen from."""
    brand = raw.get("brand")
    own = [each.name for each in policy.actions if not brand or each.brand in {None, brand}]
    reminds = raw.get("type") == "invoice_reminder"
    kind = TemplateKind.INVOICE_REMINDER if reminds else TemplateKind.DUNNING
    return {
        "brand": sorted(policy.brand_names()),
        "calendar": _with(DEFAULT_CALENDAR, policy.calendars),
        "profile": [each.name for each in policy.profiles if not brand or each.brand == brand],
        "debt_class": _with(DEFAULT_DEBT_CLASS, policy.debt_classes),
        "action": [*own, *PREDEFINED_ACTIONS.values()],
        "template": wordings.names(policy, kind),
        "email_body": wordings.names(policy, TemplateKind.EMAIL_BODY),
        "supervisor": [each.name for each in policy.agents if each.role == "manager"],
    }


def _with(implied: str, given: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys([implied, *(each.name for each in given)]))
