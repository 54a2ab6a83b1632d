"""Templates of letters and reminders. A template is named by its kind, name, locale and brand; one
without a brand is for all brands.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from dunwell.api import documents, versions
from dunwell.api.caller import Caller, may
from dunwell.api.values import Given, Line, Shown
from dunwell.api.versions import Seen
from dunwell.domain.statuses import TemplateKind
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.letters import service, templates

router = APIRouter(prefix="/templates", tags=["templates"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Owner = Annotated[Caller, may(Permission.CHANGE_POLICY)]

Name = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^/\x00-\x1f\x7f]+$")]
Locale = Annotated[Line, Query(description="Language and country.")]
Brand = Annotated[Line | None, Query(description="The brand's own; none: for all brands.")]


class Template(Shown):
    """A template without its source; `shipped` ones come with Dunwell and can be replaced."""

    kind: str
    name: str
    locale: str
    brand: str | None
    engine: str
    format: str
    sha256: str
    shipped: bool


class TemplateWithSource(Template):
    """A template."""

    source: str


class Templates(Shown):
    """All templates that the caller sees."""

    items: list[Template]


class NewTemplate(Given):
    """A template to be."""

    engine: Literal["typst", "jinja2", "xslt"]
    format: Literal["pdf", "html", "text"]
    source: Annotated[str, Field(max_length=templates.LARGEST)]


class LoadedTemplate(TemplateWithSource):
    """A template that is in place."""

    lacking: str | None
    """What it lacks with made-up data; a plug-in has to bring it."""


def _facts(template: templates.Template) -> dict[str, object]:
    names = (*Template.model_fields, "source")
    told = {name: getattr(template, name) for name in names if name != "shipped"}
    return {**told, "shipped": template.id is None}


def _found(
    operation: Operation, kind: str, name: str, locale: str, brand: str | None
) -> TemplateWithSource:
    return TemplateWithSource.model_validate(
        _facts(templates.get(operation, kind, name, locale, brand))
    )


@router.get("")
def list_templates(
    caller: Viewer, kind: Annotated[TemplateKind | None, Query()] = None
) -> Templates:
    """Templates by kind, name, locale and brand, with those that come with Dunwell."""
    with caller.look() as operation:
        found = templates.listed(operation)
    return Templates(
        items=[Template.model_validate(_facts(each)) for each in found if kind in (None, each.kind)]
    )


@router.get("/{kind}/{name}")
def show_template(
    kind: TemplateKind,
    name: Name,
    caller: Viewer,
    response: Response,
    locale: Locale = "en_US",
    brand: Brand = None,
) -> TemplateWithSource:
    """One template with its source."""
    with caller.look() as operation:
        found = _found(operation, kind, name, locale, brand)
    versions.show(response, found.sha256)
    return found


@router.put("/{kind}/{name}")
def load_template(
    kind: TemplateKind,
    name: Name,
    given: NewTemplate,
    caller: Owner,
    response: Response,
    seen: Seen,
    locale: Locale = "en_US",
    brand: Brand = None,
) -> LoadedTemplate:
    """Put a template in place, or in the place of one. It is tried with made-up data first, and
    refused if it can't be rendered.
    """
    with caller.change() as operation:
        _check(operation, seen, kind, name, locale, brand)
        lacking = templates.load(
            operation,
            kind=kind,
            name=name,
            locale=locale,
            engine=given.engine,
            form=given.format,
            source=_bytes(given.source),
            brand=brand,
        )
        shown = _found(operation, kind, name, templates.canonical(locale), brand)
    versions.show(response, shown.sha256)
    return LoadedTemplate(**shown.model_dump(), lacking=lacking)


@router.delete("/{kind}/{name}", status_code=204)
def delete_template(
    kind: TemplateKind,
    name: Name,
    caller: Owner,
    seen: Seen,
    locale: Locale = "en_US",
    brand: Brand = None,
) -> None:
    """Delete a template; refused while something names it."""
    with caller.change() as operation:
        _check(operation, seen, kind, name, locale, brand)
        templates.delete(operation, kind, name, locale, brand)


@router.get("/{kind}/{name}/preview", response_class=Response, responses=documents.RESPONSES)
def preview_template(
    kind: TemplateKind,
    name: Name,
    caller: Viewer,
    locale: Locale = "en_US",
    brand: Brand = None,
    form: Annotated[
        Literal["pdf", "png", "html", "text"], Query(alias="format", description="As what.")
    ] = "pdf",
    bill_unit_no: Annotated[
        Line | None, Query(description="With the data of this bill unit's last letter.")
    ] = None,
) -> Response:
    """A template as it would be sent, with made-up data or a real case's."""
    with caller.look() as operation:
        template = templates.get(operation, kind, name, locale, brand)
        return documents.answer(service.preview(operation, template, form, bill_unit_no))


def _check(
    operation: Operation, seen: Seen, kind: str, name: str, locale: str, brand: str | None
) -> None:
    if seen.asks:
        seen.check(_found(operation, kind, name, locale, brand).sha256)


def _bytes(source: str) -> bytes:
    # half a character can't be encoded; the service says what is wrong with it
    return source.encode("utf-8", "surrogatepass")
