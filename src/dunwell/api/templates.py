"""Templates of letters and reminders. A template is named by its kind, name, locale and brand; one
without a brand is for all brands.
"""

from dataclasses import astuple, dataclass, replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from dunwell.api import documents, versions
from dunwell.api.caller import Caller, may
from dunwell.api.values import Given, Line, Shown, Text
from dunwell.api.versions import Seen
from dunwell.domain.statuses import TemplateKind
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.letters import changing, service, templates

router = APIRouter(prefix="/templates", tags=["templates"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Owner = Annotated[Caller, may(Permission.CHANGE_POLICY)]


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole name of a template: of the address, and of what stands behind its question mark."""

    kind: TemplateKind
    name: Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^/\x00-\x1f\x7f]+$")]
    locale: Annotated[Line, Query(description="Language and country.")] = "en_US"
    brand: Annotated[Line | None, Query(description="The brand's own; none: for all brands.")] = (
        None
    )


Which = Annotated[Whole, Depends(Whole)]


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


Note = Annotated[Text, Query(description="Why, for those who read the policy's versions.")]


class NewTemplate(Given):
    """A template to be."""

    engine: Literal["typst", "jinja2", "xslt"]
    format: Literal["pdf", "html", "text"]
    source: Annotated[str, Field(max_length=changing.LARGEST)]

    def template(self, which: Whole) -> changing.Given:
        """Under its whole name."""
        # half a character can't be encoded; the service says what is wrong with it
        source = self.source.encode("utf-8", "surrogatepass")
        kind, name, locale, brand = astuple(which)
        return changing.Given(kind, name, locale, self.engine, self.format, source, brand)


class LoadedTemplate(TemplateWithSource):
    """A template that is in place."""

    lacking: str | None
    """What it lacks with made-up data; a plug-in has to bring it."""


class StagedTemplate(LoadedTemplate):
    """A template that is in the caller's draft."""

    version: int
    """The draft's version since."""


def _found(operation: Operation, which: Whole) -> TemplateWithSource:
    return TemplateWithSource.model_validate(templates.get(operation, *astuple(which)))


@router.get("")
def list_templates(
    caller: Viewer, kind: Annotated[TemplateKind | None, Query()] = None
) -> Templates:
    """Templates by kind, name, locale and brand, with those that come with Dunwell."""
    with caller.look() as operation:
        found = templates.listed(operation)
    return Templates(
        items=[Template.model_validate(each) for each in found if kind in (None, each.kind)]
    )


@router.get("/{kind}/{name}")
def show_template(which: Which, caller: Viewer, response: Response) -> TemplateWithSource:
    """One template with its source."""
    with caller.look() as operation:
        found = _found(operation, which)
    versions.show(response, found.sha256)
    return found


@router.put("/{kind}/{name}")
def load_template(
    which: Which,
    given: NewTemplate,
    caller: Owner,
    response: Response,
    seen: Seen,
    note: Note = "",
) -> LoadedTemplate:
    """Put a template in place at once, or in the place of one, as a version of the policy that
    changes nothing else. It is tried with made-up data first, and refused if it can't be rendered.
    """
    # the policy is every brand's at once; the service asks whether the brand is the caller's
    with caller.oversee() as operation:
        _check(operation, seen, which)
        lacking = changing.load(operation, given.template(which), note=note)
        loaded = _found(operation, replace(which, locale=changing.canonical(which.locale)))
    versions.show(response, loaded.sha256)
    return LoadedTemplate.told(loaded, lacking=lacking)


@router.delete("/{kind}/{name}", status_code=204)
def delete_template(which: Which, caller: Owner, seen: Seen, note: Note = "") -> None:
    """Delete a template; refused while something names it."""
    with caller.oversee() as operation:
        _check(operation, seen, which)
        changing.delete(operation, *astuple(which), note=note)


@router.get("/{kind}/{name}/preview", response_class=Response, responses=documents.RESPONSES)
def preview_template(
    which: Which,
    caller: Viewer,
    form: Annotated[
        Literal["pdf", "png", "html", "text"], Query(alias="format", description="As what.")
    ] = "pdf",
    bill_unit_no: Annotated[
        Line | None, Query(description="With the data of this bill unit's last letter.")
    ] = None,
) -> Response:
    """A template as it would be sent, with made-up data or a real case's."""
    with caller.look() as operation:
        template = templates.get(operation, *astuple(which))
        return documents.answer(service.preview(operation, template, form, bill_unit_no))


def _check(operation: Operation, seen: Seen, which: Whole) -> None:
    seen.check(operation, lambda: _found(operation, which).sha256)
