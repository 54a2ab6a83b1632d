"""Templates: loading, listing, deleting, and finding the one that a letter needs.

Those that come with Dunwell are files of `shipped`, for all brands; one that is loaded under the
same kind, name and locale takes its place, and a brand's own precedes one for all brands.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import psycopg
from babel import Locale, UnknownLocaleError
from psycopg.rows import TupleRow, dict_row
from psycopg.types.json import Jsonb
from pydantic import TypeAdapter, ValidationError

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.statuses import TemplateKind
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.events import log as event_log
from dunwell.features.letters import rules, sample
from dunwell.features.letters.engines import FORMATS
from dunwell.features.letters.rendering import Failed, Job, Renderer
from dunwell.features.policy.values import Name

_TEMPLATES = statements.load(__package__, "templates.sql")

LARGEST = 1_000_000
"""Bytes of a template."""

ACTION_TYPES = {
    TemplateKind.DUNNING: "dunning_letter",
    TemplateKind.INVOICE_REMINDER: "invoice_reminder",
    TemplateKind.EMAIL_BODY: "",
}
"""Which type of action names templates of a kind."""

_SHIPPED = {
    ".typ": (TemplateKind.DUNNING, "typst", "pdf"),
    "invoice-reminder": (TemplateKind.INVOICE_REMINDER, "jinja2", "text"),
    "letter-attached": (TemplateKind.EMAIL_BODY, "jinja2", "text"),
}


@dataclass(frozen=True, slots=True)
class Template:
    """One template: for a brand or for all, of a kind, with its name and locale."""

    kind: str
    name: str
    locale: str
    engine: str
    format: str
    source: str
    brand: str | None = None
    brand_id: int | None = None
    id: int | None = None
    """None for one that comes with Dunwell."""

    @property
    def title(self) -> str:
        """How errors call it."""
        brand = f", {self.brand}" if self.brand else ""
        return f"{self.name} ({self.kind}, {self.locale}{brand})"

    @property
    def sha256(self) -> str:
        """The hash of its source."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    def job(
        self,
        data: Any,
        sender: Any,
        *,
        days_to_pay: int = sample.DAYS_TO_PAY,
        form: str = "",
        today: str = "",
    ) -> Job:
        """What the renderer is given; `form` other than its own is for previews."""
        return Job(
            name=self.title,
            engine=self.engine,
            format=form or self.format,
            source=self.source,
            locale=self.locale,
            data=data,
            sender=sender,
            days_to_pay=days_to_pay,
            today=today,
        )


class Catalog:
    """All templates at one moment, to find those that letters need."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self._found: dict[tuple[str, str], dict[tuple[int | None, str], Template]] = {}
        for each in templates:
            named = self._found.setdefault((each.kind, each.name), {})
            named[each.brand_id, each.locale] = each

    @classmethod
    def read(cls, connection: psycopg.Connection[TupleRow]) -> "Catalog":
        """What is loaded, over what comes with Dunwell."""
        return cls([*shipped(), *_loaded(connection)])

    def find(self, kind: str, name: str, brand_id: int | None, wanted: list[str]) -> Template:
        """The template in the best locale, the brand's own before one for all. Raises NotFound."""
        named = {
            place: each
            for place, each in self._found.get((kind, name), {}).items()
            if place[0] in (brand_id, None)
        }
        locale = rules.best_locale(wanted, {locale for _, locale in named})
        if locale is None:
            others = ", ".join(sorted({locale for _, locale in named}))
            raise NotFound(
                f"There is no template {name!r} of kind {kind} for {wanted[0]}"
                + (f" (only for {others})" if others else "")
                + "; load it with `dunwell template load`."
            )
        return named.get((brand_id, locale)) or named[None, locale]


@cache
def shipped() -> tuple[Template, ...]:
    """The templates that come with Dunwell."""
    found = []
    for file in sorted(files(__package__).joinpath("shipped").iterdir(), key=lambda one: one.name):
        name, _, rest = file.name.partition(".")
        locale, _, ending = rest.partition(".")
        known = _SHIPPED.get(name) or _SHIPPED.get(f".{ending}")
        if known is not None:
            kind, engine, form = known
            source = file.read_text(encoding="utf-8")
            found.append(Template(kind, name, locale, engine, form, source))
    return tuple(found)


def _loaded(connection: psycopg.Connection[TupleRow]) -> list[Template]:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_TEMPLATES["all"].render()).fetchall()
    return [Template(**{name: row[name] for name in Template.__dataclass_fields__}) for row in rows]


