"""Templates: loading, listing, deleting, and finding the one that a letter needs.

They are parts of the policy: staged in a draft, or loaded at once, which makes a version that
changes nothing else (docs/decisions/0175-templates-are-part-of-the-policy.md). Those that come with
Dunwell are files of `shipped`, for all brands; one that is loaded under the same kind, name and
locale takes its place, and a brand's own precedes one for all brands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import psycopg
from psycopg.rows import TupleRow, dict_row

from dunwell.db import statements
from dunwell.domain.errors import NotFound
from dunwell.domain.statuses import TemplateKind
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.letters import rules, sample
from dunwell.features.letters.rendering import Job
from dunwell.features.policy import parts, wordings
from dunwell.features.policy.model import Policy

_TEMPLATES = statements.load(__package__, "templates.sql")

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
    shipped: bool = False
    """Whether it comes with Dunwell."""

    @property
    def title(self) -> str:
        """How errors call it."""
        brand = f", {self.brand}" if self.brand else ""
        return f"{self.name} ({self.kind}, {self.locale}{brand})"

    @property
    def sha256(self) -> str:
        """The hash of its source."""
        return wordings.hash_of(self.source)

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
            found.append(Template(kind, name, locale, engine, form, source, shipped=True))
    return tuple(found)


def _loaded(connection: psycopg.Connection[TupleRow]) -> list[Template]:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_TEMPLATES["all"].render()).fetchall()
    return [Template(**row) for row in rows]


def listed(operation: Operation) -> list[Template]:
    """The templates that the actor sees, those that come with Dunwell where none is loaded in
    their place.
    """
    operation.actor.require(Permission.VIEW)
    return _with_shipped(
        each
        for each in _loaded(operation.connection)
        if each.brand_id is None or operation.actor.sees(each.brand_id)
    )


def of_policy(operation: Operation, policy: Policy) -> list[Template]:
    """The templates that a draft or a version of the policy names, with those that come with
    Dunwell.
    """
    operation.actor.require(Permission.VIEW, everywhere=True)
    texts = wordings.sources(operation.connection, (each.sha256 for each in policy.templates))
    return _with_shipped(
        Template(
            **each.model_dump(include={"name", "locale", "brand", "engine", "format"}),
            kind=each.kind.value,
            source=texts[each.sha256],
        )
        for each in policy.templates
    )


def _with_shipped(found: Iterable[Template]) -> list[Template]:
    loaded = list(found)
    taken = {(each.kind, each.name, each.locale) for each in loaded if each.brand is None}
    kept = [each for each in shipped() if (each.kind, each.name, each.locale) not in taken]
    return sorted(
        [*kept, *loaded], key=lambda each: (each.kind, each.name, each.locale, each.brand or "")
    )


def get(operation: Operation, kind: str, name: str, locale: str, brand: str | None) -> Template:
    """One template in force by its whole name. Raises NotFound."""
    return choose(listed(operation), kind, name, locale, brand)


def choose(
    found: Iterable[Template], kind: str, name: str, locale: str, brand: str | None
) -> Template:
    """One of these templates by its whole name. Raises NotFound."""
    for each in found:
        if (each.kind, each.name, each.locale, each.brand) == (kind, name, locale, brand):
            return each
    where = f" of the brand {brand!r}" if brand else " for all brands"
    raise NotFound(
        f"There is no template {name!r} of kind {kind} in {locale}{where};"
        " `dunwell template list` shows those that there are."
    )


def part_id(template: Template) -> str:
    """How a policy's parts call the template."""
    key = (template.brand or "", template.kind, template.name, template.locale)
    return parts.id_from("templates", key)
