"""Changing templates: into the actor's draft, or into force at once as a version of the policy that
changes nothing else (docs/decisions/0175-templates-are-part-of-the-policy.md). Every template is
tried with made-up data before its words are kept.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from pydantic import TypeAdapter, ValidationError

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.statuses import TemplateKind
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.letters import sample
from dunwell.features.letters.engines import FORMATS
from dunwell.features.letters.rendering import Failed, Renderer
from dunwell.features.letters.templates import Template, get, part_id
from dunwell.features.policy import drafts, editing, parts, service, wordings
from dunwell.features.policy.model import Policy
from dunwell.features.policy.values import Name

_TEMPLATES = statements.load(__package__, "templates.sql")

LARGEST = 1_000_000
"""Bytes of a template."""


@dataclass(frozen=True, slots=True)
class Given:
    """A template to be, as somebody gives it."""

    kind: str
    name: str
    locale: str
    engine: str
    form: str
    source: bytes
    brand: str | None = None


def load(operation: Operation, given: Given, *, note: str = "") -> str | None:
    """Put a template in force at once, or another in its place: a version of the policy that
    changes nothing else. Raises BadInput for one that can't be rendered; one that only lacks a
    field of the sample data (a plug-in may bring it) is taken, and what it lacks is the answer.
    """
    operation.actor.require(Permission.CHANGE_POLICY)
    _own_brand(operation, given.brand)
    tried, lacking = _try(given)
    _change(
        operation,
        note or f"Template {tried.title} loaded",
        lambda policy: _put(operation, policy, tried),
    )
    return lacking


def stage(
    operation: Operation, given: Given, *, version: int | None = None
) -> tuple[Template, str | None]:
    """Put a template into the actor's draft, which is begun if there is none; it counts when the
    draft is applied. The template and what it lacks. Raises as `load`, and Stale when `version`
    isn't that of the draft that is there.
    """
    operation.actor.require(Permission.CHANGE_POLICY, everywhere=True)
    begun = drafts.find(operation)
    policy = (begun or drafts.start(operation)).policy
    if given.brand is not None and given.brand not in policy.brand_names():
        raise NotFound(f"There is no brand {given.brand!r}.")
    tried, lacking = _try(given)
    data, part_id = _part(operation, policy, tried)
    seen = version if begun else None
    drafts.put_tried(operation, "templates", data, part_id=part_id, version=seen)
    return tried, lacking


def examine(operation: Operation, given: Given) -> str | None:
    """What is wrong with a template as it is typed, or what it lacks; nothing is kept."""
    operation.actor.require(Permission.CHANGE_POLICY, everywhere=True)
    try:
        return _try(given)[1]
    except BadInput as failure:
        return failure.message


def unstage(operation: Operation, template: Template, *, version: int | None = None) -> None:
    """Take a template out of the actor's draft. Raises RuleViolation while something names it."""
    operation.actor.require(Permission.CHANGE_POLICY, everywhere=True)
    drafts.find_or_start(operation)
    _refuse_shipped(template)
    drafts.remove(operation, "templates", part_id(template), version=version)


def delete(
    operation: Operation,
    kind: str,
    name: str,
    locale: str,
    brand: str | None,
    *,
    note: str = "",
) -> None:
    """Take a template out of the policy in force at once. Raises RuleViolation while something
    names it, NotFound.
    """
    operation.actor.require(Permission.CHANGE_POLICY)
    template = get(operation, kind, name, locale, brand)
    _refuse_shipped(template)
    _own_brand(operation, brand)
    _change(
        operation,
        note or f"Template {template.title} deleted",
        lambda policy: editing.remove(policy, "templates", part_id(template)),
    )


def _refuse_shipped(template: Template) -> None:
    if template.shipped:
        raise RuleViolation(
            "shipped",
            f"The template {template.title} comes with Dunwell and can't be deleted; load one of"
            " your own under the same name to replace it.",
        )


def _change(operation: Operation, note: str, change: Callable[[Policy], Policy]) -> None:
    """A version of the policy with other templates."""
    drafts.wait_for_night(operation)
    before = service.export(operation.connection)
    after = change(before)
    service.apply_templates(
        operation.connection, after.templates, actor=operation.actor.name, note=note
    )
    wordings.record(operation, before, after)


def _put(operation: Operation, policy: Policy, template: Template) -> Policy:
    data, replaced = _part(operation, policy, template)
    return editing.put(policy, "templates", data, part_id=replaced)[0]


def _part(
    operation: Operation, policy: Policy, template: Template
) -> tuple[dict[str, Any], str | None]:
    """The template as a part of the policy, its words kept; and the id of the part that it
    replaces.
    """
    names = ("brand", "kind", "name", "locale", "engine", "format")
    data = {name: getattr(template, name) for name in names}
    data["sha256"] = wordings.keep(operation, template.source)
    there = {parts.id_of("templates", each) for each in policy.templates}
    found = part_id(template)
    return data, found if found in there else None


def _try(given: Given) -> tuple[Template, str | None]:
    """What was given as a template that can be rendered with made-up data, and what it lacks."""
    template = Template(
        kind=_one_of("kind", given.kind, [each.value for each in TemplateKind]),
        name=_name(given.name),
        locale=canonical(given.locale),
        engine=_one_of("engine", given.engine, list(FORMATS)),
        format=_one_of(f"format of the engine {given.engine}", given.form, FORMATS[given.engine]),
        source=_text(given.source),
        brand=given.brand,
    )
    if template.kind != TemplateKind.DUNNING and template.format == "pdf":
        raise BadInput(
            f"A template of kind {given.kind} makes text or HTML; {given.engine} makes PDF."
        )
    with Renderer(1) as renderer:
        outcome = renderer.render(template.job(sample.data(template.locale), sample.SENDER))
    if not isinstance(outcome, Failed):
        return template, None
    if "there is no field" not in outcome.message:
        raise BadInput(f"The {outcome.message}. Nothing was loaded.")
    return template, outcome.message


def _own_brand(operation: Operation, brand: str | None) -> None:
    """Raises BadInput or NotFound for a brand that isn't the actor's to change."""
    if brand is None:
        if operation.actor.brands is not None:
            raise BadInput("A template for all brands needs access to all brands; name a brand.")
        return
    row = _TEMPLATES["find_brand"].run(operation.connection, {"brand": brand}).fetchone()
    if row is None or not operation.actor.sees(row[0]):
        raise NotFound(f"There is no brand {brand!r}.")


def _one_of(what: str, given: str, known: Iterable[str]) -> str:
    choices = list(known)
    if given not in choices:
        raise BadInput(f"{given!r} is no {what}; choose one of {', '.join(choices)}.")
    return given


def _name(given: str) -> str:
    try:
        return str(TypeAdapter(Name).validate_python(given))
    except ValidationError as failure:
        raise BadInput(
            f"{given!r} can't be a template's name: {failure.errors()[0]['msg']}."
        ) from (failure)


def canonical(given: str) -> str:
    """A locale as templates are filed under it: EN_us is en_US. Raises BadInput."""
    try:
        return str(Locale.parse(given))
    except (UnknownLocaleError, ValueError, TypeError) as failure:
        raise BadInput(f"{given!r} is not a known locale; write one such as en_US.") from failure


def _text(source: bytes) -> str:
    if len(source) > LARGEST:
        raise BadInput(f"The template has {len(source):,} bytes; at most {LARGEST:,} are taken.")
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise BadInput(f"The template isn't UTF-8 text ({failure}).") from failure
    if not text.strip() or "\0" in text:
        raise BadInput("The template is empty, or no text.")
    return text
