"""Collections Configuration: the policy's lists and parts, edited in the person's own draft.

Every change goes into the draft (`features.policy.drafts`), which is checked as it is typed;
`configuration_draft` shows what it changes and whom it moves, and puts it in force. How a part
becomes a form is in `configuration_forms`.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from dunwell.domain.errors import BadInput, DunwellError, NotFound, RuleViolation
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.letters import templates
from dunwell.features.policy import drafts, model, parts, schedule, versions
from dunwell.features.policy.drafts import Draft
from dunwell.features.policy.installation import PREDEFINED_ACTIONS
from dunwell.features.policy.model import Policy
from dunwell.features.policy.parts import BadPart, Finding
from dunwell.features.policy.problems import Severity
from dunwell.features.policy.settings import PolicySettings
from dunwell.web import configuration_columns as lists
from dunwell.web import configuration_conditions as conditions
from dunwell.web import configuration_forms as forms
from dunwell.web import configuration_schedule as pictures
from dunwell.web import configuration_words as told
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields
from dunwell.web.languages import _

router = APIRouter(prefix="/configuration")

Owner = Annotated[Caller, may(Permission.CHANGE_POLICY, everywhere=True)]
Noun = Annotated[str, Path(pattern="^[a-z_]{1,40}$")]
PartId = Annotated[str, Path(pattern="^[0-9a-f]{12}$")]


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page of the configuration shows around its own: the draft and what it lacks."""

    policy: Policy
    in_force: Policy
    draft: Draft | None
    findings: list[Finding]
    changed: list[tuple[str, str, str]]

    @property
    def errors(self) -> int:
        """How many errors keep the draft from being applied."""
        return sum(each.severity is Severity.ERROR for each in self.findings)

    def problems(self, noun: str, part_id: str = "") -> int:
        """How many errors a list or a part has."""
        return sum(
            each.noun == noun and part_id in ("", each.id) and each.severity is Severity.ERROR
            for each in self.findings
        )

    def changes(self, noun: str) -> int:
        """How many parts of a list differ from the policy in force."""
        return sum(each[0] == noun for each in self.changed)

    def is_changed(self, noun: str, part_id: str) -> bool:
        """Whether a part differs from the policy in force."""
        return any(each[:2] == (noun, part_id) for each in self.changed)

    def count(self, noun: str) -> int | None:
        """How many parts a list has; none for what there is one of."""
        return None if noun in parts.SINGLE else len(getattr(self.policy, noun))


def desk_of(operation: Operation) -> Desk:
    """The draft of whoever asks, or the policy in force."""
    draft = drafts.find(operation)
    in_force = versions.read(operation.connection).policy
    policy = draft.policy if draft else in_force
    findings = parts.findings(policy)
    changed = parts.changed_parts(in_force, policy) if draft else []
    return Desk(policy, in_force, draft, findings, changed)


def page(
    caller: Caller, template: str, desk: Desk, noun: str = "", *, status: int = 200, **values: Any
) -> Response:
    """A page of the configuration; `block` among the values is what htmx asks for."""
    return caller.page(
        f"configuration/{template}.html",
        status=status,
        desk=desk,
        noun=noun,
        told=told,
        singles=parts.SINGLE,
        **values,
    )


@router.get("")
def overview(caller: Owner) -> Response:
    """All lists of the policy, and the versions that came last."""
    with caller.oversee() as operation:
        desk = desk_of(operation)
        newest = versions.newest(operation, limit=5)
    return page(caller, "overview", desk, versions=newest)


@router.get("/{noun}")
def show_list(noun: Noun, caller: Owner) -> Response:
    """The parts of one list; of what there is one, its form."""
    if noun in parts.SINGLE:
        return _show_form(caller, noun, None)
    with caller.oversee() as operation:
        desk = desk_of(operation)
    shown = [
        {"id": parts.id_of(noun, part), "part": part, "name": _own_name(noun, part)}
        for part in parts.find_list(desk.policy, noun)
    ]
    brands = len(desk.policy.brand_names()) > 1
    return page(
        caller,
        "list",
        desk,
        noun,
        rows=shown,
        columns=lists.columns(noun),
        several_brands=brands and "brand" in parts.NAMED_BY[noun],
        predefined=list(PREDEFINED_ACTIONS.items()) if noun == "actions" else [],
        ordered=noun == "profiles",
    )


def _own_name(noun: str, part: Any) -> str:
    key = parts.key_of(noun, part)
    return " / ".join(key[1:] if parts.NAMED_BY[noun][0] == "brand" else key)


@router.get("/{noun}/new")
def new_part(
    noun: Noun,
    caller: Owner,
    kind: Annotated[str | None, Query(alias="type", max_length=40)] = None,
    like: Annotated[str | None, Query(pattern="^[0-9a-f]{12}$")] = None,
) -> Response:
    """The form of a new part; of an action, once its type is chosen."""
    return _show_form(caller, noun, None, kind=kind, like=like)