def listed(operation: Operation) -> list[Template]:
    """The templates that the actor sees, those that come with Dunwell where none is loaded in
    their place.
    """
    operation.actor.require(Permission.VIEW)
    loaded = [
        each
        for each in _loaded(operation.connection)
        if each.brand_id is None or operation.actor.sees(each.brand_id)
    ]
    taken = {(each.kind, each.name, each.locale) for each in loaded if each.brand_id is None}
    kept = [each for each in shipped() if (each.kind, each.name, each.locale) not in taken]
    return sorted(
        [*kept, *loaded], key=lambda each: (each.kind, each.name, each.locale, each.brand or "")
    )


def get(operation: Operation, kind: str, name: str, locale: str, brand: str | None) -> Template:
    """One template by its whole name. Raises NotFound."""
    for each in listed(operation):
        if (each.kind, each.name, each.locale, each.brand) == (kind, name, locale, brand):
            return each
    where = f" of the brand {brand!r}" if brand else " for all brands"
    raise NotFound(
        f"There is no template {name!r} of kind {kind} in {locale}{where};"
        " `dunwell template list` shows those that there are."
    )


def load(
    operation: Operation,
    *,
    kind: str,
    name: str,
    locale: str,
    engine: str,
    form: str,
    source: bytes,
    brand: str | None = None,
) -> str | None:
    """Put a template in place, or another in its place. Raises BadInput for one that can't be
    rendered; one that only lacks a field of the sample data (a plug-in may bring it) is taken, and
    what it lacks is the answer.
    """
    operation.actor.require(Permission.CHANGE_POLICY)
    brand_id = _brand(operation, brand)
    template = Template(
        kind=_one_of("kind", kind, [each.value for each in TemplateKind]),
        name=_name(name),
        locale=canonical(locale),
        engine=_one_of("engine", engine, list(FORMATS)),
        format=_one_of(f"format of the engine {engine}", form, FORMATS[engine]),
        source=_text(source),
        brand=brand,
    )
    if template.kind != TemplateKind.DUNNING and template.format == "pdf":
        raise BadInput(f"A template of kind {kind} makes text or HTML; {engine} makes PDF.")
    with Renderer(1) as renderer:
        outcome = renderer.render(template.job(sample.data(template.locale), sample.SENDER))
    lacking = None
    if isinstance(outcome, Failed):
        if "there is no field" not in outcome.message:
            raise BadInput(f"The {outcome.message}. Nothing was loaded.")
        lacking = outcome.message
    _write(
        operation,
        "put",
        template,
        {"brand_id": brand_id, "engine": engine, "format": form, "source": template.source},
    )
    return lacking


def delete(operation: Operation, kind: str, name: str, locale: str, brand: str | None) -> None:
    """Remove a template. Raises RuleViolation while something names it, NotFound."""
    operation.actor.require(Permission.CHANGE_POLICY)
    template = get(operation, kind, name, locale, brand)
    if template.id is None:
        raise RuleViolation(
            "shipped",
            f"The template {template.title} comes with Dunwell and can't be deleted; load one of"
            " your own under the same name to replace it.",
        )
    given = {
        "kind": kind,
        "name": name,
        "brand_id": template.brand_id,
        "action_type": ACTION_TYPES[TemplateKind(kind)],
    }
    uses = [what for (what,) in _TEMPLATES["uses"].run(operation.connection, given)]
    if uses:
        raise RuleViolation(
            "in_use",
            f"The template {template.title} is in use by {', '.join(uses)}; take it out of there"
            " first.",
        )
    _write(operation, "delete", template, {"id": template.id})


def _write(operation: Operation, verb: str, template: Template, given: dict[str, Any]) -> None:
    event_log.ensure_month(operation.connection, operation.date)
    named = {
        "kind": template.kind,
        "name": template.name,
        "locale": template.locale,
        "brand": template.brand,
        "sha256": template.sha256,
    }
    shared = {
        **named,
        "actor": operation.actor.name,
        "business_date": operation.date,
        "event": {"put": "template_loaded", "delete": "template_deleted"}[verb],
        "data": Jsonb(named),
    }
    _TEMPLATES[verb].run(operation.connection, {**shared, **given})
    _TEMPLATES["log"].run(operation.connection, shared)


def _brand(operation: Operation, brand: str | None) -> int | None:
    if brand is None:
        if operation.actor.brands is not None:
            raise BadInput("A template for all brands needs access to all brands; name a brand.")
        return None
    row = _TEMPLATES["find_brand"].run(operation.connection, {"brand": brand}).fetchone()
    if row is None or not operation.actor.sees(row[0]):
        raise NotFound(f"There is no brand {brand!r}.")
    return int(row[0])


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
