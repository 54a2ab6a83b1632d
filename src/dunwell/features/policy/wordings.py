"""The words of letters and messages, as parts of the policy: it names each template's words by
their hash, and the words themselves are kept once and never change.

So a version of the policy says exactly what its letters said. Policy files don't speak of
templates: one that is applied leaves them as they are. `letters.templates` tries words before they
are kept.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements
from dunwell.domain.statuses import TemplateKind
from dunwell.features.access.actor import Operation
from dunwell.features.events import log as event_log
from dunwell.features.policy.criteria import Place
from dunwell.features.policy.forms.actions import InvoiceReminder
from dunwell.features.policy.model import LetterTemplate, Policy
from dunwell.features.policy.problems import Problem, error, warning

_WORDINGS = statements.load(__package__, "wordings.sql")

Connection = psycopg.Connection[TupleRow]

SHIPPED = {
    TemplateKind.DUNNING: ("final-notice", "first-reminder", "receipt", "second-reminder"),
    TemplateKind.INVOICE_REMINDER: ("invoice-reminder",),
    TemplateKind.EMAIL_BODY: ("letter-attached",),
}
"""The names of the templates that come with Dunwell, for all brands."""
SHIPPED_LOCALES = ("de_DE", "en_US", "es_ES")


@dataclass(frozen=True, slots=True)
class Naming:
    """A place of the policy that names a template; `index` and `field` lead to it."""

    kind: TemplateKind
    name: str
    brand: str | None
    place: Place


def complete(connection: Connection, policy: Policy) -> Policy:
    """The policy with the templates in force, if it doesn't speak of templates."""
    if "templates" in policy.model_fields_set:
        return policy
    row = _WORDINGS["in_force"].run(connection).fetchone()
    assert row is not None, "installation.install makes the first version"
    found = [LetterTemplate.model_validate(each) for each in row[0] or []]
    return policy.model_copy(update={"templates": found})


def hash_of(source: str) -> str:
    """The hash by which words are named."""
    return hashlib.sha256(source.encode()).hexdigest()


def keep(operation: Operation, source: str) -> str:
    """Keep words, so that a draft or a version can name them; their hash."""
    given = {"hash": hash_of(source), "source": source, "actor": operation.actor.name}
    _WORDINGS["keep"].run(operation.connection, given)
    return given["hash"]


def sources(connection: Connection, hashes: Iterable[str]) -> dict[str, str]:
    """The words of each hash."""
    return dict(_WORDINGS["sources"].run(connection, {"hashes": sorted(set(hashes))}).fetchall())


def record(operation: Operation, before: Policy, after: Policy) -> None:
    """An event for each template that is new, changed or gone."""
    old, new = ({_key(each): each for each in policy.templates} for policy in (before, after))
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) == new.get(key):
            continue
        template = new.get(key) or old[key]
        data = template.model_dump(mode="json", exclude={"engine", "format"})
        kind = "template_loaded" if key in new else "template_deleted"
        event_log.record(
            operation.connection, operation.date, kind, data, actor=operation.actor.name
        )


def _key(template: LetterTemplate) -> tuple[str | None, str, str, str]:
    return template.brand, template.kind, template.name, template.locale


def ships(kind: str, name: str, locale: str | None = None) -> bool:
    """Whether a template of that name comes with Dunwell, in a locale or any."""
    known = name in SHIPPED[TemplateKind(kind)]
    return known and (locale is None or locale in SHIPPED_LOCALES)


def names(policy: Policy, kind: TemplateKind) -> list[str]:
    """What templates of a kind there are, those that come with Dunwell among them."""
    return sorted({*SHIPPED[kind], *(each.name for each in policy.templates if each.kind == kind)})


def stands_in(policy: Policy, template: LetterTemplate) -> bool:
    """Whether another template takes a removed one's place: one for all brands, or a shipped one of
    the same name and locale.
    """
    key = (template.kind, template.name, template.locale)
    for_all = any(
        each.brand is None and (each.kind, each.name, each.locale) == key
        for each in policy.templates
        if each != template
    )
    return (template.brand is not None and for_all) or ships(*key)


def namings(policy: Policy) -> Iterator[Naming]:
    """Every place of the policy that names a template."""
    for index, action in enumerate(policy.actions):
        name = getattr(action, "template", None)
        if name is not None:
            reminds = isinstance(action, InvoiceReminder)
            kind = TemplateKind.INVOICE_REMINDER if reminds else TemplateKind.DUNNING
            yield Naming(kind, name, action.brand, ("actions", index, "template"))
    for index, process in enumerate(policy.severance_templates):
        for number, event in enumerate(process.events):
            if event.template is not None:
                place: Place = ("severance_templates", index, "events", number, "template")
                yield Naming(TemplateKind.DUNNING, event.template, process.brand, place)
    body = policy.settings.email_body
    yield Naming(TemplateKind.EMAIL_BODY, body, None, ("settings", "email_body"))


def check(policy: Policy) -> Iterator[Problem]:
    """Templates of brands that there aren't, and names of templates that there aren't."""
    if "templates" not in policy.model_fields_set:
        return
    brands = {None, *policy.brand_names()}
    for index, template in enumerate(policy.templates):
        if template.brand not in brands:
            yield error(
                ("templates", index, "brand"),
                f"there is no brand ({template.brand!r}) — remove its templates with it",
            )
    named = {(each.kind, each.name) for each in policy.templates}
    for each in namings(policy):
        if (each.kind, each.name) not in named and not ships(each.kind, each.name):
            yield warning(
                each.place,
                f"there is no template of kind {each.kind} ({each.name!r}) — upload it, or nothing"
                " can be sent",
            )