@router.get("/{noun}/{part_id}")
def show_part(
    noun: Noun, part_id: PartId, caller: Owner, entry: Annotated[dt.date | None, Query()] = None
) -> Response:
    """The form of a part."""
    return _show_form(caller, noun, part_id, entry=entry)


def _show_form(
    caller: Caller,
    noun: str,
    part_id: str | None,
    *,
    kind: str | None = None,
    like: str | None = None,
    entry: dt.date | None = None,
) -> Response:
    with caller.oversee() as operation:
        desk = desk_of(operation)
        if noun not in parts.SINGLE:
            parts.find_list(desk.policy, noun)
        raw: forms.Raw = {"type": kind} if kind else {}
        if noun == "settings":
            raw = forms.raw_of(desk.policy.settings)
        elif noun == "aging_buckets":
            raw = {"aging_buckets": "\n".join(map(str, desk.policy.aging_buckets))}
        elif part_id or like:
            raw = forms.raw_of(parts.find(desk.policy, noun, part_id or like or ""))
        if like and not part_id:
            raw["name"] = ""
        errors = {}
        if part_id or noun in parts.SINGLE:
            reading = forms.Reading()
            _data(noun, raw, reading)
            errors = _beside(
                reading,
                (each for each in desk.findings if (each.noun, each.id) == (noun, part_id or "")),
            )
        return _form_page(caller, operation, desk, noun, part_id, raw, errors, entry=entry)


def _form_page(
    caller: Caller,
    operation: Operation,
    desk: Desk,
    noun: str,
    part_id: str | None,
    raw: forms.Raw,
    errors: dict[str, str],
    *,
    status: int = 200,
    problem: str | None = None,
    entry: dt.date | None = None,
) -> Response:
    offer = forms.Offer(_choices(operation, desk.policy, raw), errors, _HIDDEN)
    known = _model(noun, raw)
    fields = offer.fields(known, raw) if known else []
    part = parts.find(desk.policy, noun, part_id) if part_id else None
    values: dict[str, Any] = {
        "fields": fields,
        "part_id": part_id,
        "name": parts.name_of(noun, part) if part else None,
        "type": raw.get("type"),
        "types": list(model.ACTION_FORMS) if noun == "actions" else [],
        "fixed": drafts.fixed(operation, desk.policy, noun, part) if part else None,
        "errors": errors,
        "problem": problem or errors.get(""),
        "subjects": conditions.subjects([each.name for each in desk.policy.criteria]),
        "operators": conditions.OPERATORS,
        "value_types": conditions.TYPES,
        "version": desk.draft.version if desk.draft else None,
        "uses": parts.uses(desk.policy, noun, part) if part else [],
    }
    if noun == "scenarios":
        values |= _picture(operation, desk.policy, raw, entry)
    return page(caller, "part", desk, noun, status=status, **values)


_HIDDEN = frozenset({"type"})


def _picture(
    operation: Operation, policy: Policy, raw: forms.Raw, entry: dt.date | None
) -> dict[str, Any]:
    """When the scenario's steps would fall; nothing while it can't be read."""
    day = entry or operation.date
    try:
        scenario = parts.read("scenarios", _data("scenarios", raw, forms.Reading()))
        found = schedule.of(operation, policy, scenario, day)
    except (BadPart, BadInput):
        return {"entry": day, "schedule": None, "picture": None}
    return {
        "entry": day,
        "schedule": found,
        "picture": pictures.picture(day, found.steps, found.closed),
    }


def _model(noun: str, raw: forms.Raw) -> Any:
    """The model of a part; of an action, that of its type."""
    if noun == "settings":
        return PolicySettings
    if noun == "aging_buckets":
        return parts.Buckets
    if noun == "actions":
        forms_by_type = {kind.value: form for kind, form in model.ACTION_FORMS.items()}
        return forms_by_type.get(raw.get("type", ""))
    return parts.FORMS[noun]


def _data(noun: str, raw: forms.Raw, reading: forms.Reading) -> dict[str, Any]:
    known = _model(noun, raw)
    if known is None:
        raise NotFound(_("There is no such type of action."))
    data = reading.data(known, raw)
    if noun == "actions":
        data["type"] = raw["type"]
    return data


def _beside(reading: forms.Reading, findings: Iterable[Finding]) -> dict[str, str]:
    """Messages by the form's fields."""
    found: dict[str, str] = {}
    for each in findings:
        name = reading.field_of(each.field)
        found[name] = f"{found[name]} {each.message}" if name in found else each.message
    return found


def _choices(operation: Operation, policy: Policy, raw: forms.Raw) -> dict[str, list[str]]:
    """What fields that name another part can be chosen from."""
    brand = raw.get("brand")
    own = [each.name for each in policy.actions if not brand or each.brand in {None, brand}]
    names = {each.name for each in templates.listed(operation)}
    return {
        "brand": sorted(policy.brand_names()),
        "calendar": _with(model.DEFAULT_CALENDAR, policy.calendars),
        "profile": [each.name for each in policy.profiles if not brand or each.brand == brand],
        "debt_class": _with(model.DEFAULT_DEBT_CLASS, policy.debt_classes),
        "action": [*own, *PREDEFINED_ACTIONS.values()],
        "template": sorted(names),
        "email_body": sorted(names),
        "supervisor": [each.name for each in policy.agents if each.role == "manager"],
    }


def _with(implied: str, given: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys([implied, *(each.name for each in given)]))


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


@router.post("/{noun}/{part_id}/remove")
def remove_part(noun: Noun, part_id: PartId, caller: Owner) -> Response:
    """Take a part out of the draft; back on its page if something needs it."""
    try:
        with caller.oversee() as operation:
            drafts.find_or_start(operation)
            drafts.remove(operation, noun, part_id)
    except RuleViolation as failure:
        return caller.go(f"/configuration/{noun}/{part_id}", flash=("bad", failure.message))
    return caller.go(f"/configuration/{noun}", flash=("good", _("Taken out of your draft.")))


@router.post("/{noun}/{part_id}/move")
def move_part(noun: Noun, part_id: PartId, caller: Owner, fields: Fields) -> Response:
    """One place up or down, or to a place."""
    with caller.oversee() as operation:
        draft = drafts.find_or_start(operation)
        ids = [parts.id_of(noun, part) for part in parts.find_list(draft.policy, noun)]
        if part_id not in ids:
            raise NotFound(_("It isn't in the draft any more."))
        now = ids.index(part_id)
        given = str(fields.get("to", ""))
        steps = {"up": now - 1, "down": now + 1}
        to = steps.get(given, int(given) if given.isdigit() else now)
        drafts.move(operation, noun, part_id, max(0, to))
    return caller.go(f"/configuration/{noun}")


def _save(caller: Caller, noun: str, part_id: str | None, fields: dict[str, Any]) -> Response:
    raw = forms.nested(fields)
    command = raw.pop("do", None)
    seen = str(raw.pop("version", ""))
    reading = forms.Reading()
    entry = _date(raw.pop("entry", None))
    try:
        with caller.oversee() as operation:
            desk = desk_of(operation)
            if noun not in parts.SINGLE:
                parts.find_list(desk.policy, noun)
            if isinstance(command, str):
                forms.act(raw, command)
                return _form_page(caller, operation, desk, noun, part_id, raw, {}, entry=entry)
            data = _data(noun, raw, reading)
            # a draft that another window has begun meanwhile isn't what was seen
            version = int(seen) if seen.isdigit() else None
            draft = drafts.find_or_start(operation)
            _draft, new_id = drafts.put(
                operation,
                noun,
                data,
                part_id=part_id,
                version=version if version is not None else draft.version,
            )
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
    raw: forms.Raw,
    reading: forms.Reading,
    failure: DunwellError,
    entry: dt.date | None,
) -> Response:
    """The form again, with what was typed and why it wasn't taken."""
    with caller.oversee() as operation:
        desk = desk_of(operation)
        errors: dict[str, str] = {}
        problem: str | None = failure.message
        if isinstance(failure, BadPart):
            errors = _beside(reading, _findings(noun, failure))
            problem = _("Nothing was saved: see the messages beside the fields.")
        elif isinstance(failure, RuleViolation) and failure.rule in {"name_in_use", "predefined"}:
            errors = {reading.field_of(parts.NAMED_BY[noun][-1]): failure.message}
        return _form_page(
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
    raw = forms.nested(fields)
    for name in ("do", "version"):
        raw.pop(name, None)
    entry = _date(raw.pop("entry", None))
    reading = forms.Reading()
    with caller.oversee() as operation:
        desk = desk_of(operation)
        data = _data(noun, raw, reading)
        found = parts.of_part(desk.policy, noun, data, part_id=part_id)
        errors = _beside(reading, found)
        offer = forms.Offer({}, errors, _HIDDEN)
        shown = offer.fields(_model(noun, raw), raw)
        values: dict[str, Any] = {}
        if noun == "scenarios":
            values = _picture(operation, desk.policy, raw, entry)
    return caller.page(
        "configuration/checked.html",
        errors=errors,
        names=forms.names_of(shown),
        noun=noun,
        told=told,
        **values,
    )


def _date(given: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(given)) if given else None
    except ValueError:
        return None
